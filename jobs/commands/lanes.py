"""The steps by hand: intake, render, publish, withdraw, watch, and one whole run."""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from contextlib import AbstractContextManager

from jobs.answers import (
    FINE,
    NEEDS_PERSON,
    UNREACHABLE,
    Answer,
    gravest,
    local_time,
    reason_json,
    reason_lines,
    receipt_json,
    receipt_lines,
)
from pipeline.rules.errors import Reason, UsageError
from pipeline.steps import tick
from pipeline.steps.arriving.looks import Patience, Sightings
from pipeline.steps.arriving.taking import Taken
from pipeline.steps.intake import intake
from pipeline.steps.means import Means
from pipeline.steps.public.showing import pages_in_need
from pipeline.steps.watch import watch
from pipeline.steps.withdraw import Receipt, withdraw
from pipeline.tools.catalog import cases

log = logging.getLogger(__name__)

# How long a command waits for an upload that is in flight before it says "pending".
WAIT_S = 30.0
_NEEDS_SOMEONE = {"HELD", "REVIEW", "FAILED"}


def one_scheduler(means: Means) -> AbstractContextManager[bool]:
    """Return the lock by which one process at a time works on this workspace."""
    return tick.one_at_a_time(means.folder / "var" / "work.lock")


def take_in(means: Means) -> Taken:
    """Take in what lies in the inbox, on a person's word."""
    with one_scheduler(means) as mine:
        _only(mine)
        tick.notice_changes(means)
        taken = intake(means, patience=Patience.PERSON, sightings=Sightings(time.monotonic))
        tick.restage(means)
        tick.list_waiting(means, taken.waiting)
    return taken


def intake_command(means: Means) -> Answer:
    """Take files in and say what became of them."""
    taken = take_in(means)
    return Answer(_said(means, taken), _told(means, taken), _code_of(taken))


def render_command(means: Means) -> Answer:
    """Render what is missing."""
    with one_scheduler(means) as mine:
        _only(mine)
        tick.notice_changes(means)
        made = tick.render_due(means)
        tick.restage(means)
    return Answer(f"{made} renditions made.", {"version": 1, "rendered": made})


def publish_command(means: Means) -> Answer:
    """Publish what is rendered and cleared, withdrawals first."""
    with one_scheduler(means) as mine:
        _only(mine)
        receipts = watch(means, pages=pages_in_need(means), wait_s=WAIT_S)
        tick.notice_changes(means)
        done = tick.publish_due(means)
    lines = [f"Published: {case} on {channel}" for case, channel in done.published]
    data = {
        "version": 1,
        "published": [{"case": case, "channel": channel} for case, channel in done.published],
        "withdrawals": [receipt_json(each) for each in receipts],
    }
    return _with_head(
        means,
        done.held,
        Answer("\n".join(lines) or "Nothing to publish.", data, _pending(receipts)),
    )


def withdraw_command(means: Means) -> Answer:
    """Carry out what is closed."""
    return _withdrawn(means, withdraw(means, pages=pages_in_need(means), wait_s=WAIT_S))


def watch_command(means: Means) -> Answer:
    """Find what ended, then withdraw it."""
    receipts = watch(means, pages=pages_in_need(means), wait_s=WAIT_S)
    _restage(means)
    return _withdrawn(means, receipts)


def run_once(means: Means) -> Answer:
    """Do everything once: withdraw, take in, render, publish."""
    with one_scheduler(means) as mine:
        _only(mine)
        receipts = watch(means, pages=pages_in_need(means), wait_s=WAIT_S)
        tick.notice_changes(means)
        taken = intake(means, patience=Patience.PERSON, sightings=Sightings(time.monotonic))
        done, trouble = _worked(means)
        receipts += watch(means, pages=pages_in_need(means), wait_s=WAIT_S)
        tick.list_waiting(means, taken.waiting)
    with means.catalog.read() as connection:
        rows = cases.every(connection)
    waiting = [row for row in rows if row.stage in _NEEDS_SOMEONE]
    lines = [_said(means, taken)] if taken.cases or taken.records or taken.aside else []
    if done.rendered:
        lines.append(f"{done.rendered} renditions made.")
    lines += [f"Published: {case} on {channel}" for case, channel in done.published]
    lines += receipt_lines(receipts, local=local_time(means))
    if trouble:
        lines += [trouble.text, f"→ {trouble.remedy}"]
    lines.append(_count(len(rows), waiting=len(waiting)))
    data = _told(means, taken) | {
        "rendered": done.rendered,
        "published": [{"case": case, "channel": channel} for case, channel in done.published],
        "withdrawals": [receipt_json(each) for each in receipts],
        "waiting": [row.name for row in waiting],
    }
    new = NEEDS_PERSON if waiting or taken.aside or taken.waiting else FINE
    code = gravest([new, _pending(receipts), trouble.exit_code if trouble else FINE])
    return _with_head(means, done.held, Answer("\n".join(filter(None, lines)), data, code))


