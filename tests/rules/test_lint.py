"""What both lints stand on: words, the language of patterns, rule files, packs and channels."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from pipeline.rules.lint.claims import lint_claims
from pipeline.rules.lint.findings import Strength, merged
from pipeline.rules.lint.packs import for_state, forbidden, missing_statements
from pipeline.rules.lint.patterns import BadPattern, Vocabulary, find, indexed, read_pattern
from pipeline.rules.lint.rulebook import BadRules, read_rulebook
from pipeline.rules.lint.words import words_of
from pipeline.tools.rulebooks import claim_rules, privacy_rules

ENGLISH = Vocabulary(
    "en",
    {"problem": ("pain", "frozen shoulder"), "number": ("two",)},
    {"number": frozenset({"two"})},
)
RULE = {
    "id": "cure",
    "strength": "ask",
    "source": "a law",
    "dated": "2026-01-01",
    "remedy": "other words",
    "ways": [{"patterns": "cure", "unless": ["negated"]}],
}
BOOK: Mapping[str, Any] = {
    "language": "en",
    "contexts": {"negated": {"scope": "before", "patterns": "=no/=not"}},
    "rules": [RULE],
}


def found(pattern: str, text: str) -> list[str]:
    """The parts of a text that a pattern matches."""
    words = words_of(text, language="en")
    read = read_pattern(pattern, vocabulary=ENGLISH)
    places = find(words, indexed([("it", read)]), vocabulary=ENGLISH).get("it", [])
    return [text[words[first].start : words[last - 1].end] for first, last in places]


@pytest.mark.parametrize(
    ("pattern", "text", "parts"),
    [
        ("cure", "Curing, cures and cured", ["Curing", "cures", "cured"]),
        ("=cure", "cures cure", ["cure"]),
        ("heal ~1 <problem>", "heals your frozen shoulder", ["heals your frozen shoulder"]),
        ("heal ~1 <problem>", "heals all of your pain", []),
        ("heal ~3 <problem>", "It heals. Your pain", []),
        ("two/<n> <percent>", "two percent", []),
        ("<n> day", "two days or 3 days", ["two days", "3 days"]),
        ("<n:1-31> day", "31 days, 32 days", ["31 days"]),
        ("a? pain", "a pain", []),
        ("no pain", "No, pain", ["No, pain"]),
        ("pain free", "pain-free", ["pain-free"]),
        ("<start> no pain", '"No pain. There is no pain', ["No pain"]),
        ("pain <end>", "Pain? No pain here", ["Pain"]),
        ("<question> gone", "Pain? Gone.", ["? Gone"]),
        ("by <Cap>", "by Anna, by me", ["by Anna"]),
        ("pain ~2 gone/away", "pain went away and is gone", ["pain went away"]),
    ],
)
def test_patterns(pattern: str, text: str, parts: list[str]) -> None:
    """Each element of the language means what its description says."""
    if "<percent>" in pattern or pattern.startswith("a?"):
        with pytest.raises(BadPattern):
            read_pattern(pattern, vocabulary=ENGLISH)
    else:
        assert found(pattern, text) == parts


@pytest.mark.parametrize("pattern", ["", "~3 pain", "heal ~x pain", "<nothing>", "a//b", "= pain"])
def test_a_pattern_that_cannot_be_read(pattern: str) -> None:
    """A slip in the data is told, not silently never found."""
    with pytest.raises(BadPattern):
        read_pattern(pattern, vocabulary=ENGLISH)


def test_words_know_their_place() -> None:
    """Sentences, clauses, shortened words, possessives and hidden signs are read right."""
    words = words_of("Dr. Lee\u2019s co\u200bol-down, fine. Next\n\nlast", language="en",
                     abbreviations=frozenset({"dr"}))  # fmt: skip
    plain = [each.plain for each in words if each.plain.isalpha()]
    assert plain == ["dr", "lee", "cool", "down", "fine", "next", "last"]
    by_word = {each.plain: each for each in words}
    assert by_word["dr"].sentence == by_word["fine"].sentence
    assert by_word["down"].clause != by_word["fine"].clause
    assert len({by_word[each].sentence for each in ("fine", "next", "last")}) == 3
    assert (by_word["cool"].start, by_word["cool"].end) == (10, 15)


def test_spans_that_overlap_are_one() -> None:
    """What was found twice in one place is said once."""
    assert merged([(5, 9), (0, 3), (2, 6), (9, 12)]) == [(0, 9), (9, 12)]


def changed(**keys: object) -> dict[str, Any]:
    """The small rule book with other words in its one rule."""
    return {**BOOK, "rules": [{**RULE, **keys}]}


@pytest.mark.parametrize(
    "data",
    [
        changed(strength="scream"),
        changed(surce="a law"),
        changed(ways=[{"patterns": "cure", "unless": ["unknown"]}]),
        changed(ways=[{"patterns": "<unknown>"}]),
        changed(ways=[{"patterns": 3}]),
        {**BOOK, "rules": [{key: value for key, value in RULE.items() if key != "source"}]},
        {**BOOK, "contexts": {"negated": {"scope": "anywhere", "patterns": "no"}}},
        {**BOOK, "groups": ["a"]},
    ],
)
def test_a_broken_rule_file_says_so(data: Mapping[str, Any]) -> None:
    """A rule without source, with unknown keys, contexts, groups or strength is refused."""
    with pytest.raises(BadRules):
        read_rulebook(data)


def test_a_context_speaks_against_a_match() -> None:
    """The same words count or not by what stands before them in their clause."""
    book = read_rulebook(BOOK)
    assert lint_claims("A cure.", rules=[book])
    assert not lint_claims("This is not a cure.", rules=[book])
    assert lint_claims("Not today, but a cure.", rules=[book])


@pytest.mark.parametrize("book", [*claim_rules(), *privacy_rules()], ids=lambda book: book.language)
def test_every_rule_has_source_date_and_remedy(book: Any) -> None:
    """No rule of the data is without its source, the day of its text, and a way out."""
    for ruled in book.rules:
        rule = ruled.rule
        assert len(rule.source) > 20, rule.id
        assert len(rule.remedy) > 20, rule.id
        assert len(rule.dated.split("-")) == 3, rule.id
        assert rule.read in {"text", "secondary", "memory"}, rule.id


def test_a_state_names_its_own_law() -> None:
    """In California a superlative stands on section 651; other kinds keep the general rule."""
    text = "The best physical therapists in town. No side effects."
    rules = for_state(claim_rules(), pack="california")
    best, safe = lint_claims(text, rules=rules)
    assert (best.rule, best.kind) == ("ca_superlative", "superlative")
    assert "651" in best.source
    assert safe.rule == "safety_absolute"
    with pytest.raises(BadRules):
        for_state(claim_rules(), pack="atlantis")


def test_what_must_stand_beside_a_comparison() -> None:
    """California wants the procedures named, and that the same results may not occur for all."""
    rules = claim_rules()
    bare = missing_statements("Before and after.", rules=rules, pack="california", shows="pair",
                              procedures=["Dry needling"])  # fmt: skip
    assert [each.rule for each in bare] == ["ca_procedures_named", "ca_same_results"]
    assert all(each.strength is Strength.ASK for each in bare)
    whole = "Dry needling. The same before and after results may not occur for all patients."
    said = missing_statements(whole, rules=rules, pack="california", shows="pair",
                              procedures=["Dry needling"])  # fmt: skip
    assert said == ()
    assert missing_statements("x", rules=rules, pack="california", shows="single") == ()


def test_channels_forbid_forms() -> None:
    """Google takes no overlays, Meta's paid advertisements no comparisons; the rest is free."""
    rules = claim_rules()
    refused = forbidden("google", rules=rules, overlays=["disclosure"])
    assert refused is not None
    assert refused.strength is Strength.REFUSE
    assert forbidden("google", rules=rules) is None
    assert forbidden("meta_ads", rules=rules, layout="side") is not None
    assert forbidden("meta_ads", rules=rules, layout="single") is None
    assert forbidden("web", rules=rules, overlays=["logo"], layout="side") is None
