"""Decides which matches of the rule data hold: in whose language, and in what context."""

from __future__ import annotations

import bisect
from collections.abc import Sequence

from pipeline.rules.lint.findings import Span
from pipeline.rules.lint.patterns import Found
from pipeline.rules.lint.rulebook import CONTEXT, Context, Rulebook, Ruled
from pipeline.rules.lint.words import Word

_REACH = 40  # words on either side: a sentence without end must not cost the square of its length


def spoken(
    text: str, *, books: Sequence[Rulebook]
) -> tuple[tuple[Rulebook, tuple[Word, ...]], ...]:
    """Return each book with the words of the sentences that may be of its language.

    A sentence belongs to the language whose commonest words it holds most of; where none leads,
    to every language.
    """
    cut = [book.words(text) for book in books]
    if len(books) == 1:
        return ((books[0], cut[0]),)
    scores = [_scores(words, book=book) for book, words in zip(books, cut, strict=True)]
    return tuple(
        (
            book,
            tuple(
                word
                for word in words
                if all(_score(own, word) >= _score(other, word) for other in scores)
            ),
        )
        for book, words, own in zip(books, cut, scores, strict=True)
    )


def _scores(words: Sequence[Word], *, book: Rulebook) -> list[tuple[int, int]]:
    """Return, in order, where each sentence ends and how many of its words are common ones."""
    common = book.group("common")
    found: list[tuple[int, int]] = []
    for number, word in enumerate(words):
        if number == 0 or word.sentence != words[number - 1].sentence:
            found.append((word.end, 0))
        found[-1] = (word.end, found[-1][1] + (word.plain in common))
    return found


def _score(scores: Sequence[tuple[int, int]], word: Word) -> int:
    """Return the score of the sentence in which a word stands."""
    at = bisect.bisect_left(scores, (word.end, -1))
    return scores[at][1] if at < len(scores) else 0


def matches(
    words: Sequence[Word], ruled: Ruled, *, found: Found, book: Rulebook
) -> list[tuple[int, int]]:
    """Return the (first, behind the last) words of every match of a rule that holds.

    `found` is what `book.find` found in these words.
    """
    held: list[tuple[int, int]] = []
    for way in ruled.ways:
        for place, end in found.get(way.owner, ()):

            def holds(name: str, place: int = place, end: int = end) -> bool:
                near = found.get(CONTEXT + name, [])
                return _holds(book.contexts[name], words, place, end, near=near)

            if (not way.needs or any(map(holds, way.needs))) and not any(map(holds, way.unless)):
                held.append((place, end))
    return held


def _holds(
    context: Context,
    words: Sequence[Word],
    place: int,
    end: int,
    *,
    near: Sequence[tuple[int, int]],
) -> bool:
    """Whether a context stands around words `place` to `end`; `near` are its matches, in order."""
    if not near:
        return False
    low, high = _window(context, words, place, end)
    for number in range(bisect.bisect_left(near, (low, 0)), len(near)):
        first, last = near[number]
        if first >= high:
            return False
        if last > high:
            continue
        if context.scope == "before" and place - context.within <= last <= place:
            return True
        if context.scope == "over" and first <= place and last >= end:
            return True
        if context.scope in {"clause", "sentence", "beside"}:
            return True
    return False


def _window(context: Context, words: Sequence[Word], place: int, end: int) -> Span:
    """Return the words in which a context is looked for."""
    by_clause = context.scope in {"before", "clause"}
    low, high = place, end
    reach = _REACH if context.scope != "beside" else context.within
    while low > 0 and place - low < reach and _together(words[low - 1], words[place], by_clause):
        low -= 1
    if context.scope == "before":
        return low, place
    last = words[end - 1]
    while high < len(words) and high - end < reach and _together(words[high], last, by_clause):
        high += 1
    return low, high


def _together(one: Word, other: Word, by_clause: bool) -> bool:  # noqa: FBT001 - a private shorthand
    return one.sentence == other.sentence and not (by_clause and one.clause != other.clause)
