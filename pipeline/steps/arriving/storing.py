"""Writes what was taken in into the catalog: case, originals, roles and questions, in one go."""

from __future__ import annotations

import secrets
import string
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.rules.errors import Reason
from pipeline.rules.inbox.case_file import CaseFile
from pipeline.rules.inbox.naming import Aside, CaseName
from pipeline.rules.inbox.pairs import Found, live_photo_films
from pipeline.rules.media import Facts, Kind, Role, Stage
from pipeline.rules.work import facts_to_json
from pipeline.steps.amend import amend, derive, start_of
from pipeline.steps.arriving.looks import Unit
from pipeline.steps.arriving.sorting import (
    CASE_FILE_KIND,
    PAPER_KIND,
    SIDECAR_KIND,
    Item,
    Sorted,
)
from pipeline.steps.means import Means
from pipeline.steps.wanted.stored import reason_to
from pipeline.tools.catalog import cases
from pipeline.tools.catalog.cases import AssetRow, CaseRow
from pipeline.tools.catalog.engine import Transaction
from pipeline.tools.files import Signature


@dataclass(frozen=True, slots=True)
class Copy:
    """A private copy of an inbox file, with what it was copied from."""

    item: Item
    path: Path
    sha256: str
    signature: Signature
    facts: Facts | None


def store(
    tx: Transaction, means: Means, unit: Unit, understood: Sorted, copies: Sequence[Copy]
) -> bool:
    """Write case, originals and words in one transaction; False when nothing was new."""
    name, said = understood.name, understood.said
    row = cases.find(tx.connection, name.slug)
    new = row is None
    if row is None:
        cases.add(tx, _new_case(means, unit, name, said, tx=tx))
        row = cases.find(tx.connection, name.slug)
        if row is None:
            raise RuntimeError("a case that was just stored is not there")
    known = {asset.sha256: asset for asset in cases.assets_of(tx.connection, row.id)}
    films = live_photo_films(
        Found(copy.item.file, Kind(copy.item.kind), copy.facts.duration_s)
        for copy in copies
        if copy.facts
    )
    added = []
    for copy in copies:
        there = known.get(copy.sha256)
        if there is not None:
            added += _again(tx, there, copy)
            continue
        _replace_older(tx, known.values(), copy)
        values = _new_asset(copy, row=row, films=films, tx=tx)
        cases.add_asset(tx, values)
        known[copy.sha256] = cases.assets_by_hash(tx.connection, copy.sha256)[-1]
        if copy.item.kind != CASE_FILE_KIND:
            added.append(copy.sha256)
    _ask_roles(tx, row.id)
    changes = amend(tx, row, said, config=means.config) if said != CaseFile() else {}
    derive(tx, row.id)
    if added or new:
        tx.event("received", case=row.name, data={"originals": sorted(set(added)), "new": new})
        cases.look_again(tx, [row.id])
    return bool(added or new or changes)


def _new_case(
    means: Means, unit: Unit, name: CaseName, said: CaseFile, *, tx: Transaction
) -> dict[str, Any]:
    return {
        "name": name.slug,
        "folder": unit.name,
        "slug": f"{name.treatment}-{_letters(8)}",
        "treatment": name.treatment,
        "subject": name.subject,
        "subject_kind": said.subject_kind or "patient",
        "people": [],
        "people_said": False,
        "complete": False,
        "claims": [],
        "publish_after": start_of(said.publish_after, config=means.config),
        "retracted": False,
        "stage": Stage.ARRIVED,
        "since": tx.now,
        "reasons": [],
        "states": {},
        "arrived_at": tx.now,
        "look_at": tx.now,
    }


def _letters(count: int) -> str:
    return "".join(secrets.choice(string.ascii_lowercase) for _ in range(count))


def _new_asset(
    copy: Copy, *, row: CaseRow, films: frozenset[str], tx: Transaction
) -> dict[str, Any]:
    item = copy.item
    state = cases.USED
    if item.kind in {PAPER_KIND, SIDECAR_KIND, CASE_FILE_KIND}:
        state = cases.PAPER
    elif item.role is Aside.SKIP or item.file in films:
        state = cases.SKIPPED
    role = str(item.role) if isinstance(item.role, Role) else None
    return {
        "case_id": row.id,
        "sha256": copy.sha256,
        "file": item.file,
        "media_type": item.kind,
        "role": role,
        "view": item.view,
        "state": state,
        "size_bytes": copy.signature.size_bytes,
        "facts": facts_to_json(copy.facts) if copy.facts else None,
        "reason": reason_to(item.question) if item.question else None,
        "said": {},
        "attempts": 0,
        "received_at": tx.now,
    }


def _again(tx: Transaction, there: AssetRow, copy: Copy) -> list[str]:
    """The same bytes once more are one asset; a name with a role may answer an open question.

    Two names with two roles are a question; an older version dropped again is the newest again.
    """
    role = copy.item.role
    if there.state == cases.REPLACED:
        for asset in cases.assets_of(tx.connection, there.case_id):
            if asset.file == there.file and asset.state == cases.USED:
                cases.change_asset(tx, asset.id, {"state": cases.REPLACED})
        cases.change_asset(tx, there.id, {"state": cases.USED})
        return [there.sha256]
    two = isinstance(role, Role) and there.role is not None and str(role) != there.role
    if there.state == cases.USED and two and there.file != copy.item.file:
        facts = {"other": copy.item.file}
        reason = reason_to(Reason("same_bytes_two_roles", file=there.file, facts=facts))
        cases.change_asset(tx, there.id, {"role": None, "reason": reason})
        return [there.sha256]
    if there.state == cases.USED and there.role is None and isinstance(role, Role):
        cases.change_asset(
            tx, there.id, {"role": str(role), "view": copy.item.view, "file": copy.item.file}
        )
        return [there.sha256]
    return []


def _replace_older(tx: Transaction, known: Iterable[AssetRow], copy: Copy) -> None:
    """A file of a name that the case has already is its new version."""
    for asset in known:
        if asset.file == copy.item.file and asset.state in {cases.USED, cases.FAILED}:
            cases.change_asset(tx, asset.id, {"state": cases.REPLACED})


def _ask_roles(tx: Transaction, case_id: int) -> None:
    """A medium alone in its case is single; otherwise one without a word is a question."""
    media = [
        asset
        for asset in cases.assets_of(tx.connection, case_id)
        if asset.state == cases.USED and asset.media_type in set(Kind)
    ]
    for asset in media:
        if asset.role is not None or asset.reason is not None:
            continue
        if len(media) == 1:
            cases.change_asset(tx, asset.id, {"role": str(Role.SINGLE)})
        else:
            reason = reason_to(Reason("no_role", file=asset.file))
            cases.change_asset(tx, asset.id, {"reason": reason})
