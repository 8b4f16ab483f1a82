"""Asks the consent rules about a stored case: the one way from rows to answers.

Needs no template, no font and no storage, so that nothing but the catalog can stand between the
end of a consent and a withdrawal.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from pipeline.config import Config
from pipeline.rules.consent import (
    Clearance,
    Consent,
    Moment,
    Permit,
    Refusal,
    decide,
    end_of,
)
from pipeline.rules.errors import Reason
from pipeline.rules.inbox.pairs import pair_up
from pipeline.rules.media import Asset, Case, Fall, Kind, Role
from pipeline.rules.signed.consents import covers_case, received_at
from pipeline.rules.signed.records import Record, unrecorded
from pipeline.rules.work import facts_from_json
from pipeline.tools.catalog import cases, consents, publications, work
from pipeline.tools.catalog.cases import AssetRow, CaseRow
from pipeline.tools.catalog.engine import Connection
from pipeline.tools.catalog.publications import PublicationRow

Answer = Clearance | Refusal

REVOKED = "revoked"
EXPIRED = "expired"
NARROWED = "narrowed"
HELD = "held"
RETRACTED = "retracted"

HOLD_ALL = "hold-all"

_REVOKED_CODES = {"consent_revoked", "signed_before_revocation", "closed_by_revocation"}
_EXPIRED_CODES = {"consent_expired", "not_renewed"}


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


def permitted(standing: Standing) -> set[str]:
    """Return the originals that may be shown on at least one channel."""
    return {
        permit.sha256
        for answer in standing.answers.values()
        if isinstance(answer, Clearance)
        for permit in answer.permits
    }


def may_be_shown(connection: Connection, sha256: str, *, config: Config, moment: Moment) -> bool:
    """Tell whether an original may be shown anywhere, in whichever case."""
    rows = cases.assets_by_hash(connection, sha256)
    return any(
        sha256 in permitted(standing_of(connection, row, config=config, moment=moment))
        for row in (cases.by_id(connection, each) for each in sorted({r.case_id for r in rows}))
    )


def revoked_of(
    connection: Connection, standing: Standing, *, config: Config, moment: Moment
) -> list[str]:
    """Return the originals of a case that may be shown nowhere, if something was revoked."""
    codes = {
        reason.code
        for answer in standing.answers.values()
        for reason in (answer.reasons if isinstance(answer, Refusal) else answer.left_out)
    }
    if not codes & _REVOKED_CODES:
        return []
    allowed = permitted(standing)
    return [
        asset.sha256
        for asset in standing.assets
        if asset.sha256 not in allowed
        and not may_be_shown(connection, asset.sha256, config=config, moment=moment)
    ]


def strictly(record: Record, *, config: Config) -> Record:
    """Add to a record's defects what this clinic requires beyond the law."""
    if config.consent.document != "required":
        return record
    return replace(record, defects=(*record.defects, *unrecorded(record)))


def why_down(standing: Standing, publication: PublicationRow) -> str | None:
    """Say why a live publication may not stay as it is; None when it may.

    Widening and renewing in time end nothing; whatever shows less than before does.
    """
    if standing.row.retracted:
        return RETRACTED
    if standing.held_why is not None:
        return HELD
    answer = standing.answers.get(publication.channel)
    if answer is None:
        return NARROWED
    if isinstance(answer, Refusal):
        return _cause(answer.reasons)
    permits = {permit.sha256: permit for permit in answer.permits}
    # A newer version of a file replaces without a blink: its old one stays until then, as long as
    # its own people and rights allow it.
    older = standing.replaced[publication.channel]
    replaced = {asset.sha256 for asset in standing.assets if asset.state == cases.REPLACED}
    if isinstance(older, Clearance):
        permits |= {permit.sha256: permit for permit in older.permits}
    for sha, shown in publication.basis["permits"].items():
        permit = permits.get(sha)
        if permit is None:
            refused = older if sha in replaced else answer
            return _cause(refused.reasons if isinstance(refused, Refusal) else refused.left_out)
        if not permit.redactions <= set(shown["redactions"]):
            return NARROWED
    return None


def falls_from(
    standing: Standing, publication: PublicationRow, *, cause: str, moment: Moment
) -> list[Fall]:
    """Return who ended what, for the records that this publication stood on."""
    if cause not in {REVOKED, EXPIRED}:
        return []
    stood_on = {pair[0] for pair in publication.basis["stands_on"]}
    falls = []
    for consent in standing.consents:
        record = consent.record
        if record.id not in stood_on:
            continue
        end = end_of(consent)
        revoked_at = _revoked_at(consent, standing=standing, moment=moment)
        if revoked_at is not None:
            ended, notice = REVOKED, revoked_at
        elif end is not None and end <= moment.last_day_needed:
            ended, notice = EXPIRED, moment.now
        else:
            continue
        falls.append(
            Fall(publication.channel, ended, record.subject, (record.id,), moment.now, notice)
        )
    # A revoked record stands here in all its versions.
    return list(dict.fromkeys(falls))


def _revoked_at(consent: Consent, *, standing: Standing, moment: Moment) -> datetime | None:
    """Return when the notice came in that ended a record: its own, or a later one of its person."""
    signed_on = consent.record.signed_on
    notices = [
        notice
        for other in standing.consents
        if other.record.subject == consent.record.subject
        and covers_case(other, case=standing.case)
        and (notice := received_at(other, moment=moment))
        and (
            other.record.id == consent.record.id
            or signed_on is None
            or signed_on <= moment.day_of(notice)
        )
    ]
    return max(notices, default=None)


def basis_of(clearance: Clearance, *, shown: Sequence[str]) -> dict[str, Any]:
    """Return what a publication stands on, as it is stored."""
    permits = [permit for permit in clearance.permits if permit.sha256 in shown]
    return {
        "permits": {permit.sha256: _permit(permit) for permit in permits},
        "stands_on": sorted({pair for permit in permits for pair in permit.stands_on}),
    }


def reason_from(stored: Mapping[str, Any], *, file: str | None = None) -> Reason:
    """Read a stored reason back."""
    return Reason(
        code=str(stored["code"]),
        file=stored.get("file") or file,
        channel=stored.get("channel"),
        facts=dict(stored.get("facts") or {}),
    )


def reason_to(reason: Reason) -> dict[str, Any]:
    """Return a reason as it is stored."""
    return {
        "code": reason.code,
        "file": reason.file,
        "channel": reason.channel,
        "facts": dict(reason.facts),
    }


def _permit(permit: Permit) -> dict[str, Any]:
    return {
        "redactions": sorted(permit.redactions),
        "stands_on": sorted(permit.stands_on),
    }


def _cause(reasons: Sequence[Reason]) -> str:
    codes = {reason.code for reason in reasons}
    if codes & _REVOKED_CODES:
        return REVOKED
    return EXPIRED if codes & _EXPIRED_CODES else NARROWED


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
