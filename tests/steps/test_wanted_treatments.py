"""Treatments: the clinic's copy, what they are called, and the last good text of a bad one."""

from __future__ import annotations

import makers
import pytest

from pipeline.steps.wanted.treatments import (
    bad_copies,
    copy_of,
    forget_copies,
    keep_good_copies,
    plain_page,
    title_of,
    with_copy,
)
from pipeline.tools.markdown import BadCopy

COPY = "templates/treatments/dry-needling.md"
GOOD = "---\ntitle: Dry needling & cupping\nsummary: Thin needles.\n---\nWhat happens.\n"
BAD = "---\ntitel: x\n---\n"


def test_a_treatment_is_called_what_its_copy_says(empty: makers.Workspace) -> None:
    """Without copy it is called by the words of its slug, and has a plain page."""
    empty.file(COPY, GOOD)
    forget_copies()
    with empty.opened() as means:
        assert "dry-needling" in with_copy(means)
        assert title_of(means, "dry-needling") == "Dry needling & cupping"
        copy = copy_of(means, "dry-needling")
        assert copy is not None
        assert copy.summary == "Thin needles."
        assert copy_of(means, "joint-play") is None
        assert title_of(means, "joint-play") == plain_page("joint-play").title == "Joint play"


def test_a_bad_copy_leaves_the_last_good_one(empty: makers.Workspace) -> None:
    """It is named with its file; once good, the kept text stands in; never good, it is refused."""
    empty.file(COPY, GOOD)
    empty.file("templates/treatments/cupping.md", BAD)
    forget_copies()
    with empty.opened() as means:
        keep_good_copies(means)
        empty.file(COPY, BAD)
        forget_copies()
        assert {reason.facts["treatment"] for reason in bad_copies(means)} == {
            "dry-needling", "cupping",
        }  # fmt: skip
        keep_good_copies(means)
        assert title_of(means, "dry-needling") == "Dry needling & cupping"
        with pytest.raises(BadCopy):
            copy_of(means, "cupping")
        assert title_of(means, "cupping") == "Cupping"


def test_a_file_that_is_named_like_no_treatment_is_none(empty: makers.Workspace) -> None:
    """`Read me.md` beside the copies is no treatment."""
    empty.file("templates/treatments/Read me.md", "hello")
    with empty.opened() as means:
        assert "Read me" not in with_copy(means)
        assert "read-me" not in with_copy(means)
