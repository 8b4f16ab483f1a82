"""The privacy lint: words and numbers by which a reader could know who somebody is.

What is the clinic's own (its phone number, address, name) is given as `own` and never a finding.
Whether a date in a field is ours to write is the caller's to know: `exempt` names the kinds that
may stand in this field.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from pipeline.rules.lint.findings import Finding, Span, findings_of, in_order
from pipeline.rules.lint.identifiers import (
    codes as codes_in,
)
from pipeline.rules.lint.identifiers import (
    dates,
    emails,
    phones,
    record_numbers,
    zip_codes,
)
from pipeline.rules.lint.matching import matches, spoken
from pipeline.rules.lint.names import names, read_roster
from pipeline.rules.lint.patterns import span_of
from pipeline.rules.lint.rulebook import Rulebook, Ruled
from pipeline.rules.lint.words import places_of, plainly, straightened

_TELLING = 7  # letters and digits: less could be part of anything
_PREFIX = 4  # a country's code or "on" before the clinic's own number or street
_NOT_TELLING = re.compile(r"[\W_]+")


def lint_privacy(
    text: str,
    *,
    rules: Sequence[Rulebook],
    roster: Collection[str] = (),
    codes: Collection[str] = (),
    own: Collection[str] = (),
    exempt: Collection[str] = (),
) -> tuple[Finding, ...]:
    """Return what identifies a person in `text`, in the order of the text.

    `roster` are names of people (consent rows), `codes` chart codes and consent ids, `own` what
    is the clinic's, `exempt` kinds of findings that this field may hold.
    """
    straight, places = straightened(text)
    mine = {_bare(each) for each in own} - {""}
    found: dict[tuple[str, Span], Finding] = {}
    for number, (book, words) in enumerate(spoken(text, books=rules)):
        people = read_roster(roster, book=book)
        seen = book.find(words)
        whole = book.words(text)
        ours = [span for each in own for span in places_of(book.words(each), whole)]
        for ruled in book.rules:
            if ruled.rule.kind in exempt:
                continue
            held = matches(words, ruled, found=seen, book=book)
            spans = [span_of(words, *match) for match in held]
            if ruled.rule.kind == "name" and number == 0:
                spans += names(whole, roster=people, book=book)
            spans += [
                (places[start], places[end - 1] + 1)
                for start, end in _written(straight, ruled=ruled, book=book, codes=codes)
            ]
            for each in findings_of(ruled.rule, spans, text=text):
                inside = any(start <= each.start and each.end <= end for start, end in ours)
                alike = each.kind != "name" and _is_own(each.quote, own=mine)
                if not inside and not alike:
                    found.setdefault((each.kind, (each.start, each.end)), each)
    return in_order(found.values())


def _written(text: str, *, ruled: Ruled, book: Rulebook, codes: Collection[str]) -> list[Span]:
    """Return what is found by its digits and signs."""
    kind = ruled.rule.kind
    if kind == "phone":
        return list(phones(text, regions=book.regions, labels=book.group("phone_label")))
    if kind == "email":
        return list(emails(text))
    if kind == "fine_date":
        return list(dates(text))
    if kind == "address":
        return list(zip_codes(text, states=book.group("state")))
    if kind == "chart_number":
        return [
            *record_numbers(text, labels=book.group("chart_label")),
            *codes_in(text, known=codes),
        ]
    return []


def _bare(text: str) -> str:
    return _NOT_TELLING.sub("", plainly(text))


def _is_own(quote: str, *, own: Collection[str]) -> bool:
    """Whether the words are the clinic's own, however they are punctuated."""
    bare = _bare(quote)
    return any(
        bare == each
        or (len(bare) >= _TELLING and bare in each)
        or (len(each) >= _TELLING and each in bare and len(bare) <= len(each) + _PREFIX)
        for each in own
    )
