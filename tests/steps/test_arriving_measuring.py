"""Measuring: one answer for each file, in order; a worker that dies is tried again."""

from __future__ import annotations

from pathlib import Path

import makers
import pytest
from makers import film, phone_photo, photo

from pipeline.rules.errors import Reason
from pipeline.rules.media import Facts, Kind
from pipeline.rules.work import Limits
from pipeline.steps.arriving import measuring


def test_facts_and_reasons_come_in_the_order_of_the_files(
    empty: makers.Workspace, tmp_path: Path
) -> None:
    """A phone's photo upright, a turned film upright, and in between what cannot be used."""
    files: list[tuple[Path, Kind]] = []
    for name, body, kind in (
        ("a", phone_photo(), Kind.PHOTO),
        ("b", photo()[:-200], Kind.PHOTO),
        ("c", film(turned=True), Kind.VIDEO),
    ):
        path = tmp_path / name
        path.write_bytes(body)
        files.append((path, kind))
    with empty.opened() as means:
        first, broken, last = measuring.measure_all(means, files)
    assert isinstance(first, Facts)
    assert (first.width, first.height, first.kind) == (48, 64, Kind.PHOTO)
    assert broken == Reason("photo_broken")
    assert isinstance(last, Facts)
    assert (last.width, last.height, last.has_audio) == (90, 160, True)


def test_a_worker_that_dies_is_tried_three_times(
    empty: makers.Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    """Then the file has a reason with a remedy, and the log three lines without its name."""
    path = tmp_path / "alma-brightwater.jpg"
    path.write_bytes(photo())
    monkeypatch.setattr(measuring, "PHOTO_LIMITS", Limits(wall_s=0.01))
    with empty.opened() as means:
        assert measuring.measure_all(means, [(path, Kind.PHOTO)]) == [Reason("worker_timeout")]
    lines = [record.getMessage() for record in caplog.records if "died" in record.getMessage()]
    assert len(lines) == 3
    assert "alma" not in " ".join(lines)


def test_nothing_is_measured_of_nothing(empty: makers.Workspace) -> None:
    """No file, no worker, no answer."""
    with empty.opened() as means:
        assert measuring.measure_all(means, []) == []
