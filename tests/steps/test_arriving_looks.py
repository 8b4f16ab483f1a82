"""Looking at an inbox: what belongs together, what is left alone, what has settled."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from pipeline.steps.arriving.looks import Sightings, is_whole, look, slug_of_unit


def put(path: Path, body: bytes = b"x") -> Path:
    """Write a file and its folders."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(body)
    return path


def test_folders_loose_files_and_records_are_told_apart(tmp_path: Path) -> None:
    """A folder is a unit with all below it; loose files of one case are one unit."""
    put(tmp_path / "massage--1" / "day 1" / "before.jpg")
    put(tmp_path / "massage--1" / "case.yaml")
    put(tmp_path / "Massage--2--before.jpg")
    put(tmp_path / "massage--2--after.jpg")
    put(tmp_path / "_consents" / "more" / "a.yaml")
    put(tmp_path / "_problems" / "old.zip")
    put(tmp_path / "holiday.jpg")
    found = look(tmp_path)
    units = {slug_of_unit(unit): sorted(path.name for path in unit.files) for unit in found.units}
    assert units == {
        "massage--1": ["before.jpg", "case.yaml"],
        "massage--2": ["Massage--2--before.jpg", "massage--2--after.jpg"],
    }
    assert [path.name for path in found.consents] == ["a.yaml"]
    assert [(p.name, reason.code) for p, reason in found.unplaced] == [
        ("holiday.jpg", "loose_name_too_few_parts")
    ]


@pytest.mark.parametrize(
    "name", [".DS_Store", "~$case.yaml", "a.jpg.part", "b.crdownload", ".syncthing.c.jpg.tmp"]
)
def test_names_of_programs_at_work_are_not_seen(tmp_path: Path, name: str) -> None:
    """Neither in the inbox nor in a case's folder."""
    put(tmp_path / name)
    put(tmp_path / "massage--1" / name)
    found = look(tmp_path)
    assert found.unplaced == ()
    assert [unit.files for unit in found.units] == [()]


def test_links_are_listed_and_never_entered(tmp_path: Path) -> None:
    """A linked folder is one thing that cannot be placed; what is behind it is not looked at."""
    put(tmp_path / "elsewhere" / "before.jpg")
    inbox = tmp_path / "inbox"
    (inbox / "massage--1").mkdir(parents=True)
    (inbox / "massage--1" / "deep").symlink_to(tmp_path / "elsewhere")
    (inbox / "massage--9").symlink_to(tmp_path / "elsewhere")
    found = look(inbox)
    assert [path.name for unit in found.units for path in unit.files] == ["deep"]
    assert [path.name for path, _ in found.unplaced] == ["massage--9"]


def _longer(path: Path) -> None:
    put(path, b"longer")


def _older(path: Path) -> None:
    os.utime(path, (1, 1))


def _another(path: Path) -> None:
    """The same bytes and times under the same name, but another file."""
    put(path.with_name("new"), path.read_bytes()).rename(path)
    os.utime(path, (1, 1))


def test_quiet_is_counted_from_the_last_change(tmp_path: Path) -> None:
    """Size, times and inode count; a file never seen before is not quiet at all."""
    now = [100.0]
    sightings = Sightings(lambda: now[0])
    path = put(tmp_path / "a.jpg")
    assert sightings.quiet_s(path) == 0
    for change in (_longer, _older, _another):
        sightings.note([path])
        now[0] += 7
        sightings.note([path])
        assert sightings.quiet_s(path) == 7
        change(path)
        assert sightings.quiet_s(path) == 0
    path.unlink()
    sightings.note([path])
    assert sightings.seen == {}


def test_what_is_no_file_is_not_waited_for(tmp_path: Path) -> None:
    """A pipe is judged by whoever takes it; a cut picture is not whole, a gone one neither."""
    os.mkfifo(tmp_path / "pipe.jpg")
    assert is_whole(tmp_path / "pipe.jpg")
    assert not is_whole(put(tmp_path / "cut.jpg", b"\xff\xd8\xff\xe0"))
    assert not is_whole(tmp_path / "gone.jpg")
