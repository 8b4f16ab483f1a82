"""The small language in which the rule data describe wording, and its matcher.

A pattern is a row of elements with a blank between them:

    cure            this word in any of its forms (by stem)
    =best           exactly this word
    heal/fix/=ends  one of these
    word?           may be there
    ~3              up to three other words of the same sentence (a comma counts for nothing)
    <problem>       a word or a phrase of the group `problem` of the data
    <n> <n:1-31>    a number, in digits or words; a whole number of that range
    <percent>       % or percent
    <start> <end>   where a sentence begins, ends
    <question> <comma> <stop>   the mark itself
    <Cap>           a word with a capital letter that is not of the group `not_a_name`
    <any>           any word

The time of a match is bounded by the pattern, never by the text: the matcher walks the set of
places that can be reached, so that nothing is ever tried twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from pipeline.rules.lint.findings import Span
from pipeline.rules.lint.words import Word, plainly, stem

_MARKS = {"<question>": "?", "<comma>": ",", "<stop>": ".", "<colon>": ":"}
_KINDS = frozenset({"<n>", "<Cap>", "<any>"})
_ANCHORS = frozenset({"<start>", "<end>"})
_PASSED_OVER = frozenset(",\"“”'*_#()")
_QUOTES = _PASSED_OVER - {","}
_MOST_PASSED_OVER = 6  # marks in a row: more is no sentence, and must not cost time
ANY = "*"


class BadPattern(ValueError):
    """A pattern of the rule data cannot be read; the message says which and why."""


@dataclass(frozen=True, slots=True)
class Element:
    """One place of a pattern: the words, phrases or kinds of words that may be there, or a reach.

    `singles` are stems, or plain words behind a =; `phrases` have more than one
    of these and stand under their first.
    """

    anchor: str = ""
    kinds: tuple[str, ...] = ()
    singles: frozenset[str] = frozenset()
    phrases: Mapping[str, Sequence[tuple[str, ...]]] = field(default_factory=dict)
    optional: bool = False
    reach: int = 0
    low: int = 0
    high: int = 0


@dataclass(frozen=True, slots=True)
class Pattern:
    """A pattern that was read. `firsts` are the keys of words that it can begin with."""

    source: str
    elements: tuple[Element, ...]
    firsts: frozenset[str]


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What patterns refer to: groups of words and phrases, and the words that are numbers."""

    language: str
    groups: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    sets: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def keys(self, word: Word) -> tuple[str, ...]:
        """Return the keys under which a pattern may ask for this word first."""
        keys = ["=" + word.plain, word.stem]
        if self.is_number(word):
            keys.append("<n>")
        if word.capital:
            keys.append("<Cap>")
        if word.shape[0].isalnum():
            keys.append(ANY)
        return tuple(keys)

    def is_number(self, word: Word) -> bool:
        """Whether the word is a number, in digits or by name."""
        return word.number or word.plain in self.sets.get("number", ())


def read_pattern(text: str, *, vocabulary: Vocabulary) -> Pattern:
    """Read one pattern. Raises BadPattern."""
    elements = tuple(_element(part, vocabulary=vocabulary, text=text) for part in text.split())
    if not elements or elements[0].anchor == "~" or elements[0].optional:
        raise BadPattern(f"{text!r}: a pattern begins with something that must be there")
    return Pattern(text, elements, frozenset(_firsts(elements)))


def _element(part: str, *, vocabulary: Vocabulary, text: str) -> Element:
    optional = len(part) > 1 and part.endswith("?")
    part = part.removesuffix("?") if optional else part
    if part.startswith("~"):
        if not part[1:].isdigit():
            raise BadPattern(f"{text!r}: {part} is no reach")
        return Element(anchor="~", reach=int(part[1:]))
    if part in _ANCHORS:
        return Element(anchor=part)
    if part.startswith("<n:"):
        low, _, high = part[3:-1].partition("-")
        return Element(kinds=("<n>",), low=int(low), high=int(high), optional=optional)
    kinds: list[str] = []
    phrases: list[tuple[str, ...]] = []
    for choice in part.split("/"):
        if choice in _KINDS or choice in _MARKS:
            kinds.append(choice)
        elif choice.startswith("<"):
            group = vocabulary.groups.get(choice[1:-1])
            if group is None:
                raise BadPattern(f"{text!r}: there is no group {choice}")
            phrases += [_phrase(each, language=vocabulary.language) for each in group]
        elif choice.strip("="):
            phrases.append(_phrase(choice, language=vocabulary.language))
        else:
            raise BadPattern(f"{text!r}: an empty choice")
    return Element(
        kinds=tuple(kinds),
        singles=frozenset(each[0] for each in phrases if len(each) == 1),
        phrases=_by_first({each for each in phrases if len(each) > 1}),
        optional=optional,
    )


def _by_first(phrases: Iterable[tuple[str, ...]]) -> dict[str, list[tuple[str, ...]]]:
    found: dict[str, list[tuple[str, ...]]] = {}
    for phrase in sorted(phrases):
        found.setdefault(phrase[0], []).append(phrase)
    return found


