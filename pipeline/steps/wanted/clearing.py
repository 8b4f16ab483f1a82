"""Asks the consent rules about a stored case: the one way from rows to answers.

Needs no template, no font and no storage, so that nothing but the catalog can stand between the
end of a consent and a withdrawal.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from pipeline.config import Config
from pipeline.rules.consent import (
    Clearance,
    Consent,
    Moment,
    Permit,
    Refusal,
    decide,
)
from pipeline.rules.errors import Reason
from pipeline.rules.inbox.pairs import pair_up
from pipeline.rules.media import Asset, Case, Kind, Role
from pipeline.rules.signed.records import Record, unrecorded
from pipeline.rules.work import facts_from_json
from pipeline.steps.wanted.stored import reason_from
from pipeline.tools.catalog import cases, consents, publications, work
from pipeline.tools.catalog.cases import AssetRow, CaseRow
from pipeline.tools.catalog.engine import Connection

Answer = Clearance | Refusal


HOLD_ALL = "hold-all"


@dataclass(frozen=True, slots=True)
class Standing:
    """A case as stored, the questions that are open, and the answer of every channel."""

    row: CaseRow
    assets: tuple[AssetRow, ...]
    case: Case
    consents: tuple[Consent, ...]
    questions: tuple[Reason, ...]
    answers: Mapping[str, Answer]
    replaced: Mapping[str, Answer]
    held_all: str = ""

    @property
    def held_why(self) -> str | None:
        """Why a person holds the case, None when nobody does."""
        return self.held_all or self.row.held_why

    @property
    def stopped(self) -> bool:
        """Whether a person's word keeps the case down."""
        return self.row.retracted or self.held_why is not None


def standing_of(
    connection: Connection, row: CaseRow, *, config: Config, moment: Moment
) -> Standing:
    """Read a case and decide it on each of its channels."""
    rows = cases.assets_of(connection, row.id)
    used = [asset for asset in rows if asset.state == cases.USED]
    shots = [_asset(asset, config=config) for asset in used if asset.role and asset.facts]
    pairing = pair_up(shots)
    case = Case(
        name=row.name,
        slug=row.slug,
        treatment=row.treatment,
        subject=row.subject,
        subject_kind=row.subject_kind,
        assets=tuple(shots),
        channels=None if row.channels is None else tuple(row.channels),
        consents=None if row.consents is None else tuple(row.consents),
        consents_named_at=row.consents_named_at,
        complete=row.complete,
        falls=publications.falls_of(connection, row.id),
        pairs=tuple((pair.before.sha256, pair.after.sha256) for pair in pairing.pairs),
        ever=frozenset(each for asset in rows for each in (*asset.people, *asset.rights)),
    )
    questions = [reason_from(asset.reason, file=asset.file) for asset in used if asset.reason]
    questions += pairing.questions
    if not row.complete:
        questions += [Reason("lone_before", file=shot.file) for shot in pairing.lone_befores]
    ever = [asset for asset in rows if asset.state in {cases.USED, cases.REPLACED}]
    people = {code for asset in ever for code in asset.people} | {row.subject}
    fallen = {fall.person for fall in case.falls}
    known = consents.concerning(
        connection,
        people=people | fallen,
        licences={each for asset in ever for each in asset.rights},
    )
    ledger = [replace(each, record=strictly(each.record, config=config)) for each in known]
    channels = tuple(row.channels) if row.channels is not None else config.channels
    return Standing(
        row=row,
        assets=tuple(rows),
        case=case,
        consents=tuple(ledger),
        questions=tuple(questions),
        answers={
            channel: decide(case, channel=channel, consents=ledger, moment=moment)
            for channel in channels
        },
        replaced={
            channel: _of_replaced(
                rows, case=case, channel=channel, ledger=ledger, moment=moment, config=config
            )
            for channel in channels
        },
        held_all=work.mark(connection, HOLD_ALL) or "",
    )


def _of_replaced(
    rows: Sequence[AssetRow],
    *,
    case: Case,
    channel: str,
    ledger: Sequence[Consent],
    moment: Moment,
    config: Config,
) -> Answer:
    """Decide the older versions of files: each stays public until its newer one takes its place."""
    older = [asset for asset in rows if asset.state == cases.REPLACED]
    shots = tuple(_asset(asset, config=config) for asset in older if asset.role and asset.facts)
    return decide(
        replace(case, assets=shots, pairs=()), channel=channel, consents=ledger, moment=moment
    )


def strictly(record: Record, *, config: Config) -> Record:
    """Add to a record's defects what this clinic requires beyond the law."""
    if config.consent.document != "required":
        return record
    return replace(record, defects=(*record.defects, *unrecorded(record)))


def basis_of(clearance: Clearance, *, shown: Sequence[str]) -> dict[str, Any]:
    """Return what a publication stands on, as it is stored."""
    permits = [permit for permit in clearance.permits if permit.sha256 in shown]
    return {
        "permits": {permit.sha256: _permit(permit) for permit in permits},
        "stands_on": sorted({pair for permit in permits for pair in permit.stands_on}),
    }


def _permit(permit: Permit) -> dict[str, Any]:
    return {
        "redactions": sorted(permit.redactions),
        "stands_on": sorted(permit.stands_on),
    }


def _asset(row: AssetRow, *, config: Config) -> Asset:
    return Asset(
        sha256=row.sha256,
        file=row.file,
        kind=Kind(row.media_type),
        role=Role(row.role or ""),
        view=row.view,
        people=row.people,
        rights=row.rights,
        facts=facts_from_json(row.facts or {}),
        received_on=row.received_at.astimezone(config.clinic.zone).date(),
    )
