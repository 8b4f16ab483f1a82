"""Finds people of the consent roster in a text: whole names, parts, and names run together.

A name that is an ordinary word as well (Mark, May, Grace) counts only where it is written and
used as a name; the rule data list such words.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from pipeline.rules.lint.findings import Span
from pipeline.rules.lint.rulebook import Rulebook
from pipeline.rules.lint.words import Word, words_of

_SHORTEST = 3  # letters of a part that counts alone
_SHORTEST_SMALL = 4  # the same, when it is written without a capital
_BETWEEN = frozenset(",.&+")


@dataclass(frozen=True, slots=True)
class Roster:
    """The names of people who signed, as words. `joined` are names run together in a file name."""

    people: tuple[frozenset[str], ...]
    parts: frozenset[str]
    joined: frozenset[str]


def read_roster(names: Collection[str], *, book: Rulebook) -> Roster:
    """Return the names as the matcher wants them; what is no name at all is left out."""
    particles = book.group("particle")
    people: list[frozenset[str]] = []
    joined: set[str] = set()
    for name in names:
        spoken = [
            word.plain for word in words_of(name, language=book.language) if word.plain[0].isalpha()
        ]
        telling = [each for each in spoken if len(each) > 1 and each not in particles]
        telling += [each.replace("'", "") for each in telling if "'" in each]
        if not telling:
            continue
        people.append(frozenset(telling))
        whole = "".join(spoken)
        joined |= {whole, spoken[0] + spoken[-1], spoken[-1] + spoken[0]}
    parts = frozenset(part for person in people for part in person if len(part) >= _SHORTEST)
    return Roster(tuple(people), parts, frozenset(each for each in joined if len(each) >= 6))


def names(words: Sequence[Word], *, roster: Roster, book: Rulebook) -> Iterator[Span]:
    """Yield where people of the roster are named."""
    known = {part for person in roster.people for part in person}
    for place, word in enumerate(words):
        if word.plain in roster.joined:
            yield word.start, word.end
        if word.plain not in known:
            continue
        other = _next_word(words, place)
        if other is not None and _one_person(word, words[other], roster=roster):
            yield word.start, words[other].end
        elif word.plain in roster.parts and _counts(words, place, book=book):
            yield word.start, word.end


def _next_word(words: Sequence[Word], place: int) -> int | None:
    """Return the next word, over one comma or the like."""
    place += 1
    if place < len(words) and words[place].shape in _BETWEEN:
        place += 1
    return place if place < len(words) and words[place].shape[0].isalpha() else None


def _one_person(one: Word, other: Word, *, roster: Roster) -> bool:
    return one.plain != other.plain and any(
        one.plain in person and other.plain in person for person in roster.people
    )


def _counts(words: Sequence[Word], place: int, *, book: Rulebook) -> bool:
    """Whether a single part of a name is meant as a name here."""
    word = words[place]
    follower = words[place + 1] if place + 1 < len(words) else None
    if follower and follower.plain in book.group("eponym"):
        return False
    if word.plain not in book.group("ambiguous_name"):
        return word.shape[0].isupper() or len(word.plain) >= _SHORTEST_SMALL
    if not word.shape[0].isupper():
        return False
    opens = place == 0 or words[place - 1].sentence != word.sentence
    if not opens or word.shape.lower().endswith("'s"):
        return True
    return follower is not None and (
        follower.plain in book.group("says")
        or follower.plain.endswith("ed")
        or (follower.plain.endswith("s") and not follower.plain.endswith("ss"))
    )
