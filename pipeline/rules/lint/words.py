"""Cuts a text into words with stems, clauses and sentences, and remembers where each word stood.

Letters that only look different (full-width, accented, with an invisible joiner inside) are read
as the plain ones, so that no rule is dodged by a way of typing. Stems come from Snowball.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

import snowballstemmer

_STEMMERS = {"en": "english", "es": "spanish"}
# Every branch begins differently and none is nested in another: the time is linear in the text.
_TOKEN = re.compile(r"\d+(?:[.,]\d+)*|[^\W\d_]+(?:'[^\W\d_]+)*|\S")
_PARAGRAPH = re.compile(r"\n[ \t\r]*\n|\n[ \t]*(?=[^\sa-z])")
_ENDS_SENTENCE = frozenset(".!?…")
_ENDS_CLAUSE = frozenset(",;:()—–")  # noqa: RUF001 - an en dash is meant
_GLUE = frozenset("-_/")  # between words they are no pause: pain-free, shoulder_after
_MARKS = {"’": "'", "‘": "'", "´": "'", "`": "'", "‐": "-", "‑": "-", "−": "-"}  # noqa: RUF001 - these look-alikes are the point


@dataclass(frozen=True, slots=True)
class Word:
    """One word, number or mark. `start` and `end` are places in the text that was given.

    `plain` is lower case without accents or a possessive s; `stem` is that by Snowball. `tight`
    says that nothing stands between it and the word before.
    """

    shape: str
    plain: str
    stem: str
    start: int
    end: int
    sentence: int
    clause: int
    tight: bool

    @property
    def number(self) -> bool:
        """Whether it is written in digits."""
        return self.shape[0].isdigit()

    @property
    def capital(self) -> bool:
        """Whether it could be a name by its writing: Anna, O'Neill, ANNA, but not A."""
        return len(self.shape) > 1 and self.shape[0].isupper()


@functools.cache
def _stemmer(language: str) -> snowballstemmer.basestemmer.BaseStemmer:
    return snowballstemmer.stemmer(_STEMMERS[language])


@functools.lru_cache(maxsize=50_000)
def stem(plain: str, *, language: str) -> str:
    """Return the stem of a plain word: one for cure, cures and cured."""
    return str(_stemmer(language).stemWord(plain))


def plainly(text: str) -> str:
    """Return the text in lower case, without accents."""
    return "".join(
        letter
        for letter in unicodedata.normalize("NFKD", text.casefold())
        if not unicodedata.combining(letter)
    )


def flat(text: str) -> str:
    """Return the text in lower case without accents, each letter in its old place."""
    return "".join(
        (unicodedata.normalize("NFKD", letter)[0].lower() or letter)[0] for letter in text
    )


def straightened(text: str) -> tuple[str, list[int]]:
    """Return the text with plain letters and marks, and for each letter its place in `text`."""
    letters: list[str] = []
    places: list[int] = []
    for place, letter in enumerate(text):
        if unicodedata.category(letter) == "Cf" or letter == "\u00ad":
            continue
        if unicodedata.combining(letter) and letters:
            joined = unicodedata.normalize("NFC", letters[-1] + letter)
            letters[-1] = joined if len(joined) == 1 else letters[-1]
            continue
        for each in _MARKS.get(letter) or unicodedata.normalize("NFKC", letter):
            letters.append(each)
            places.append(place)
    places.append(len(text))
    return "".join(letters), places


def words_of(
    text: str, *, language: str, abbreviations: frozenset[str] = frozenset(), breaks: str = "but"
) -> tuple[Word, ...]:
    """Return the words and marks of a text in order. Hyphens inside a word are left out.

    `abbreviations` are the words whose full stop ends no sentence; at `breaks` a clause begins.
    """
    straight, places = straightened(text)
    paragraphs = {match.end() for match in _PARAGRAPH.finditer(straight)}
    breaking = frozenset(breaks.split())
    found: list[Word] = []
    sentence = clause = 0
    before = 0
    ended = False
    for match in _TOKEN.finditer(straight):
        shape = match[0]
        gap = match.start() - before
        anew = any(place in paragraphs for place in range(before, match.start() + 1))
        if (anew and found) or (ended and gap and shape not in _ENDS_SENTENCE):
            sentence, clause = sentence + 1, clause + 1
        if shape in _GLUE and _inside(straight, match.start()):
            before = match.end()
            continue
        plain = plainly(shape).removesuffix("'s")
        if plain in breaking:
            clause += 1
        found.append(
            Word(
                shape=shape,
                plain=plain,
                stem=stem(plain, language=language) if plain.isalpha() else plain,
                start=places[match.start()],
                end=places[match.end() - 1] + 1,
                sentence=sentence,
                clause=clause,
                tight=gap == 0,
            )
        )
        if shape in _ENDS_CLAUSE:
            clause += 1
        closing = shape in "\"”')]" and ended and gap == 0
        ended = closing or (
            shape in _ENDS_SENTENCE
            and not (shape == "." and _shortened(found, abbreviations=abbreviations))
        )
        before = match.end()
    return tuple(found)


def places_of(phrase: Sequence[Word], words: Sequence[Word]) -> list[tuple[int, int]]:
    """Return where a phrase stands in a text, whatever the case and the marks between its words."""
    wanted = [each.plain for each in phrase if _counts(each)]
    spoken = [each for each in words if _counts(each)]
    plain = [each.plain for each in spoken]
    size = len(wanted)
    return [
        (spoken[place].start, spoken[place + size - 1].end)
        for place, each in enumerate(plain)
        if wanted and each == wanted[0] and plain[place : place + size] == wanted
    ]


def _counts(word: Word) -> bool:
    """Whether a sign changes what is said: 40 degrees is not 40 %."""
    return word.shape[0].isalnum() or word.shape in "%$€£+"


def _inside(text: str, place: int) -> bool:
    """Whether letters or digits stand on both sides; between two numbers a mark means something."""
    if not 0 < place < len(text) - 1:
        return False
    left, right = text[place - 1], text[place + 1]
    return left.isalnum() and right.isalnum() and not (left.isdigit() and right.isdigit())


def _shortened(found: list[Word], *, abbreviations: frozenset[str]) -> bool:
    """Whether the full stop just found belongs to a shortened word or an initial."""
    if len(found) < 2 or not found[-1].tight:
        return False
    last = found[-2]
    return last.plain in abbreviations or (len(last.shape) == 1 and last.shape.isupper())
