"""Reads the rule data: dated, sourced rules with their wording, contexts, packs and channels.

A rule has `ways`: rows of patterns with the contexts they need or that speak against them. A
context is looked for around the words that were found: `before` (a few words ahead, in the same
clause), `over` (it covers them), `beside` (a few words on either side), `clause` or `sentence`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pipeline.rules.lint.findings import Rule, Strength
from pipeline.rules.lint.patterns import (
    BadPattern,
    Found,
    Index,
    Pattern,
    Vocabulary,
    find,
    indexed,
    read_pattern,
)
from pipeline.rules.lint.words import Word, words_of

_SCOPES = frozenset({"before", "over", "clause", "sentence", "beside"})
_RULE_KEYS = frozenset({"id", "kind", "strength", "source", "dated", "read", "remedy", "ways"})


CONTEXT = "context "  # before the names of contexts in the index, apart from those of ways


class BadRules(ValueError):
    """A rule file cannot be used; the message says what and where."""


@dataclass(frozen=True, slots=True)
class Context:
    """Wording around a match. `within` bounds the words between them for `before`, `beside`."""

    scope: str
    within: int
    patterns: tuple[Pattern, ...]


@dataclass(frozen=True, slots=True)
class Way:
    """Patterns that count only where a needed context holds and none of `unless` does.

    `owner` is how the index of the book calls it.
    """

    owner: str
    patterns: tuple[Pattern, ...]
    needs: tuple[str, ...]
    unless: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Ruled:
    """A rule with its wording."""

    rule: Rule
    ways: tuple[Way, ...]


@dataclass(frozen=True, slots=True)
class Rulebook:
    """The rules of one language; `packs` and `channels` are the data of those sections.

    `index` leads from a word to all patterns, of ways and contexts, that can begin with it.
    """

    language: str
    version: str
    vocabulary: Vocabulary
    abbreviations: frozenset[str]
    breaks: str
    contexts: Mapping[str, Context]
    rules: tuple[Ruled, ...]
    index: Index
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
        return self.vocabulary.sets.get(name, frozenset())

    def find(self, words: Sequence[Word]) -> Found:
        """Return every match of every pattern, by the way or context that it belongs to."""
        return find(words, self.index, vocabulary=self.vocabulary)


def read_rulebook(data: Mapping[str, Any]) -> Rulebook:
    """Read a rule file that was loaded as a mapping of texts, lists and mappings.

    Raises:
        BadRules: a key is unknown, missing or of the wrong kind, or a pattern cannot be read.
    """
    language = str(data.get("language", "en"))
    groups = {str(name): tuple(_list(words)) for name, words in _map(data, "groups").items()}
    vocabulary = Vocabulary(
        language, groups, {name: frozenset(words) for name, words in groups.items()}
    )
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
        index=indexed(_owned(contexts, rules)),
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


def _owned(
    contexts: Mapping[str, Context], rules: Sequence[Ruled]
) -> Iterator[tuple[str, Pattern]]:
    for name, context in contexts.items():
        yield from ((CONTEXT + name, pattern) for pattern in context.patterns)
    for ruled in rules:
        for way in ruled.ways:
            yield from ((way.owner, pattern) for pattern in way.patterns)


def _ruled(
    entry: Mapping[str, Any], *, contexts: Mapping[str, Context], vocabulary: Vocabulary
) -> Ruled:
    unknown = entry.keys() - _RULE_KEYS
    if unknown:
        raise BadRules(f"rule {entry.get('id', '?')}: unknown {', '.join(sorted(unknown))}")
    rule = read_rule(entry)
    ways = tuple(
        _way(way, owner=f"{rule.id}.{number}", contexts=contexts, vocabulary=vocabulary)
        for number, way in enumerate(entry.get("ways") or ())
    )
    return Ruled(rule, ways)


def _way(
    entry: Mapping[str, Any],
    *,
    owner: str,
    contexts: Mapping[str, Context],
    vocabulary: Vocabulary,
) -> Way:
    needs, unless = tuple(_list(entry.get("needs"))), tuple(_list(entry.get("unless")))
    for name in (*needs, *unless):
        if name not in contexts:
            raise BadRules(f"rule {owner}: there is no context {name}")
    return Way(owner, _patterns(entry, vocabulary=vocabulary), needs, unless)


def _context(entry: Mapping[str, Any], *, vocabulary: Vocabulary) -> Context:
    scope = str(entry.get("scope"))
    if scope not in _SCOPES:
        raise BadRules(f"scope {scope}: expected {', '.join(sorted(_SCOPES))}")
    return Context(scope, int(entry.get("within") or 4), _patterns(entry, vocabulary=vocabulary))


def _patterns(entry: Mapping[str, Any], *, vocabulary: Vocabulary) -> tuple[Pattern, ...]:
    texts = _list(entry.get("patterns"))
    return tuple(read_pattern(text, vocabulary=vocabulary) for text in texts)


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
