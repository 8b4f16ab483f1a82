"""The claims lint: words that promise more than was shown, and what answers them.

A claim is answered when the owner wrote it down with its basis (`claims:` of case.yaml): then
every finding inside that claim's words falls away, a typical result only with the result that
people can generally expect.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from pipeline.rules.lint.findings import Finding, Span, findings_of, in_order
from pipeline.rules.lint.matching import matches, spoken
from pipeline.rules.lint.patterns import span_of
from pipeline.rules.lint.rulebook import Rulebook
from pipeline.rules.lint.words import places_of

NEEDS_TYPICAL_RESULT = frozenset({"implied_typical_result"})


class Substantiated(Protocol):
    """What the owner wrote about a claim: case_file.Claim and site.Claim both are one."""

    @property
    def text(self) -> str:
        """The claim as it is written in public."""

    @property
    def basis(self) -> str | None:
        """What it rests on."""

    @property
    def typical_result(self) -> str | None:
        """What people can generally expect."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A claim with its basis, for callers that have none of their own."""

    text: str
    basis: str = ""
    typical_result: str = ""


def lint_claims(
    text: str, *, rules: Sequence[Rulebook], substantiated: Iterable[Substantiated] = ()
) -> tuple[Finding, ...]:
    """Return the claims in `text` that nothing answers, in the order of the text.

    `rules` are the books of the languages that the text may be written in: one that finds in two
    languages what is the same stretch of text says it once.
    """
    answers = tuple(substantiated)
    found: dict[tuple[str, Span], Finding] = {}
    for book, words in spoken(text, books=rules):
        answered = [places_of(book.words(answer.text), words) for answer in answers]
        seen = book.find(words)
        for ruled in book.rules:
            held = matches(words, ruled, found=seen, book=book)
            spans = [span_of(words, *match) for match in held]
            for each in findings_of(ruled.rule, spans, text=text):
                place = (each.start, each.end)
                covered = any(
                    start <= each.start and each.end <= end
                    for answer, stretches in zip(answers, answered, strict=True)
                    if _answers(answer, each.kind)
                    for start, end in stretches
                )
                if not covered:
                    found.setdefault((each.kind, place), each)
    return in_order(found.values())


def _answers(claim: Substantiated, kind: str) -> bool:
    if not (claim.basis or "").strip():
        return False
    return kind not in NEEDS_TYPICAL_RESULT or bool((claim.typical_result or "").strip())
