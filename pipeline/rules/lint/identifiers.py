"""Identifiers written in digits and signs: phone numbers, e-mail addresses, dates, chart numbers.

Expressions here are bounded on every side, so that their time is linear in the text.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from datetime import date

import phonenumbers

from pipeline.rules.lint.findings import Span
from pipeline.rules.lint.words import flat

_DIGIT = re.compile(r"\d")
_PHONE_DIGITS = 7
_BARE_PHONE_DIGITS = 10  # without a label or a plus fewer digits are a reading or a row of numbers
_LABEL_REACH = 24
_LOCAL = re.compile(r"(?<![\w-])\(?\d{3}\)?[ ./-]\d{3}[ .-]\d{4}(?![\w-])")
_DIGITS = re.compile(r"\d[\d ()./-]{5,24}\d")
_DATE = re.compile(r"(?<![\d./])(\d{1,4})([./-])(\d{1,2})\2(\d{1,4})(?!\d)")
_STAMP = re.compile(r"(?:(?<=[_-])|(?<![\w ])|(?<=IMG)|(?<=VID))((?:19|20)\d{6})(?!\d)")
_STAMP_BEFORE = re.compile(r"(?<!\d)((?:19|20)\d{6})(?=[_.-]\w)")
_SSN = re.compile(r"(?<![\d-])\d{3}-\d{2}-\d{4}(?![\d-])")
_AFTER_LABEL = re.compile(
    r"[ \t]{0,3}(?:(?:number|num|no|nr|id|record)\b)?[ \t.:#]{0,4}"
    r"(?:(?:no|nr|id|is)\b)?[ \t.:#]{0,4}"
    r"([a-z]{0,4}[ -]?\d(?:[ -]?\d){2,20})(?![\w/%])",
    re.IGNORECASE,
)
_ZIP = re.compile(r"(?<!\w)([A-Z]{2}),? {1,2}\d{5}(?:-\d{4})?(?!\w)")
_AT = re.compile(r"@|[\[({] {0,2}at {0,2}[\])}]", re.IGNORECASE)
_MAILBOX = re.compile(r"[\w.+-]{1,64}$")
_DOMAIN = re.compile(r"[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}")
_CODE_PART = re.compile(r"[^\W_]+")


def phones(text: str, *, regions: Collection[str], labels: Collection[str]) -> Iterator[Span]:
    """Yield phone numbers: as Google's library finds them, in local form, or behind a label."""
    if len(_DIGIT.findall(text)) < _PHONE_DIGITS:
        return
    for region in regions:
        matcher = phonenumbers.PhoneNumberMatcher(
            text, region, leniency=phonenumbers.Leniency.POSSIBLE
        )
        for match in matcher:
            digits = sum(letter.isdecimal() for letter in match.raw_string)
            sure = "+" in match.raw_string or _labelled(text, match.start, labels=labels)
            if digits >= (_PHONE_DIGITS if sure else _BARE_PHONE_DIGITS) and not _is_row(match):
                yield match.start, match.end
    for each in _LOCAL.finditer(text):
        yield each.span()
    for each in _DIGITS.finditer(text):
        digits = sum(letter.isdecimal() for letter in each[0])
        if _PHONE_DIGITS <= digits <= 15 and _labelled(text, each.start(), labels=labels):
            yield each.span()


def _is_row(match: phonenumbers.PhoneNumberMatch) -> bool:
    """Whether it is a row of small numbers or a span of years rather than one number."""
    raw = match.raw_string
    groups = [group for group in re.split(r"\D+", raw) if group]
    return "+" not in raw and (
        max(len(group) for group in groups) < 3
        or (len(groups) > 1 and all(re.fullmatch(r"(?:19|20)\d\d", group) for group in groups))
    )


def _labelled(text: str, place: int, *, labels: Collection[str]) -> bool:
    before = flat(text[max(0, place - _LABEL_REACH) : place])
    return any(re.search(rf"\b{re.escape(label)}\b", before) for label in labels)


def emails(text: str) -> Iterator[Span]:
    """Yield e-mail addresses, also those written with [at]."""
    for at in _AT.finditer(text):
        left = text[max(0, at.start() - 66) : at.start()]
        right = text[at.end() : at.end() + 260]
        plain = at[0] == "@"
        box = _MAILBOX.search(left if plain else left.rstrip())
        skipped = 0 if plain else len(right) - len(right.lstrip())
        domain = _DOMAIN.match(right[skipped:])
        if box and domain:
            start = at.start() - len(left) + box.start()
            yield start, at.end() + skipped + domain.end()


def dates(text: str) -> Iterator[Span]:
    """Yield days written in digits: 03/14/2026, 2026-03-14, 4/5/61, 20260314 in a file name."""
    for match in _DATE.finditer(text):
        if _is_day(match[1], match[3], match[4]):
            yield match.span()
    for pattern in (_STAMP, _STAMP_BEFORE):
        for match in pattern.finditer(text):
            stamp = match[1]
            if _is_day(stamp[:4], stamp[4:6], stamp[6:]):
                yield match.span(1)


def _is_day(first: str, second: str, third: str) -> bool:
    if len(first) == 4:
        return len(third) <= 2 and _exists(first, second, third)
    if len(third) == 4 or (len(third) == 2 and len(first) <= 2):
        year = third if len(third) == 4 else f"20{third}"
        return _exists(year, first, second) or _exists(year, second, first)
    return False


def _exists(year: str, month: str, day: str) -> bool:
    if not 1900 <= int(year) <= 2099:
        return False
    try:
        date(int(year), int(month), int(day))
    except ValueError:
        return False
    return True


def record_numbers(text: str, *, labels: Collection[str]) -> Iterator[Span]:
    """Yield social security numbers, and numbers of three or more digits behind a label."""
    for match in _SSN.finditer(text):
        yield match.span()
    if not labels:
        return
    choices = "|".join(re.escape(each) for each in sorted(labels, key=len, reverse=True))
    for label in re.finditer(rf"\b(?:{choices})\b", flat(text)):
        number = _AFTER_LABEL.match(text, label.end())
        if number:
            yield label.start(), number.end()


def zip_codes(text: str, *, states: Collection[str]) -> Iterator[Span]:
    """Yield a state's two letters with a ZIP code."""
    for match in _ZIP.finditer(text):
        if match[1] in states:
            yield match.span()


def codes(text: str, *, known: Collection[str]) -> Iterator[Span]:
    """Yield the chart codes of the catalog, whatever stands between their parts.

    A code of digits alone counts only as a whole number written the same way; if it could be a
    year or a small measure it is left to `record_numbers`, which asks for a label.
    """
    wanted = {"".join(_CODE_PART.findall(code)).casefold() for code in known} - {""}
    lengths = {len(each) for each in wanted}
    if not wanted:
        return
    parts = list(_CODE_PART.finditer(text))
    for number, part in enumerate(parts):
        joined, end = "", part.start()
        for other in parts[number : number + 4]:
            if joined and other.start() - end > 1:
                break
            joined += other[0].casefold()
            end = other.end()
            if len(joined) in lengths and joined in wanted and _telling(joined, text, part.start()):
                yield part.start(), end
            if len(joined) > max(lengths):
                break


def _telling(code: str, text: str, start: int) -> bool:
    """Whether a code says enough by itself."""
    if not code.isdecimal():
        return True
    if start and text[start - 1] in ".,/":
        return False
    is_year = len(code) == 4 and code[:2] in {"19", "20"}
    return (len(code) >= 4 or code.startswith("0")) and not is_year
