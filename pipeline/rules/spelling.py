"""Words as people write them: how a name falls into words, which known name was meant."""

from __future__ import annotations

import re
import unicodedata
from difflib import SequenceMatcher
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_WORD = re.compile(r"[^\W_]+")
_LETTERS_APART = 2
_LONGEST_ASKED = 60


def fold(text: str) -> str:
    """`text` without case and accents, for comparing: "Después" becomes "despues"."""
    decomposed = unicodedata.normalize("NFKD", text)
    return "".join(sign for sign in decomposed if not unicodedata.combining(sign)).casefold()


def words_of(text: str) -> tuple[str, ...]:
    """The folded words of `text`, split at everything that is not a letter or digit."""
    return tuple(_WORD.findall(fold(text)))


def distance(word: str, *, other: str) -> int:
    """How many letters to add, drop, change or swap with their neighbour to get `other`."""
    before: list[int] = []
    last = list(range(len(other) + 1))
    for row, letter in enumerate(word, start=1):
        line = [row]
        for column, wanted in enumerate(other, start=1):
            cost = min(
                last[column] + 1,
                line[column - 1] + 1,
                last[column - 1] + (letter != wanted),
            )
            if row > 1 and column > 1 and letter == other[column - 2] and word[row - 2] == wanted:
                cost = min(cost, before[column - 2] + 1)
            line.append(cost)
        before, last = last, line
    return last[-1]


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known name that `word` is probably a slip of: one or two letters away.

    Of a word of three or four letters only one may differ, of a shorter one none, because two
    letters make another word of it. None when nothing is that near or `word` is itself known.
    """
    names = set(known)
    most = 0 if len(word) < 3 else 1 if len(word) < 5 else _LETTERS_APART
    if word in names:
        return None
    near = [name for name in names if abs(len(name) - len(word)) <= most]
    measured = [(distance(word, other=name), name) for name in near]
    return min((pair for pair in measured if 0 < pair[0] <= most), default=(0, None))[1]


def likeliest(word: str, known: Iterable[str]) -> str:
    """The known name most like `word`, however unlike: what to say beside an unknown key.

    `known` holds at least one name. A beginning counts for more than a distant likeness, so
    that "expires" finds "expires_on".
    """
    asked = fold(word[:_LONGEST_ASKED])

    def unlikeness(name: str) -> tuple[int, float, str]:
        steps = distance(asked, other=name)
        begins = len(asked) > 2 and name.startswith(asked)
        if steps > _LETTERS_APART and begins:
            steps = _LETTERS_APART
        alike = SequenceMatcher(a=asked, b=name, autojunk=False).ratio()
        return (min(steps, _LETTERS_APART + 1), -alike, name)

    return min(known, key=unlikeness)
