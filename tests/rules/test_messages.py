"""A reason becomes two sentences, whatever the catalogue lacks or a fact holds."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.rules.errors import Reason
from pipeline.rules.messages import NOT_SAID, Sentence, say

CATALOGUE = {
    "wet": {"text": "{file} on {channel} is wet: {why}.", "remedy": "Dry {file} ({why})."},
    "bare": {"text": "Nothing more to say."},
    "shown": {"text": 'Write media: {{"{file}": {{role: after}}}}.', "remedy": ""},
    "this_file": {"text": "this file"},
    "any_channel": {"text": "any channel"},
}


def test_facts_file_and_channel_fill_the_blanks() -> None:
    """Every blank is filled in both sentences."""
    reason = Reason("wet", file="a.jpg", channel="web", facts={"why": "rain"})
    assert say(reason, catalogue=CATALOGUE) == Sentence(
        "a.jpg on web is wet: rain.", "Dry a.jpg (rain)."
    )


def test_what_is_of_no_file_says_so_in_the_catalogues_words() -> None:
    """Without a file or channel the catalogue's own words stand there, in its language."""
    reason = Reason("wet", facts={"why": "rain"})
    assert say(reason, catalogue=CATALOGUE).text == "this file on any channel is wet: rain."
    spanish = CATALOGUE | {"this_file": {"text": "este archivo"}}
    assert say(reason, catalogue=spanish).text.startswith("este archivo on any channel")
    assert set(NOT_SAID.values()) <= CATALOGUE.keys()


def test_a_fact_named_file_comes_first() -> None:
    """A fact of the name of a file wins over the reason's own."""
    reason = Reason("wet", file="a.jpg", facts={"why": "x", "file": "b.jpg"})
    assert say(reason, catalogue=CATALOGUE).remedy == "Dry b.jpg (x)."


def test_an_empty_blank_stays_visible() -> None:
    """A fact that is not there leaves its name, and breaks nothing."""
    assert say(Reason("wet", file="a", channel="x"), catalogue=CATALOGUE).text == (
        "a on x is wet: (why)."
    )
    bare = {"wet": {"text": "{file} {channel}"}}
    assert say(Reason("wet"), catalogue=bare).text == "(file) (channel)"


def test_an_unknown_code_says_itself() -> None:
    """A code that the catalogue lacks is said as it is, without a remedy."""
    assert say(Reason("new_code"), catalogue=CATALOGUE) == Sentence("new_code", "")


def test_a_remedy_may_be_absent() -> None:
    """An entry of a text alone has an empty remedy."""
    assert say(Reason("bare"), catalogue=CATALOGUE) == Sentence("Nothing more to say.", "")


def test_doubled_braces_are_braces() -> None:
    """A sentence may show YAML with braces around a filled blank."""
    assert say(Reason("shown", file="a.jpg"), catalogue=CATALOGUE).text == (
        'Write media: {"a.jpg": {role: after}}.'
    )


@pytest.mark.parametrize("value", ["{why}", "{0}", "{", "}}", "{file.__class__}", "%s", "<b>"])
def test_braces_in_a_fact_are_text(value: str) -> None:
    """What a file name or a person's word holds is never filled again."""
    reason = Reason("wet", file=value, channel=value, facts={"why": value})
    assert say(reason, catalogue=CATALOGUE).text == f"{value} on {value} is wet: {value}."


@given(st.text(), st.text(), st.dictionaries(st.text(max_size=5), st.text()))
def test_saying_never_fails(code: str, file: str, facts: dict[str, str]) -> None:
    """Any reason of any content is said with the catalogue's sentences around it."""
    for each in ("wet", "bare", "shown"):
        assert say(Reason(each, file=file, facts=facts), catalogue=CATALOGUE).text
    assert say(Reason(f"?{code}", facts=facts), catalogue=CATALOGUE).text == f"?{code}"
