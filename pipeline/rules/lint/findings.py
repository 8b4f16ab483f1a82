"""What both lints find: a rule, the words it stands on, the source of the rule and the way out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Strength(StrEnum):
    """What a finding does: `refuse` stops, `ask` waits for a person, `tell` is only listed."""

    REFUSE = "refuse"
    ASK = "ask"
    TELL = "tell"


@dataclass(frozen=True, slots=True)
class Rule:
    """One dated rule of the data files.

    `kind` is what is found (cure, name, …); `source` is the law, guide or policy; `dated` is the
    day of the text that was read, and `read` says how well: "text" (the text itself),
    "secondary" (somebody's account of it) or "memory" (general knowledge: check before quoting).
    """

    id: str
    kind: str
    strength: Strength
    source: str
    dated: str
    read: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Finding:
    """Words of a text that a rule is about: `quote` is `text[start:end]`."""

    rule: str
    kind: str
    strength: Strength
    quote: str
    start: int
    end: int
    source: str
    remedy: str


Span = tuple[int, int]


def findings_of(rule: Rule, spans: Iterable[Span], *, text: str) -> list[Finding]:
    """Return one finding for each stretch of the text; stretches that touch are one."""
    found: list[Finding] = []
    for start, end in merged(spans):
        found.append(
            Finding(
                rule=rule.id,
                kind=rule.kind,
                strength=rule.strength,
                quote=text[start:end],
                start=start,
                end=end,
                source=rule.source,
                remedy=rule.remedy,
            )
        )
    return found


def merged(spans: Iterable[Span]) -> list[Span]:
    """Return the spans in order, those that overlap joined."""
    found: list[Span] = []
    for start, end in sorted(set(spans)):
        if found and start < found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((start, end))
    return found


def in_order(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return findings as a reader meets them."""
    return tuple(sorted(findings, key=lambda each: (each.start, each.end, each.rule)))
