"""The two lanes, as the schedule and `run --once` walk them: watch first, then the work.

Every part may be killed and walked again: what is wanted is worked out anew from what is stored.
"""

from __future__ import annotations

import fcntl
import hashlib
import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pipeline.rules.errors import Reason, Unreachable
from pipeline.rules.plan import RENDER_VERSION
from pipeline.steps import ledger
from pipeline.steps.arriving.aside import write_waiting
from pipeline.steps.means import Means
from pipeline.steps.public.indexes import want_indexes, write_indexes
from pipeline.steps.public.showing import pages_of
from pipeline.steps.public.uploads import forget_renditions
from pipeline.steps.publish import clear_replaced, publish
from pipeline.steps.render import render
from pipeline.steps.wanted.ending import revoked_of
from pipeline.steps.wanted.networks import forget_networks
from pipeline.steps.wanted.outlook import (
    Outlook,
    next_look,
    outlook_of,
    reasons_of,
    stage_of,
    states_of,
    work_left,
)
from pipeline.steps.wanted.stored import reason_from, reason_to
from pipeline.steps.wanted.treatments import forget_copies, keep_good_copies
from pipeline.steps.wanted.wording import forget_templates, keep
from pipeline.tools.catalog import cases, work
from pipeline.tools.catalog.cases import CaseRow
from pipeline.tools.catalog.engine import Transaction

log = logging.getLogger(__name__)

FINGERPRINT = "fingerprint"


@dataclass(slots=True)
class Done:
    """What one walk of the work lane changed."""

    rendered: int = 0
    published: list[tuple[str, str]] = field(default_factory=list)
    held: Reason | None = None


def notice_changes(means: Means) -> None:
    """Look at every case again when configuration, templates, logo or font changed."""
    forget_templates()
    forget_copies()
    forget_networks()
    found = _fingerprint(means)
    with means.catalog.read() as connection:
        known = work.mark(connection, FINGERPRINT)
    if known == found:
        return
    keep_good_copies(means)
    with means.catalog.write(by=means.by, now=means.now()) as tx:
        work.set_mark(tx, FINGERPRINT, found)
        cases.look_at_all(tx)
        want_indexes(tx)


def render_due(means: Means) -> int:
    """Make the missing renditions of all cases that are due."""
    return render(means, [outlook for _, outlook in _due(means)])


def publish_due(means: Means) -> Done:
    """Publish what is ready, write the indexes, and record where every case stands."""
    done = Done(held=ledger.check(means))
    if done.held is not None:
        return done
    pages = pages_of(means)
    moment = means.moment()
    trouble: Unreachable | None = None
    looked_at = []
    for row, outlook in _due(means):
        looked_at.append(row)
        try:
            for channel in publish(means, outlook, pages=pages, moment=moment):
                done.published.append((row.folder, channel))
        except Unreachable as error:
            trouble = error
    if trouble:
        raise trouble
    write_indexes(means, pages=pages)
    for row in looked_at:
        clear_replaced(means, row.id)
        _settle(means, row)
    return done


def restage(means: Means) -> None:
    """Record where the cases that are due stand now, without taking them off the work lane."""
    for row, outlook in _due(means):
        values = _values(row, outlook, means=means)
        with means.catalog.write(by=means.by, now=means.now()) as tx:
            if cases.settle(tx, row, values):
                _tell(tx, row, values)


def work_lane(means: Means) -> Done:
    """Render and publish what is wanted (intake comes before, in a step of its own)."""
    notice_changes(means)
    held = ledger.check(means)
    if held is not None:
        return Done(held=held)
    rendered = render_due(means)
    done = publish_due(means)
    done.rendered = rendered
    return done


def _due(means: Means) -> Iterator[tuple[CaseRow, Outlook]]:
    moment = means.moment()
    with means.catalog.read() as connection:
        rows = cases.due(connection, now=moment.now)
    for row in rows:
        with means.catalog.write(by=means.by, now=means.now()) as tx:
            keep(tx, means, row)
        with means.catalog.read() as connection:
            fresh = cases.by_id(connection, row.id)
            outlook = outlook_of(means, connection, fresh, moment=moment)
        yield fresh, outlook


def _settle(means: Means, row: CaseRow) -> None:
    """Record where a case stands, and when it is to be looked at next.

    It stays due while something of it is left to do, or when it was changed since it was read.
    """
    moment = means.moment()
    with means.catalog.write(by=means.by, now=moment.now) as tx:
        fresh = cases.by_id(tx.connection, row.id)
        outlook = outlook_of(means, tx.connection, fresh, moment=moment)
        values = _values(fresh, outlook, means=means)
        look = moment.now if work_left(outlook) else next_look(outlook, means=means, moment=moment)
        revoked = revoked_of(tx.connection, outlook.standing, config=means.config, moment=moment)
        if cases.settle(tx, row, {**values, "look_at": look}):
            _tell(tx, fresh, values)
    # What was never public has no withdrawal that would remove its private renditions.
    forget_renditions(means, originals=revoked)


def _values(row: CaseRow, outlook: Outlook, *, means: Means) -> dict[str, Any]:
    stage = str(stage_of(outlook))
    return {
        "stage": stage,
        "since": row.since if stage == row.stage else means.now(),
        "reasons": [reason_to(reason) for reason in reasons_of(outlook)],
        "states": states_of(outlook),
    }


def _tell(tx: Transaction, row: CaseRow, values: dict[str, Any]) -> None:
    if (values["stage"], values["states"]) == (row.stage, row.states):
        return
    channels = {name: state["state"] for name, state in values["states"].items()}
    tx.event("decided", case=row.name, data={"stage": values["stage"], "channels": channels})


def list_waiting(means: Means, units: Sequence[tuple[str, Sequence[Reason]]]) -> None:
    """Write what waits beside the files, for those who never open anything else."""
    with means.catalog.read() as connection:
        rows = cases.every(connection)
    held = [
        (row.folder, [reason_from(reason) for reason in row.reasons])
        for row in rows
        if row.stage in {"HELD", "REVIEW", "FAILED"} and row.reasons
    ]
    write_waiting(means, units=units, cases=held)


def _fingerprint(means: Means) -> str:
    """Return a hash of everything besides the cases that decides what is public."""
    digest = hashlib.sha256(means.config.model_dump_json().encode())
    digest.update(str(sorted(RENDER_VERSION.items())).encode())
    for folder in means.templates:
        for path in sorted(p for p in folder.rglob("*") if p.is_file()):
            digest.update(str(path.relative_to(folder)).encode())
            digest.update(hashlib.sha256(path.read_bytes()).digest())
    for extra in (means.config.brand.logo, means.config.brand.font):
        if extra and (means.folder / extra).is_file():
            digest.update(hashlib.sha256((means.folder / extra).read_bytes()).digest())
    return digest.hexdigest()


@contextmanager
def one_at_a_time(lock: Path) -> Iterator[bool]:
    """Hold the lock of this workspace's work lane; yields False when another process has it."""
    lock.parent.mkdir(parents=True, exist_ok=True)
    with lock.open("a") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        yield True
