"""The claims lint: measured on sentences it was not tuned on, in context, on hostile texts."""

from __future__ import annotations

import time

import pytest
from sentences import CLAIMS, scored, sentences

from pipeline.rules.inbox.case_file import Claim as CaseClaim
from pipeline.rules.lint.claims import Claim, Substantiated, lint_claims
from pipeline.rules.lint.findings import Strength
from pipeline.tools.rulebooks import claim_rules

RULES = claim_rules()


def kinds(text: str, *claims: Substantiated) -> set[str]:
    """The kinds of claims found in a text."""
    return {each.kind for each in lint_claims(text, rules=RULES, substantiated=claims)}


def test_the_set_is_what_it_says() -> None:
    """At least 180 sentences, known labels, none twice, about half of them held out."""
    all_of_them = sentences()
    assert len(all_of_them) >= 180
    assert len({each.text for each in all_of_them}) == len(all_of_them)
    assert set().union(*(each.claims for each in all_of_them)) == CLAIMS
    held = sum(each.held_out for each in all_of_them)
    assert 0.4 < held / len(all_of_them) < 0.6
    assert held >= 150


@pytest.mark.parametrize("held_out", [True, False], ids=["held-out", "tuning"])
def test_precision_and_recall(*, held_out: bool) -> None:
    """At least nine of ten findings are right, and nine of ten claims are found."""
    score = scored(
        [each for each in sentences() if each.held_out == held_out],
        wanted=lambda each: each.claims,
        found=lambda each: frozenset(kinds(each.text)),
    )
    print(f"claims, {'held-out' if held_out else 'tuning'} part: {score}")  # noqa: T201 - figures that are quoted
    assert score.precision >= 0.9, score
    assert score.recall >= 0.9, score


@pytest.mark.parametrize("kind", sorted(CLAIMS))
def test_each_kind_is_found(kind: str) -> None:
    """No kind rides on the others: of each at least three quarters are found."""
    of_kind = [each for each in sentences() if kind in each.claims]
    found = [each for each in of_kind if kind in kinds(each.text)]
    assert len(found) / len(of_kind) >= 0.75


@pytest.mark.parametrize(
    "text",
    [
        "Pain-free range of motion is the aim.",
        "Flexion measured 70 to 80 degrees before the session.",
        "Filmed after one session.",
        "Less restriction of one movement in this patient.",
        "We cannot promise a cure.",
        "Does it cure sciatica?",
    ],
)
def test_context_is_understood(text: str) -> None:
    """An aim, a measure, a time of filming, a denial and a question are no claims."""
    assert not kinds(text)


def test_a_context_does_not_reach_into_the_next_sentence() -> None:
    """A denial or a filming in one sentence excuses nothing in another."""
    assert kinds("We never promise anything. We cure sciatica.") == {"cure"}
    assert kinds("Filmed after one session.\nInstant relief from neck pain.") == {"immediacy"}


def test_a_finding_names_its_place_source_and_remedy() -> None:
    """The quote is the text between its ends; every rule says whence it comes and the way out."""
    text = "First some words. Dry needling cures tennis elbow."
    (found,) = lint_claims(text, rules=RULES)
    assert text[found.start : found.end] == found.quote == "cures"
    assert (found.rule, found.strength) == ("cure", Strength.ASK)
    assert "255.2" in found.source
    assert found.remedy


def test_a_substantiated_claim_is_answered() -> None:
    """The owner's claim with its basis answers its own words in any case, and no others."""
    text = "Twice as effective as massage. Also three times faster recovery."
    claim = Claim("twice as EFFECTIVE as massage", basis="Own trial, 2025")
    assert len(lint_claims(text, rules=RULES)) == 2
    (left,) = lint_claims(text, rules=RULES, substantiated=[claim])
    assert left.quote.startswith("three times")
    assert len(lint_claims(text, rules=RULES, substantiated=[Claim(claim.text)])) == 2
    assert len(lint_claims(text, rules=RULES, substantiated=[Claim("", basis="x")])) == 2


def test_another_figure_is_another_claim() -> None:
    """A basis for 40 % is none for 90 %, and a shorter claim does not cover a longer quote."""
    claim = Claim("Reduces pain by 40 %", basis="Study")
    assert kinds("Reduces pain by 90 %", claim) == {"absolute_or_comparative_figure"}
    assert not kinds("Reduces pain by 40%", claim)


def test_a_typical_result_needs_the_typical_result() -> None:
    """A testimonial is answered only where it is said what people can generally expect."""
    text = "She is pain free after three sessions."
    assert kinds(text, Claim(text, basis="Records")) == {"implied_typical_result"}
    assert kinds(text, CaseClaim(text, basis="Records")) == {"implied_typical_result"}
    whole = CaseClaim(text, basis="Records", typical_result="Half of our patients report less pain")
    assert not kinds(text, whole)


@pytest.mark.parametrize(
    "text",
    ["We cu\u200bre sciatica.", "We ｃｕｒｅ sciatica.", "WE CURE SCIATICA.", "We cu\u00adre it"],  # noqa: RUF001 - full-width letters are the point
)
def test_ways_of_typing_hide_nothing(text: str) -> None:
    """Invisible joiners, soft hyphens, full-width and capital letters are read as plain ones."""
    (found,) = lint_claims(text, rules=RULES)
    assert found.kind == "cure"
    assert found.quote == text[found.start : found.end]


def test_spanish_beside_english() -> None:
    """Each sentence is read in its language: Spanish claims are found in a mixed text."""
    text = "Alivio inmediato del dolor de cuello. The resin is cured for 20 seconds."
    assert kinds(text) == {"immediacy"}


def test_nothing_to_read() -> None:
    """Empty texts and mere signs are fine."""
    for text in ("", " \n\t", "...", "\u200b", "🦵🏽", "\u0301"):
        assert not lint_claims(text, rules=RULES)


HOSTILE = {
    "one sentence": "no pain my scar healed and ",
    "numbers": "1 2 ",
    "dates": "1/2/3/",
    "brackets": "(",
    "dots": "a.",
    "blank lines": " \n",
    "marks on a letter": "a\u0301\u0301\u0301",
    "openings": "our patients ",
    "questions": "what is ",
}


@pytest.mark.parametrize("piece", HOSTILE.values(), ids=HOSTILE.keys())
def test_time_grows_with_the_text_only(piece: str) -> None:
    """20 kB made of the same few words over and over are read in seconds."""
    begun = time.process_time()
    lint_claims(piece * (20_000 // len(piece)), rules=RULES)
    assert time.process_time() - begun < 12


def test_a_long_text_is_read_in_time() -> None:
    """100 kB of clinic prose is read in seconds, and nothing at its end is overlooked."""
    prose = " ".join(each.text for each in sentences())
    text = (prose * (100_000 // len(prose) + 1))[:100_000] + ".\n\nWe cure sciatica."
    begun = time.process_time()
    found = lint_claims(text, rules=RULES)
    assert time.process_time() - begun < 30
    assert found[-1].kind == "cure"
    assert found[-1].end > 100_000
