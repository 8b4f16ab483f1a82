"""How names fall into words, and which known name was meant."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.rules.spelling import distance, likeliest, nearest, words_of

WORDS = st.text(alphabet="abcé", max_size=6)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("IMG_before-2", ("img", "before", "2")),
        ("IMG_before2", ("img", "before2")),
        ("Rodilla después", ("rodilla", "despues")),
        ("Rodilla despue\u0301s", ("rodilla", "despues")),
        ("  --__  ", ()),
    ],
)
def test_words(text: str, words: tuple[str, ...]) -> None:
    """Words end at everything that is neither letter nor digit; accents and case go."""
    assert words_of(text) == words


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("dry-needlign", "dry-needling"),
        ("dry-neeling", "dry-needling"),
        ("dry-nedlinng", "dry-needling"),
        ("dry-needling", None),
        ("dry-cupping", None),
        ("cuping", "cupping"),
        ("hit", "hip"),
        ("hax", None),
        ("hi", None),
    ],
)
def test_nearest(word: str, meant: str | None) -> None:
    """One or two letters away is a slip; of a short word only one letter may differ."""
    assert nearest(word, ("hip", "cupping", "dry-needling")) == meant


def test_nearest_takes_the_nearer() -> None:
    """Of two near names the one with fewer changes is meant."""
    assert nearest("signed_onn", ("signed_by", "signed_on")) == "signed_on"


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("expires", "expires_on"),
        ("signedby", "signed_by"),
        ("Channel", "channels"),
        ("zzz" * 100_000, "expires_on"),
    ],
)
def test_likeliest_always_names_one(word: str, meant: str) -> None:
    """An unknown key always gets a known name beside it, quickly even when it is huge."""
    known = ("channels", "expires_on", "signed_by")
    found = likeliest(word, known)
    assert found in known
    assert found == meant or word.startswith("z")


def test_swapped_neighbours_are_one_slip() -> None:
    """Two letters in the wrong order count once: "form" is as near to "from" as to "fort"."""
    assert distance("form", other="from") == 1
    assert nearest("hpi", ("hip",)) == "hip"


@given(WORDS, WORDS)
def test_distance_is_a_distance(one: str, other: str) -> None:
    """It is zero for equal words only, the same both ways, and bounded by the longer word."""
    assert (distance(one, other=other) == 0) == (one == other)
    assert distance(one, other=other) == distance(other, other=one)
    assert abs(len(one) - len(other)) <= distance(one, other=other) <= max(len(one), len(other))


@given(st.text())
def test_folding_twice_is_folding_once(text: str) -> None:
    """Folded words have nothing left to fold, so that comparing is stable."""
    assert words_of(" ".join(words_of(text))) == words_of(text)