def _phrase(text: str, *, language: str) -> tuple[str, ...]:
    return tuple(
        "=" + plainly(each[1:])
        if each.startswith("=")
        else (stem(plainly(each), language=language) if each.isalpha() else plainly(each))
        for each in text.replace("-", " ").split()
    )


def _firsts(elements: Sequence[Element]) -> Iterator[str]:
    for element in elements:
        if element.anchor:
            continue
        for kind in element.kinds:
            yield "=" + _MARKS[kind] if kind in _MARKS else {"<any>": ANY}.get(kind, kind)
        yield from element.singles
        yield from element.phrases
        if not element.optional:
            return


Found = dict[str, list[tuple[int, int]]]
Index = Mapping[str, Sequence[tuple[str, Pattern]]]


def find(words: Sequence[Word], index: Index, *, vocabulary: Vocabulary) -> Found:
    """Return for every owner of patterns the (first, behind the last) words of its matches."""
    found: Found = {}
    for place, word in enumerate(words):
        for key in vocabulary.keys(word):
            for owner, pattern in index.get(key, ()):
                end = _end(words, pattern, place, vocabulary=vocabulary)
                if end > place:
                    found.setdefault(owner, []).append((place, end))
    return found


def indexed(owned: Iterable[tuple[str, Pattern]]) -> dict[str, list[tuple[str, Pattern]]]:
    """Return patterns with their owners under the keys that they can begin with."""
    found: dict[str, list[tuple[str, Pattern]]] = {}
    for owner, pattern in owned:
        for first in sorted(pattern.firsts):
            found.setdefault(first, []).append((owner, pattern))
    return found


def span_of(words: Sequence[Word], place: int, end: int) -> Span:
    """Return where a match stands in the text."""
    return words[place].start, words[end - 1].end


def _end(words: Sequence[Word], pattern: Pattern, place: int, *, vocabulary: Vocabulary) -> int:
    """Return the place behind the longest match that begins at `place`, or -1."""
    places = {place}
    for element in pattern.elements:
        after: set[int] = set(places) if element.optional else set()
        for each in places:
            after.update(_steps(words, element, each, vocabulary=vocabulary))
        if not after:
            return -1
        places = after
    return max(places)


def _steps(
    words: Sequence[Word], element: Element, place: int, *, vocabulary: Vocabulary
) -> Iterator[int]:
    """Yield the places that can be reached over one element."""
    if element.anchor == "~":
        yield from _reached(words, place, reach=element.reach)
        return
    if element.anchor:
        if _anchored(words, place, element.anchor):
            yield place
        return
    if not any(kind in _MARKS for kind in element.kinds):
        place = _over(words, place)
    if place >= len(words):
        return
    word = words[place]
    keys = (word.stem, "=" + word.plain)
    if (
        keys[0] in element.singles
        or keys[1] in element.singles
        or any(_is(word, kind, element, vocabulary=vocabulary) for kind in element.kinds)
    ):
        yield place + 1
    if element.phrases:
        phrases = [each for key in keys for each in element.phrases.get(key, ())]
        yield from (place + len(each) for each in phrases if _stands(words, each, place))


def _anchored(words: Sequence[Word], place: int, anchor: str) -> bool:
    """Whether a sentence begins (<start>) or ends (<end>) here, quotation marks left aside."""
    if anchor == "<start>":
        limit = max(0, place - _MOST_PASSED_OVER)
        while place > limit and words[place - 1].shape in _QUOTES:
            place -= 1
        return place == 0 or words[place - 1].sentence != words[place].sentence
    limit = min(len(words), place + _MOST_PASSED_OVER)
    while place < limit and words[place].shape in _QUOTES:
        place += 1
    if place == len(words) or words[place].shape in ".!?…;":
        return True
    return words[place].sentence != words[place - 1].sentence


def _over(words: Sequence[Word], place: int) -> int:
    """Pass over commas and quotation marks inside a sentence."""
    limit = min(len(words), place + _MOST_PASSED_OVER)
    while 0 < place < limit and words[place].shape in _PASSED_OVER:
        place += 1
    return place


def _reached(words: Sequence[Word], place: int, *, reach: int) -> Iterator[int]:
    yield place
    sentence = words[place - 1].sentence
    limit = min(len(words), place + reach + _MOST_PASSED_OVER)
    while reach and place < limit and words[place].sentence == sentence:
        reach -= words[place].shape not in _PASSED_OVER
        place += 1
        yield place


def _is(word: Word, kind: str, element: Element, *, vocabulary: Vocabulary) -> bool:
    if kind in _MARKS:
        return word.shape == _MARKS[kind]
    if kind == "<any>":
        return word.shape[0].isalnum()
    if kind == "<Cap>":
        return word.capital and word.plain not in vocabulary.sets.get("not_a_name", ())
    if not vocabulary.is_number(word):
        return False
    if not element.high:
        return True
    return word.plain.isdecimal() and element.low <= int(word.plain[:6]) <= element.high


def _stands(words: Sequence[Word], phrase: tuple[str, ...], place: int) -> bool:
    if place + len(phrase) > len(words):
        return False
    first = words[place].sentence
    return all(
        words[place + number].sentence == first
        and (
            words[place + number].plain == wanted[1:]
            if wanted.startswith("=")
            else words[place + number].stem == wanted
        )
        for number, wanted in enumerate(phrase)
    )
