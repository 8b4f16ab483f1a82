"""What a command answers: words for a person, one object for a program, and an exit code."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from pipeline.rules.errors import Reason
from pipeline.steps.means import Means
from pipeline.steps.withdraw import Receipt

FINE = 0
NEEDS_PERSON = 1
USAGE = 2
TOOL_MISSING = 3
UNREACHABLE = 4
NOT_VERIFIED = 5
BUG = 70
# When several apply, the first of these is the one that is given.
_GRAVEST = (BUG, USAGE, TOOL_MISSING, UNREACHABLE, NOT_VERIFIED, NEEDS_PERSON, FINE)


@dataclass(frozen=True, slots=True)
class Answer:
    """The end of a command. `text` is printed for people, `data` with --json."""

    text: str
    data: dict[str, Any] = field(default_factory=dict)
    code: int = FINE


def gravest(codes: Iterable[int]) -> int:
    """Return the exit code that counts when several apply."""
    found = set(codes)
    return next((code for code in _GRAVEST if code in found), FINE)


def reason_json(means: Means, reason: Reason) -> dict[str, str | None]:
    """Return a reason as `status --json` shows it."""
    said = means.say(reason)
    return {
        "code": reason.code,
        "text": said.text,
        "remedy": said.remedy,
        "file": reason.file,
        "channel": reason.channel,
    }


def reason_lines(means: Means, reasons: Iterable[Reason], *, indent: str = "    ") -> list[str]:
    """Return reasons as staff read them, the remedy on a line of its own."""
    lines = []
    for reason in reasons:
        said = means.say(reason)
        lines.append(f"{indent}{said.text}")
        if said.remedy:
            lines.append(f"{indent}→ {said.remedy}")
    return lines


def receipt_json(receipt: Receipt) -> dict[str, Any]:
    """Return a receipt as programs read it."""
    return {
        "case": receipt.case,
        "id": receipt.url,
        "channel": receipt.channel,
        "cause": receipt.cause,
        "complete": receipt.complete,
        "keys": list(receipt.keys),
        "pending": list(receipt.pending),
        "exports": list(receipt.exports),
    }


def receipt_lines(receipts: Iterable[Receipt], *, local: Callable[[datetime], str]) -> list[str]:
    """Return receipts as staff keep them."""
    lines: list[str] = []
    for receipt in receipts:
        state = "all gone" if receipt.complete else "STILL PENDING, it is tried again"
        lines.append(f"{receipt.case} on {receipt.channel}: {state} ({receipt.cause})")
        for key in receipt.keys:
            at = local(datetime.fromisoformat(key["at"]))
            lines.append(f"    {key['status']:<16} {at}  {key['key']}")
        lines += [f"    pending: {key}" for key in receipt.pending]
        if receipt.exports:
            lines.append("    Posts made from these exports must be deleted by hand:")
            lines += [f"      {folder}" for folder in receipt.exports]
    return lines


def local_time(means: Means) -> Callable[[datetime], str]:
    """Return how an instant is written on the clinic's clock."""
    zone = means.config.clinic.zone
    return lambda moment: moment.astimezone(zone).strftime("%Y-%m-%d %H:%M:%S")
