"""A person's word on a case: approve, hold, release, retract, take a file out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from pipeline.rules.errors import NeedsPerson, UsageError
from pipeline.rules.spelling import likeliest
from pipeline.steps.means import Means
from pipeline.steps.wanted.clearing import HOLD_ALL, standing_of
from pipeline.steps.wanted.outlook import outlook_of
from pipeline.steps.withdraw import close_ended
from pipeline.tools.catalog import cases, publications, texts, work
from pipeline.tools.catalog.cases import CaseRow
from pipeline.tools.catalog.engine import Transaction


@dataclass(frozen=True, slots=True)
class Incident:
    """Where a wrong file was public: channel, since when, until when, and its addresses."""

    case: str
    channel: str
    since: datetime | None
    until: datetime
    urls: tuple[str, ...]


def approve(means: Means, row: CaseRow, *, why: str) -> list[str]:
    """Answer the flags of a case as it is planned now; returns the channels approved.

    Raises:
        NeedsPerson: nothing of the case can be approved: a refusal needs a record, not a word.
    """
    with means.catalog.write(by=means.by, now=means.now()) as tx:
        outlook = outlook_of(means, tx.connection, row, moment=means.moment())
        waiting = {
            name: channel.judged
            for name, channel in outlook.channels.items()
            if channel.plan and channel.plan.renditions and not channel.approved
        }
        if not waiting:
            raise NeedsPerson(
                f"Nothing of {row.folder} waits for an approval.",
                remedy="'clinicmedia show' tells what it waits for; a missing or refused consent "
                "needs a record, an approval cannot replace it.",
            )
        for judged in waiting.values():
            work.approve(tx, row.id, judged=judged)
        texts.approve_texts(tx, row.id)
        tx.event("approved", case=row.name, data={"why": why, "judged": sorted(waiting.values())})
        cases.look_again(tx, [row.id])
    return sorted(waiting)


def hold(means: Means, row: CaseRow, *, why: str) -> None:
    """Take a case down until it is released."""
    with means.catalog.write(by=means.by, now=means.now()) as tx:
        cases.change(tx, row.id, {"held_why": why})
        tx.event("held", case=row.name, data={"why": why})
        _close(tx, means, row.id)


def hold_all(means: Means, *, why: str) -> int:
    """Take everything down until it is released: the emergency stop. Returns how many cases."""
    with means.catalog.write(by=means.by, now=means.now()) as tx:
        work.set_mark(tx, HOLD_ALL, why)
        tx.event("held_all", data={"why": why})
        rows = cases.every(tx.connection)
        cases.look_at_all(tx)
        for row in rows:
            _close(tx, means, row.id)
    return len(rows)


def release(means: Means, row: CaseRow, *, why: str) -> None:
    """End a hold; the case is decided anew."""
    if row.retracted:
        raise UsageError(f"{row.folder} was retracted for good.", remedy="Drop it as a new case.")
    with means.catalog.write(by=means.by, now=means.now()) as tx:
        cases.change(tx, row.id, {"held_why": None})
        tx.event("released", case=row.name, data={"why": why})
        cases.look_again(tx, [row.id])


def release_all(means: Means, *, why: str) -> None:
    """End the emergency stop; cases held one by one stay held."""
    with means.catalog.write(by=means.by, now=means.now()) as tx:
        work.set_mark(tx, HOLD_ALL, "")
        tx.event("released_all", data={"why": why})
        cases.look_at_all(tx)


def retract(means: Means, row: CaseRow, *, why: str) -> None:
    """Take a case down for good."""
    with means.catalog.write(by=means.by, now=means.now()) as tx:
        cases.change(tx, row.id, {"retracted": True})
        tx.event("retracted", case=row.name, data={"why": why})
        _close(tx, means, row.id)


def take_out(means: Means, row: CaseRow, *, file: str, why: str) -> list[Incident]:
    """Take one wrong file out of every case that uses these bytes; returns where it was public.

    Raises:
        UsageError: the case has no such file.
    """
    now = means.now()
    incidents: list[Incident] = []
    with means.catalog.write(by=means.by, now=now) as tx:
        mine = cases.assets_of(tx.connection, row.id)
        versions = {asset.sha256 for asset in mine if asset.file == file}
        if not versions:
            near = likeliest(file, known=[asset.file for asset in mine])
            raise UsageError(
                f"The case {row.folder} has no file {file}.",
                remedy=f"Did you mean {near}?" if near else "",
            )
        # Every version that the name ever had: an older one may still be what is public.
        for sha256 in sorted(versions):
            for asset in cases.assets_by_hash(tx.connection, sha256):
                other = cases.by_id(tx.connection, asset.case_id)
                incidents += _incidents(means, tx, other, sha256=sha256)
                cases.change_asset(tx, asset.id, {"state": cases.TAKEN_OUT})
                tx.event("taken_out", case=other.name, data={"original": sha256, "why": why})
                _close(tx, means, other.id)
    return incidents


def _incidents(means: Means, tx: Transaction, row: CaseRow, *, sha256: str) -> list[Incident]:
    """Find every publication that showed an original."""
    found = []
    for each in publications.of_case(tx.connection, row.id):
        if sha256 not in each.basis["permits"]:
            continue
        files = (each.manifest or {}).get("files", [])
        found.append(
            Incident(
                case=row.folder,
                channel=each.channel,
                since=each.published_at,
                until=each.closed_at or tx.now,
                urls=tuple(means.public.url(key) for key, *_ in files),
            )
        )
    return found


def _close(tx: Transaction, means: Means, case_id: int) -> None:
    """Close what a person's word just ended, in the same commit."""
    moment = means.moment()
    row = cases.by_id(tx.connection, case_id)
    close_ended(
        tx, standing_of(tx.connection, row, config=means.config, moment=moment), moment=moment
    )
    cases.look_again(tx, [case_id])
