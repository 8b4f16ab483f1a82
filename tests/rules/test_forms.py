"""How the text that people write in forms is read."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from pipeline.rules.forms import Flaw, Form, Problem, is_blank, read_day, read_instant

EAST = timezone(timedelta(hours=-5))


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-03-01", date(2026, 3, 1)),
        (" 2026-03-01 ", date(2026, 3, 1)),
        ("2024-02-29", date(2024, 2, 29)),
        ("2026-02-29", None),
        ("20260301", None),
        ("2026-W10-1", None),
        ("2026-3-1", None),
        ("03/01/2026", None),
        ("2026-03-01T00:00:00Z", None),
        ("२०२६-०३-०१", None),
        ("0001-01-01", None),
        ("9999-12-31", None),
        ("never", None),
    ],
)
def test_days(text: str, day: date | None) -> None:
    """A day is YYYY-MM-DD in plain digits and in years that people live in."""
    assert read_day(text) == day


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2026-03-01T09:30:00Z", datetime(2026, 3, 1, 9, 30, tzinfo=UTC)),
        ("2026-03-01 09:30:00.25z", datetime(2026, 3, 1, 9, 30, 0, 250_000, tzinfo=UTC)),
        ("2026-03-01t09:30-05:00", datetime(2026, 3, 1, 9, 30, tzinfo=EAST)),
        ("2026-03-01T09:30:00", None),
        ("2026-03-01T25:30:00Z", None),
        ("2026-03-01", None),
    ],
)
def test_instants(text: str, instant: datetime | None) -> None:
    """An instant says its zone; without one it says nothing."""
    assert read_instant(text) == instant


@pytest.mark.parametrize("value", [None, "", "  \t", [], {}, ()])
def test_blanks(value: object) -> None:
    """Nothing, blank text, and empty lists and sections are absent, and no flaw."""
    form = Form({"a": value})
    assert is_blank(value)
    assert not form.has("a")
    assert (form.text("a"), form.flag("a"), form.day("a"), form.instant("a")) == (None,) * 4
    assert (form.section("a"), form.sections("a", ("b",)), form.word("a", ("b",))) == (
        None,
        (),
        None,
    )
    assert not form.flaws


@pytest.mark.parametrize(
    ("text", "answer"),
    [("true", True), ("Yes", True), ("FALSE", False), ("no", False), ("y", None), ("1", None)],
)
def test_flags(text: str, answer: bool | None) -> None:  # noqa: FBT001 - it is the expected value
    """Yes and no are said with four words, in any case; anything else is a flaw."""
    form = Form({"a": text})
    assert form.flag("a") is answer
    assert [flaw.problem for flaw in form.flaws] == ([] if answer is not None else ["not_yes_no"])


def test_lists() -> None:
    """One text is a list of one, each counts once, and an empty list is not the same as none."""
    form = Form({"a": "0042", "b": [" x", "x", None, ""], "c": [], "d": [""], "e": [["x"]]})
    assert [form.texts(key) for key in "abcdef"] == [("0042",), ("x",), (), None, None, None]
    assert form.flaws == [Flaw(Problem.NOT_LIST, ("e",), found="…")]


def test_known_words_and_keys() -> None:
    """Whatever is not known is a flaw beside the nearest known name; the rest is still read."""
    form = Form({"a": ["Web", "tik-tok"], "section": {"fase": "yes"}}, known=("a", "section"))
    assert form.words("a", ("web", "tiktok")) == ("web",)
    section = form.section("section", ("face", "voice"))
    assert section is not None
    assert section.flag("face") is None
    assert form.flaws == [
        Flaw(Problem.UNKNOWN_WORD, ("a",), found="tik-tok", nearest="tiktok"),
        Flaw(Problem.UNKNOWN_KEY, ("section", "fase"), found="fase", nearest="face"),
    ]
    assert form.flaws[1].key == "section.fase"


def test_wrong_shapes() -> None:
    """A list where a text belongs, or a text where a section belongs, is a flaw each."""
    form = Form({"a": ["x", "y"], "b": "x", "c": ["x"], "d": {"x": "y"}})
    assert (form.text("a"), form.section("b"), form.sections("c", ("x",))) == (None, None, ())
    assert (form.day("d"), form.flag("d"), form.instant("d")) == (None, None, None)
    assert [flaw.problem for flaw in form.flaws] == [
        *("not_text", "not_section", "not_list", "not_day", "not_yes_no", "not_instant")
    ]


def test_quotes_are_short() -> None:
    """What is quoted of a flaw fits on a line, however long the entry is."""
    form = Form({"a": "x\n" * 1000})
    form.day("a")
    assert len(form.flaws[0].found) == 60
    assert "\n" not in form.flaws[0].found