def _worked(means: Means) -> tuple[tick.Done, UsageError | None]:
    """Walk the work lane; a template that cannot be used must not lose the receipts before it."""
    try:
        return tick.work_lane(means), None
    except UsageError as error:
        return tick.Done(), error


def _count(total: int, *, waiting: int) -> str:
    """Say how many cases there are and how many need somebody."""
    cases_ = "1 case" if total == 1 else f"{total} cases"
    if not waiting:
        return f"{cases_}; nobody has to do anything."
    need = "needs" if waiting == 1 else "need"
    return f"{cases_}; {waiting} {need} a person: 'clinicmedia status' says what for."


def withdrawal(means: Means, *, said: str, data: dict[str, object]) -> Answer:
    """Carry out what a person's word just closed, in the same command, and print the receipt."""
    receipts = withdraw(means, pages=pages_in_need(means), wait_s=WAIT_S)
    _restage(means)
    answer = _withdrawn(means, receipts)
    text = f"{said}\n{answer.text}" if receipts else said
    return Answer(text, data | answer.data, answer.code)


def _restage(means: Means) -> None:
    """Renew the stages; a slip in a template must not hide a receipt."""
    try:
        tick.restage(means)
    except UsageError as error:
        log.warning("stages were not renewed: %s", error.text)


def _withdrawn(means: Means, receipts: Sequence[Receipt]) -> Answer:
    lines = receipt_lines(receipts, local=local_time(means))
    return Answer(
        "\n".join(lines) or "Nothing had to come down.",
        {"version": 1, "withdrawals": [receipt_json(each) for each in receipts]},
        _pending(receipts),
    )


def _pending(receipts: Sequence[Receipt]) -> int:
    return FINE if all(each.complete for each in receipts) else UNREACHABLE


def _only(mine: bool) -> None:  # noqa: FBT001 - what the lock says
    if not mine:
        raise UsageError(
            "Another Clinicmedia is working on this workspace.",
            remedy="If 'clinicmedia run' is running it does this by itself; else try again later.",
        )


def _with_head(means: Means, held: Reason | None, answer: Answer) -> Answer:
    """Put a hold of everything before whatever else was done."""
    if held is None:
        return answer
    lines = reason_lines(means, [held], indent="")
    data = answer.data | {"held": reason_json(means, held)}
    return Answer("\n".join([*lines, answer.text]), data, gravest([answer.code, 5]))


def _said(means: Means, taken: Taken) -> str:
    lines = [f"Taken in: {name}" for name in taken.cases]
    lines += [f"Consent record: {consent}" for consent in taken.records]
    for name, reason in taken.aside:
        lines += [f"Set aside in _problems: {name}", *reason_lines(means, [reason])]
    for name, reasons in taken.waiting:
        lines += [f"Waits in the inbox: {name}", *reason_lines(means, reasons)]
    return "\n".join(lines) or "Nothing new in the inbox."


def _told(means: Means, taken: Taken) -> dict[str, object]:
    return {
        "version": 1,
        "cases": list(taken.cases),
        "records": list(taken.records),
        "aside": [{"file": n, "reason": reason_json(means, r)} for n, r in taken.aside],
        "waiting_in_inbox": [
            {"name": name, "reasons": [reason_json(means, reason) for reason in reasons]}
            for name, reasons in taken.waiting
        ],
    }


def _code_of(taken: Taken) -> int:
    return NEEDS_PERSON if taken.aside or taken.waiting else FINE
