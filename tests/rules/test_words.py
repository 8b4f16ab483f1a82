"""The words of the pages: blanks, days in the clinic's zone, plurals, lengths."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from showcase import SITE

from pipeline.rules.public.words import Words, direction_of, words_from


def test_words_fill_blanks_and_fall_back() -> None:
    """Days are in the clinic's zone; a missing text comes from the base."""
    base = Words("en", {"months": "J F M A", "date": "{month} {day}, {year}", "x_one": "one"})
    words = words_from({"x_many": "{number} of them", "x_one": 3}, language="fr", base=base)
    late = datetime(2026, 3, 10, 2, 0, tzinfo=UTC)
    assert words.day(late, zone=SITE.zone) == "M 9, 2026"
    assert (words.count("x", 1), words.count("x", 4)) == ("one", "4 of them")
    assert (words.length(42.4), words.length(3725)) == ("0:42", "1:02:05")


def test_an_unknown_key_or_blank_is_an_error() -> None:
    """A slip in a template is found, not printed."""
    words = Words("en", {"x": "{number}"})
    with pytest.raises(KeyError):
        words.say("y")
    with pytest.raises(KeyError):
        words.say("x", count=3)


def test_directions() -> None:
    """Hebrew and Arabic run from right to left, whatever their region."""
    assert [direction_of(tag) for tag in ("en", "he-IL", "AR")] == ["ltr", "rtl", "rtl"]
