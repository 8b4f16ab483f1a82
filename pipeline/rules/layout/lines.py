"""How a text breaks into lines: by words, and by letters where a script has no spaces.

The breaking is balanced, so that a caption of two lines has two lines of like length. Widths come
from a function given in: nothing here knows a font.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

# Scripts written without spaces: a line may end after any letter. (first, last) code points.
_SPACELESS = (
    (0x0E00, 0x0EFF),  # Thai, Lao
    (0x0F00, 0x109F),  # Tibetan, Burmese
    (0x1780, 0x17FF),  # Khmer
    (0x2E80, 0x9FFF),  # Chinese and Japanese with their punctuation
    (0xF900, 0xFAFF),
    (0xFF00, 0xFFEF),
    (0x20000, 0x3FFFF),
)
# What never begins a line, and what never ends one: closing and opening marks, small kana, and
# the vowels that Thai and Lao write after and before the consonant they belong to.
_NEVER_FIRST = frozenset(
    "!%),.:;?]}\u00a2\u00b0\u2019\u201d\u2026\u2030\u3001\u3002\u3005\u3009\u300b\u300d\u300f\u3011\u3015"
    "ぁぃぅぇぉっゃゅょゎ゛゜ゝゞァィゥェォッャュョヮヵヶ・ーヽヾ"
    "\uff01\uff05\uff09\uff0c\uff0e\uff1a\uff1b\uff1f\uff3d\uff5d\uff5e"
    "\u0e2f\u0e30\u0e32\u0e33\u0e45\u0e46\u0eb0\u0eb2\u0eb3\u0ec6",
)
_NEVER_LAST = frozenset(
    "([{\u2018\u201c\u3008\u300a\u300c\u300e\u3010\u3014\uff08\uff3b\uff5b"
    "\u0e40\u0e41\u0e42\u0e43\u0e44\u0ec0\u0ec1\u0ec2\u0ec3\u0ec4",
)
_ZWJ = "\u200d"
_VIRAMA = 9  # the canonical class of the marks that join two consonants into one shape


@dataclass(frozen=True, slots=True)
class _Piece:
    """A bit of text that stays together, and whether a space stands before it."""

    text: str
    spaced: bool


def tidy(text: str) -> str:
    """Return the text as one line: composed, single spaces, nothing that cannot be drawn."""
    kept = (
        " " if unicodedata.category(letter) in {"Cc", "Cs", "Zl", "Zp"} else letter
        for letter in unicodedata.normalize("NFC", text)
    )
    return " ".join("".join(kept).split())


def wrap(
    text: str,
    *,
    max_width: int,
    max_lines: int,
    width_of: Callable[[str], int],
) -> tuple[str, ...] | None:
    """Break a text into at most `max_lines` lines, none wider than `max_width` pixels.

    Returns:
        The lines, of like length; () for a text without letters; None if it does not fit.
    """
    whole = tidy(text)
    if not whole:
        return ()
    # What is much too long is told apart before any of it is broken and measured bit by bit.
    if width_of(whole) > max_width * max_lines * 1.1:
        return None
    pieces = _pieces(whole)
    lines = _fill(pieces, max_width=max_width, max_lines=max_lines, width_of=width_of)
    if lines is not None:
        return _balanced(lines, pieces, max_width=max_width, width_of=width_of)
    letters = _pieces(whole, split_wider_than=max_width, width_of=width_of)
    return _fill(letters, max_width=max_width, max_lines=max_lines, width_of=width_of)


def clusters(text: str) -> tuple[str, ...]:
    """Return what a reader takes for single letters: accents, joined emoji and conjuncts whole."""
    starts = [0] if text else []
    starts += [at for at, (left, right) in enumerate(pairwise(text), 1) if _parts(left, right)]
    return tuple(text[start:end] for start, end in pairwise([*starts, len(text)]))


def _parts(left: str, right: str) -> bool:
    if unicodedata.category(right).startswith("M") or _ZWJ in {left, right}:
        return False
    if unicodedata.combining(left) == _VIRAMA:
        return False
    if 0x1F1E6 <= ord(left) <= 0x1F1FF and 0x1F1E6 <= ord(right) <= 0x1F1FF:
        return False
    return not (0x1F3FB <= ord(right) <= 0x1F3FF or 0xE0020 <= ord(right) <= 0xE007F)


def _pieces(
    text: str,
    *,
    split_wider_than: int | None = None,
    width_of: Callable[[str], int] | None = None,
) -> list[_Piece]:
    pieces: list[_Piece] = []
    for word in text.split(" "):
        letters = clusters(word)
        split = (
            split_wider_than is not None
            and width_of is not None
            and width_of(word) > split_wider_than
        )
        spaced = bool(pieces)
        for at, letter in enumerate(letters):
            if at and not (split or _may_break(letters[at - 1], letter)):
                pieces[-1] = _Piece(pieces[-1].text + letter, spaced=pieces[-1].spaced)
            else:
                pieces.append(_Piece(letter, spaced=spaced and at == 0))
    return pieces


def _may_break(left: str, right: str) -> bool:
    if right[0] in _NEVER_FIRST or left[0] in _NEVER_LAST:
        return False
    return _spaceless(left) or _spaceless(right)


def _spaceless(letter: str) -> bool:
    return any(first <= ord(letter[0]) <= last for first, last in _SPACELESS)


def _fill(
    pieces: list[_Piece],
    *,
    max_width: int,
    max_lines: int,
    width_of: Callable[[str], int],
) -> tuple[str, ...] | None:
    """Put as many pieces on each line as it takes; None if they do not fit."""
    lines: list[str] = []
    start = 0
    while start < len(pieces):
        if len(lines) == max_lines:
            return None
        end = _longest(pieces, start=start, max_width=max_width, width_of=width_of)
        if end == start:
            return None
        lines.append(_joined(pieces[start:end]))
        start = end
    return tuple(lines)


def _longest(
    pieces: list[_Piece],
    *,
    start: int,
    max_width: int,
    width_of: Callable[[str], int],
) -> int:
    """Return the end of the longest run from `start` that is no wider than `max_width`."""
    low, high = start, len(pieces)
    while low < high:
        middle = (low + high + 1) // 2
        if width_of(_joined(pieces[start:middle])) <= max_width:
            low = middle
        else:
            high = middle - 1
    return low


def _joined(pieces: list[_Piece]) -> str:
    words = (f" {each.text}" if each.spaced else each.text for each in pieces)
    return "".join(words).removeprefix(" ")


def _balanced(
    lines: tuple[str, ...],
    pieces: list[_Piece],
    *,
    max_width: int,
    width_of: Callable[[str], int],
) -> tuple[str, ...]:
    """Narrow the lines as far as their number allows."""
    best = lines
    low, high = max_width // max(len(lines), 1), max_width
    while len(lines) > 1 and low < high:
        middle = (low + high) // 2
        tried = _fill(pieces, max_width=middle, max_lines=len(lines), width_of=width_of)
        if tried is None:
            low = middle + 1
        else:
            best, high = tried, middle
    return best
