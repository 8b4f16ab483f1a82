"""Reads the rule data: dated, sourced rules with their wording, contexts, packs and channels.

A rule has `ways`: rows of patterns with the contexts they need or that speak against them. A
context is looked for around the words that were found: `before` (a few words ahead, in the same
clause), `over` (it covers them), `clause` or `sentence`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pipeline.rules.lint.findings import Rule, Span, Strength
from pipeline.rules.lint.patterns import (
    BadPattern,
    Pattern,
    Vocabulary,
    find,
    indexed,
    read_pattern,
)
from pipeline.rules.lint.words import Word, words_of

_SCOPES = frozenset({"before", "over", "clause", "sentence", "beside"})
_RULE_KEYS = frozenset({"id", "kind", "strength", "source", "dated", "read", "remedy", "ways"})


_REACH = (
    40  # words on either side: a sentence that never ends must not cost the square of its length
)


class BadRules(ValueError):
    """A rule file cannot be used; the message says what and where."""


@dataclass(frozen=True, slots=True)
class Context:
    """Wording around a match. `within` bounds the words between them for `before`, `beside`."""

    scope: str
    within: int
    patterns: Mapping[str, Sequence[Pattern]]


@dataclass(frozen=True, slots=True)
class Way:
    """Patterns that count only where a needed context holds and none of `unless` does."""

    patterns: Mapping[str, Sequence[Pattern]]
    needs: tuple[str, ...]
    unless: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Ruled:
    """A rule with its wording."""

    rule: Rule
    ways: tuple[Way, ...]


@dataclass(frozen=True, slots=True)
class Rulebook:
    """The rules of one language; `packs` and `channels` are the data of those sections."""

    language: str
    version: str
    vocabulary: Vocabulary
    abbreviations: frozenset[str]
    breaks: str
    contexts: Mapping[str, Context]
    rules: tuple[Ruled, ...]
    packs: Mapping[str, Mapping[str, Any]]
    channels: Mapping[str, Mapping[str, Any]]
    regions: tuple[str, ...] = ()

    def words(self, text: str) -> tuple[Word, ...]:
        """Return the words of a text as this language cuts it."""
        return words_of(
            text, language=self.language, abbreviations=self.abbreviations, breaks=self.breaks
        )

    def group(self, name: str) -> frozenset[str]:
        """Return the single words of a group, as they stand in the data."""
        return frozenset(self.vocabulary.groups.get(name, ()))


def read_rulebook(data: Mapping[str, Any]) -> Rulebook:
    """Read a rule file that was loaded as a mapping of texts, lists and mappings.

    Raises:
        BadRules: a key is unknown, missing or of the wrong kind, or a pattern cannot be read.
    """
    language = str(data.get("language", "en"))
    groups = {str(name): tuple(_list(words)) for name, words in _map(data, "groups").items()}
    vocabulary = Vocabulary(language, groups)
    try:
        contexts = {
            name: _context(entry, vocabulary=vocabulary)
            for name, entry in _map(data, "contexts").items()
        }
        rules = tuple(
            _ruled(entry, contexts=contexts, vocabulary=vocabulary)
            for entry in data.get("rules") or ()
        )
    except BadPattern as error:
        raise BadRules(str(error)) from error
    return Rulebook(
        language=language,
        version=str(data.get("dated", "")),
        vocabulary=vocabulary,
        abbreviations=frozenset(groups.get("abbreviation", ())),
        breaks=" ".join(groups.get("clause_break", ())),
        contexts=contexts,
        rules=rules,
        packs=_map(data, "packs"),
        channels=_map(data, "channels"),
        regions=tuple(_list(data.get("regions"))),
    )


def read_rule(entry: Mapping[str, Any]) -> Rule:
    """Read what every rule says about itself."""
    missing = _RULE_KEYS - {"ways", "kind", "read"} - entry.keys()
    if missing:
        raise BadRules(f"rule {entry.get('id', '?')} lacks {', '.join(sorted(missing))}")
    try:
        strength = Strength(str(entry["strength"]))
    except ValueError as error:
        raise BadRules(f"rule {entry['id']}: strength is refuse, ask or tell") from error
    return Rule(
        id=str(entry["id"]),
        kind=str(entry.get("kind") or entry["id"]),
        strength=strength,
        source=" ".join(str(entry["source"]).split()),
        dated=str(entry["dated"]),
        read=str(entry.get("read") or "text"),
        remedy=" ".join(str(entry["remedy"]).split()),
    )


def matches(words: Sequence[Word], ruled: Ruled, *, book: Rulebook) -> list[tuple[int, int]]:
    """Return the (first, behind the last) words of every match of a rule that holds."""
    found: list[tuple[int, int]] = []
    for way in ruled.ways:
        for place, end in find(words, way.patterns, vocabulary=book.vocabulary):
            if way.needs and not _any(way.needs, words, place, end, book=book):
                continue
            if not _any(way.unless, words, place, end, book=book):
                found.append((place, end))
    return found


def _any(
    names: Sequence[str], words: Sequence[Word], place: int, end: int, *, book: Rulebook
) -> bool:
    return any(_holds(book.contexts[each], words, place, end, book=book) for each in names)


def _holds(
    context: Context, words: Sequence[Word], place: int, end: int, *, book: Rulebook
) -> bool:
    """Whether a context stands around words `place` to `end`."""
    low, high = _window(context, words, place, end)
    part = words[low:high]
    for first, last in find(part, context.patterns, vocabulary=book.vocabulary):
        first, last = first + low, last + low  # noqa: PLW2901 - the same places, in the whole text
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


def _ruled(
    entry: Mapping[str, Any], *, contexts: Mapping[str, Context], vocabulary: Vocabulary
) -> Ruled:
    unknown = entry.keys() - _RULE_KEYS
    if unknown:
        raise BadRules(f"rule {entry.get('id', '?')}: unknown {', '.join(sorted(unknown))}")
    rule = read_rule(entry)
    ways = tuple(
        _way(way, contexts=contexts, vocabulary=vocabulary, rule=rule)
        for way in entry.get("ways") or ()
    )
    return Ruled(rule, ways)


def _way(
    entry: Mapping[str, Any],
    *,
    contexts: Mapping[str, Context],
    vocabulary: Vocabulary,
    rule: Rule,
) -> Way:
    needs, unless = tuple(_list(entry.get("needs"))), tuple(_list(entry.get("unless")))
    for name in (*needs, *unless):
        if name not in contexts:
            raise BadRules(f"rule {rule.id}: there is no context {name}")
    return Way(_patterns(entry, vocabulary=vocabulary), needs, unless)


def _context(entry: Mapping[str, Any], *, vocabulary: Vocabulary) -> Context:
    scope = str(entry.get("scope"))
    if scope not in _SCOPES:
        raise BadRules(f"scope {scope}: expected {', '.join(sorted(_SCOPES))}")
    return Context(scope, int(entry.get("within") or 4), _patterns(entry, vocabulary=vocabulary))


def _patterns(
    entry: Mapping[str, Any], *, vocabulary: Vocabulary
) -> Mapping[str, Sequence[Pattern]]:
    texts = _list(entry.get("patterns"))
    return indexed([read_pattern(text, vocabulary=vocabulary) for text in texts])


def _map(data: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    value = data.get(key) or {}
    if not isinstance(value, Mapping):
        raise BadRules(f"{key}: expected names with values")
    return value


def _list(value: object) -> list[str]:
    """Return a list of texts; a text of several lines is a list of its lines."""
    if value is None:
        return []
    if isinstance(value, str):
        return [line.strip() for line in value.splitlines() if line.strip()]
    if not isinstance(value, Sequence) or not all(isinstance(each, str) for each in value):
        raise BadRules(f"expected a list of texts, not {value!r}")
    return [str(each) for each in value]
