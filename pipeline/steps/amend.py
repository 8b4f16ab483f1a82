"""Changes what is said of a case: the one way, whoever asks (inbox, command line, dashboard).

Only the keys that were given change, and the event keeps the old words.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import date, datetime
from pathlib import PurePosixPath
from typing import Any

from pipeline.config import Config
from pipeline.rules.errors import Reason, UsageError
from pipeline.rules.inbox.case_file import CaseFile, Claim, Medium
from pipeline.rules.inbox.naming import Aside
from pipeline.rules.media import Role
from pipeline.rules.spelling import fold, likeliest
from pipeline.steps.wanted.stored import reason_to
from pipeline.steps.wanted.wording import STAFF
from pipeline.tools.catalog import cases
from pipeline.tools.catalog.cases import AssetRow, CaseRow
from pipeline.tools.catalog.engine import Transaction
from pipeline.tools.catalog.texts import TextRow, set_text, texts_of

Changes = dict[str, list[Any]]


def amend(tx: Transaction, row: CaseRow, wanted: CaseFile, *, config: Config) -> Changes:
    """Apply what was given to a stored case; returns {what: [old, new]}, empty for no change.

    Raises:
        UsageError: `media` names a file that the case does not have or that is a paper, or the
            case would become another patient's.
    """
    assets = cases.assets_of(tx.connection, row.id)
    if wanted.subject is not None and wanted.subject != row.subject:
        raise UsageError(
            f"{row.folder} is the case of {row.subject}; its patient cannot be changed to "
            f"{wanted.subject}.",
            remedy="If the code is wrong, take the files out (clinicmedia take-out) and drop them "
            "into a folder with the right one.",
        )
    media = _matched(wanted.media, assets=assets, folder=row.folder)
    changes = _of_case(tx, row, wanted, config=config)
    changes |= _words(tx, row, wanted, media=media, language=config.clinic.language)
    for asset in assets:
        changes |= _of_medium(tx, asset, media.get(asset.id, Medium()))
    if changes:
        derive(tx, row.id)
        tx.event("amended", case=row.name, data={"changes": _plain(changes)})
        cases.look_again(tx, [row.id])
    return changes


def derive(tx: Transaction, case_id: int) -> None:
    """Work out anew who is in each original, and what about it is still a question.

    The subject always counts, except in press; people of the case count in every file of it.
    """
    row = cases.by_id(tx.connection, case_id)
    for asset in cases.assets_of(tx.connection, case_id):
        said_people, rights = asset.said.get("people"), asset.said.get("rights")
        people = set(row.people) | set(said_people or ())
        if asset.role != Role.PRESS:
            people.add(row.subject)
        cases.set_people(tx, asset.id, people=people, rights=rights or ())
        reason = asset.reason
        said = said_people is not None or row.people_said
        if asset.role == Role.PRESS and fold(row.subject) != "press":
            reason = reason_to(Reason("press_elsewhere", file=asset.file))
        elif asset.role == Role.PRESS and (rights is None or not said):
            reason = reason_to(Reason("press_unsaid", file=asset.file))
        elif asset.role is not None:
            reason = None
        if reason != asset.reason:
            cases.change_asset(tx, asset.id, {"reason": reason})


def current(row: CaseRow, *, assets: list[AssetRow], texts: list[TextRow]) -> CaseFile:
    """Return a case as the file that would say all of it, ready to edit and drop again."""
    words = {(text.asset_id, text.field): text.text for text in texts}
    shown = [asset for asset in assets if asset.state in {cases.USED, cases.SKIPPED}]
    return CaseFile(
        treatment=row.treatment,
        subject=row.subject,
        subject_kind=row.subject_kind,
        title=words.get((None, "title")),
        people=tuple(row.people) if row.people or row.people_said else None,
        consent=None if row.consents is None else tuple(row.consents),
        channels=None if row.channels is None else tuple(row.channels),
        publish_after=row.publish_after,
        complete=row.complete or None,
        claims=tuple(Claim(**claim) for claim in row.claims) or None,
        media=tuple(
            (
                asset.file,
                Medium(
                    role=_role(asset),
                    view=asset.view or None,
                    caption=words.get((asset.id, "caption")),
                    alt=words.get((asset.id, "alt")),
                    people=_tuple(asset.said.get("people")),
                    rights=_tuple(asset.said.get("rights")),
                ),
            )
            for asset in shown
        ),
    )


def _tuple(said: list[str] | None) -> tuple[str, ...] | None:
    return None if said is None else tuple(said)


def _role(asset: AssetRow) -> Role | Aside | None:
    if asset.state == cases.SKIPPED:
        return Aside.SKIP
    return Role(asset.role) if asset.role else None


def _matched(
    media: tuple[tuple[str, Medium], ...], *, assets: list[AssetRow], folder: str
) -> dict[int, Medium]:
    """Find the original that each name means, the newest where several had it."""
    by_name = {PurePosixPath(asset.file).name: asset.id for asset in assets}
    by_name |= {asset.file: asset.id for asset in assets}
    found: dict[int, Medium] = {}
    for name, medium in media:
        if name not in by_name:
            near = likeliest(name, known=list(by_name))
            raise UsageError(
                f"The case {folder} has no file {name}.",
                remedy=f"Did you mean {near}?" if near else "",
            )
        found[by_name[name]] = medium
    return found


def start_of(day: date | datetime | None, *, config: Config) -> datetime | None:
    """Return an instant for a day (its first moment at the clinic) or an instant."""
    if day is None or isinstance(day, datetime):
        return day
    return datetime.combine(day, datetime.min.time(), config.clinic.zone)


def _of_case(tx: Transaction, row: CaseRow, wanted: CaseFile, *, config: Config) -> Changes:
    given: dict[str, Any] = {
        "treatment": wanted.treatment,
        "subject": wanted.subject,
        "subject_kind": wanted.subject_kind,
        "people": None if wanted.people is None else list(wanted.people),
        "channels": None if wanted.channels is None else list(wanted.channels),
        "consents": None if wanted.consent is None else list(wanted.consent),
        "complete": wanted.complete,
        "publish_after": start_of(wanted.publish_after, config=config),
        "claims": None if wanted.claims is None else [asdict(claim) for claim in wanted.claims],
    }
    changes = {
        name: [getattr(row, name), value]
        for name, value in given.items()
        if value is not None and value != getattr(row, name)
    }
    values = {name: new for name, (_, new) in changes.items()}
    if wanted.people is not None and not row.people_said:
        values["people_said"] = True
        changes.setdefault("people", [row.people, list(wanted.people)])
    if wanted.consent is not None:
        # Naming a record again is an act of its own: it may open a case that a revocation closed.
        values["consents_named_at"] = tx.now
        changes.setdefault("consents", [row.consents, list(wanted.consent)])
    if values:
        cases.change(tx, row.id, values)
    return changes


def _words(
    tx: Transaction, row: CaseRow, wanted: CaseFile, *, media: Mapping[int, Medium], language: str
) -> Changes:
    texts: list[tuple[int | None, str, str | None]] = [(None, "title", wanted.title)]
    for number, medium in media.items():
        texts += [(number, "caption", medium.caption), (number, "alt", medium.alt)]
    changes: Changes = {}
    for asset_id, field, text in texts:
        if text is None:
            continue
        known = {(each.asset_id, each.field): each for each in texts_of(tx.connection, row.id)}.get(
            (asset_id, field)
        )
        if known and known.text == text:
            continue
        old = set_text(
            tx, row.id, asset_id=asset_id, field=field, language=language, text=text, source=STAFF
        )
        changes[f"{field} {asset_id or ''}".strip()] = [old, text]
    return changes


def _of_medium(tx: Transaction, asset: AssetRow, medium: Medium) -> Changes:
    values: dict[str, Any] = {}
    if medium.role is not None and asset.state not in {cases.USED, cases.SKIPPED}:
        # What was taken out, replaced or kept as a paper is not made a picture by a word.
        if asset.state == cases.PAPER:
            raise UsageError(
                f"{asset.file} is kept as a paper and cannot be shown.",
                remedy="To show it all the same, drop it as a case of its own under another name.",
            )
    elif medium.role is Aside.SKIP:
        values |= {"state": cases.SKIPPED, "role": None, "reason": None}
    elif medium.role is not None:
        state = cases.USED if asset.state == cases.SKIPPED else asset.state
        values |= {"role": str(medium.role), "state": state}
    if medium.view is not None:
        values["view"] = medium.view
    said = dict(asset.said)
    for name, value in (("people", medium.people), ("rights", medium.rights)):
        if value is not None:
            said[name] = list(value)
    values["said"] = said
    changes = {
        f"{name} {asset.id}": [getattr(asset, name), value]
        for name, value in values.items()
        if value != getattr(asset, name)
    }
    if changes:
        cases.change_asset(tx, asset.id, values)
    return changes


def _plain(changes: Changes) -> Any:  # noqa: ANN401 - JSON values of any depth
    return json.loads(json.dumps(changes, default=str))
