"""Caption templates lie over one another: the last word of each text counts, the rest stays."""

from __future__ import annotations

import pytest

from pipeline.rules.captions import FIELDS, wording_from

DEFAULT = {
    "title": "{{ treatment }}",
    "disclosure": "One person.",
    "before": {"label": "Before", "caption": "Before it", "alt": "A photo before it"},
    "after": {"label": "After", "caption": "After it"},
}
OWN = {"title": "Our {{ treatment }}", "after": {"caption": "Six weeks on"}, "during": {"alt": "x"}}


def test_a_template_is_read_whole() -> None:
    """Texts by name, sections by role."""
    wording = wording_from(DEFAULT)
    assert (wording.title, wording.disclosure) == ("{{ treatment }}", "One person.")
    assert wording.of_role("before", field="label") == "Before"
    assert wording.of_role("before", field="alt") == "A photo before it"


def test_a_later_layer_wins_text_by_text() -> None:
    """What a treatment's own file says replaces that text alone."""
    wording = wording_from(DEFAULT, OWN)
    assert wording.title == "Our {{ treatment }}"
    assert wording.disclosure == "One person."
    assert wording.of_role("after", field="caption") == "Six weeks on"
    assert wording.of_role("after", field="label") == "After"
    assert wording.of_role("during", field="alt") == "x"
    assert wording_from(OWN, DEFAULT).title == "{{ treatment }}"


@pytest.mark.parametrize("field", FIELDS)
def test_what_nobody_wrote_is_empty(field: str) -> None:
    """A role or text without a template says nothing."""
    wording = wording_from(DEFAULT)
    assert wording.of_role("single", field=field) == ""
    assert wording.of_role("after", field="alt") == ""


def test_nothing_at_all_still_has_a_title() -> None:
    """Without any template a case is titled by its treatment and discloses nothing."""
    wording = wording_from()
    assert (wording.title, wording.disclosure, dict(wording.roles)) == ("{{ treatment }}", "", {})


def test_an_emptied_text_is_empty() -> None:
    """A clinic can empty a text: null and "" are a word, and later layers need not repeat it."""
    wording = wording_from(DEFAULT, {"before": {"label": None, "caption": ""}})
    assert wording.of_role("before", field="label") == ""
    assert wording.of_role("before", field="caption") == ""
    assert wording.of_role("before", field="alt") == "A photo before it"


def test_layers_are_left_as_they_were() -> None:
    """Laying one file over another changes neither."""
    wording_from(DEFAULT, OWN)
    assert DEFAULT["after"] == {"label": "After", "caption": "After it"}
    assert OWN["after"] == {"caption": "Six weeks on"}
