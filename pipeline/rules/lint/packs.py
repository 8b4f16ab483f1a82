"""What states and channels add to the claims rules: other sources, statements, forbidden forms."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from pipeline.rules.lint.findings import Finding, Rule, Strength
from pipeline.rules.lint.patterns import find, indexed, read_pattern
from pipeline.rules.lint.rulebook import BadRules, Rulebook, Ruled, read_rule

_PROCEDURES = "procedures"  # the one statement that is no wording: the names of what was done


def for_state(rules: Sequence[Rulebook], *, pack: str) -> tuple[Rulebook, ...]:
    """Return the books with the state's own rule in place of a general one of the same kind.

    Raises:
        BadRules: no book has such a pack.
    """
    raised = {
        rule.kind: rule
        for entry in _pack(rules, pack).get("raises") or ()
        for rule in (read_rule(entry),)
    }
    return tuple(
        replace(
            book,
            rules=tuple(
                Ruled(raised.get(each.rule.kind, each.rule), each.ways) for each in book.rules
            ),
        )
        for book in rules
    )


def missing_statements(
    text: str,
    *,
    rules: Sequence[Rulebook],
    pack: str,
    shows: str,
    procedures: Collection[str] = (),
) -> tuple[Finding, ...]:
    """Return what the state wants said beside what is shown and `text` does not say.

    `shows` is "pair" (before and after) or "result"; `procedures` are the names by which the
    treatments may be called. `text` is everything that stands beside the pictures.
    """
    entries = _pack(rules, pack).get("requires") or ()
    wanted = [entry for entry in entries if shows in (entry.get("shows") or ())]
    return tuple(
        _nothing(read_rule(entry))
        for entry in wanted
        if not _said(text, entry=entry, rules=rules, pack=pack, procedures=procedures)
    )


def forbidden(
    channel: str, *, rules: Sequence[Rulebook], overlays: Collection[str] = (), layout: str = ""
) -> Finding | None:
    """Return why a picture of this form may not go to a channel, or None."""
    for entry in _channels(rules, channel):
        forbids = entry.get("forbids") or {}
        if set(overlays) & set(forbids.get("overlays") or ()) or layout in (
            forbids.get("layouts") or ()
        ):
            return _nothing(read_rule({"id": f"channel_{channel}", **_without(entry)}))
    return None


def _pack(rules: Sequence[Rulebook], pack: str) -> Mapping[str, Any]:
    for book in rules:
        if pack in book.packs:
            found: Mapping[str, Any] = book.packs[pack]
            return found
    raise BadRules(f"there is no pack {pack}")


def _channels(rules: Sequence[Rulebook], channel: str) -> Iterator[Mapping[str, Any]]:
    for book in rules:
        if channel in book.channels:
            yield book.channels[channel]


def _without(entry: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in entry.items() if key not in {"forbids", "title"}}


def _said(
    text: str,
    *,
    entry: Mapping[str, Any],
    rules: Sequence[Rulebook],
    pack: str,
    procedures: Collection[str],
) -> bool:
    """Whether the statement that `entry` asks for stands in the text."""
    for book in rules:
        patterns = (
            [" ".join(_words(name, book=book)) for name in procedures]
            if entry["says"] == _PROCEDURES
            else str(_says(book, pack).get(entry["says"], "")).splitlines()
        )
        index = indexed(
            ("said", read_pattern(each, vocabulary=book.vocabulary))
            for each in patterns
            if each.strip()
        )
        if find(book.words(text), index, vocabulary=book.vocabulary):
            return True
    return False


def _says(book: Rulebook, pack: str) -> Mapping[str, Any]:
    found: Mapping[str, Any] = (book.packs.get(pack) or {}).get("says") or {}
    return found


def _words(name: str, *, book: Rulebook) -> list[str]:
    return [word.plain for word in book.words(name) if word.plain.isalnum()]


def _nothing(rule: Rule) -> Finding:
    """Return a finding about something that is not there."""
    return Finding(
        rule=rule.id,
        kind=rule.kind,
        strength=Strength(rule.strength),
        quote="",
        start=0,
        end=0,
        source=rule.source,
        remedy=rule.remedy,
    )
