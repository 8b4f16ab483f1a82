"""Rendering: what is missing of what is cleared, once; what cannot be made fails its original."""

from __future__ import annotations

import makers
import pytest
from makers import record

from pipeline.rules.work import Limits
from pipeline.steps import enrol, tick
from pipeline.steps.arriving import measuring

CASE = "massage--s1"


def renditions(clinic: makers.Workspace) -> set[str]:
    """The private renditions, without the marks beside them."""
    return {key for key in makers.files_below(clinic.private / "rendered") if "/" in key}


def test_nothing_is_rendered_before_it_is_cleared(taken: makers.Workspace) -> None:
    """Without a record no pixel is touched."""
    with taken.opened() as means:
        assert tick.render_due(means) == 0
    assert renditions(taken) == set()


def test_what_exists_is_not_made_twice(taken: makers.Workspace) -> None:
    """Two recipes of three originals are six files; the next run makes none."""
    with taken.opened() as means:
        enrol.enrol(means, [record("s1")], folder=None)
        assert tick.render_due(means) == 6
        made = renditions(taken)
        assert tick.render_due(means) == 0
    assert renditions(taken) == made
    assert [event.verb for event in taken.events()].count("rendered") == 3, "one for an original"


def test_only_cleared_channels_are_rendered(taken: makers.Workspace) -> None:
    """A record for instagram alone makes the three squares and nothing for the web."""
    with taken.opened() as means:
        enrol.enrol(means, [record("s1", channels=["instagram"])], folder=None)
        assert tick.render_due(means) == 3


def test_an_original_that_cannot_be_rendered_fails_alone(
    taken: makers.Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A worker that dies three times makes FAILED with a reason; nothing falls back to it."""
    taken.sign(record("s1"))
    with monkeypatch.context() as patch:
        patch.setattr(measuring, "PHOTO_LIMITS", Limits(memory_bytes=1 << 20, cpu_s=1, wall_s=20.0))
        assert taken.run().code == 1
    case = taken.case(CASE)
    assert case["stage"] != "PUBLISHED"
    assert {asset["state"] for asset in case["assets"]} == {"failed"}
    assert len([r for r in case["reasons"] if r["file"]]) == 3
    assert all(reason["remedy"] for reason in case["reasons"])
    assert not [key for key in taken.public() if key.startswith("media/")]
    assert renditions(taken) == set()


def test_no_scratch_is_left(published: makers.Workspace) -> None:
    """Private copies of originals do not outlive the job."""
    assert makers.files_below(published.folder / "var" / "scratch") == {}
