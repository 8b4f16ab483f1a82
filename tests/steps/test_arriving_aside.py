"""Setting aside: the file beside its words, nothing lost, nothing overwritten."""

from __future__ import annotations

import makers

from pipeline.rules.errors import Reason
from pipeline.steps.arriving.aside import clear_solved, set_aside, write_waiting
from pipeline.tools.catalog import work

REASON = Reason("archive", file="a.zip")


def test_the_same_name_twice_keeps_both(empty: makers.Workspace) -> None:
    """A second `a.zip` becomes `a (2).zip`, each with its own text."""
    with empty.opened() as means:
        for body in (b"one", b"two"):
            (empty.inbox / "a.zip").write_bytes(body)
            set_aside(means, empty.inbox / "a.zip", reason=REASON)
        with means.catalog.read() as connection:
            problems = [(each.file, each.code) for each in work.problems(connection)]
    aside = makers.files_below(empty.inbox / "_problems")
    assert set(aside) == {"a.zip", "a.zip.txt", "a (2).zip", "a (2).zip.txt"}
    assert (aside["a.zip"], aside["a (2).zip"]) == (b"one", b"two")
    assert b"archive" in aside["a (2).zip.txt"]
    assert b"Unpack it" in aside["a (2).zip.txt"]
    assert problems == [("a.zip", "archive"), ("a (2).zip", "archive")]
    assert "a.zip" not in str(empty.events()), "the log names no file"


def test_a_file_that_is_taken_away_is_no_problem_any_more(empty: makers.Workspace) -> None:
    """Whoever removes it has seen it; the rest stays listed."""
    with empty.opened() as means:
        for name in ("a.zip", "b.zip"):
            (empty.inbox / name).write_bytes(b"zip")
            set_aside(means, empty.inbox / name, reason=REASON)
        (empty.inbox / "_problems" / "a.zip").unlink()
        clear_solved(means)
        with means.catalog.read() as connection:
            assert [each.file for each in work.problems(connection)] == ["b.zip"]


def test_waiting_is_written_when_it_changes(empty: makers.Workspace) -> None:
    """Names and sentences with remedies; the same again does not touch the file."""
    path = empty.inbox / "_waiting.txt"
    with empty.opened() as means:
        write_waiting(means, units=[], cases=[])
        assert path.read_text(encoding="utf-8") == "Nothing waits.\n"
        for _ in range(2):
            write_waiting(means, units=[("massage", [Reason("no_media_yet")])], cases=[])
            first, inode = path.read_text(encoding="utf-8"), path.stat().st_ino
        write_waiting(means, units=[("massage", [Reason("no_media_yet")])], cases=[])
    assert path.stat().st_ino == inode
    assert first.startswith("massage\n  - There is no picture")
    assert "Add them" in first
    assert [p.name for p in empty.inbox.iterdir()] == ["_waiting.txt"], "no partial file is left"
