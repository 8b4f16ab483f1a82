"""Taking a unit: nothing leaves the inbox before it is safe, and nothing is guessed before."""

from __future__ import annotations

import shutil

import makers
import pytest
from makers import photo

from pipeline.steps.arriving.looks import look
from pipeline.steps.arriving.taking import Taken, remember_waiting, take_unit, waiting_units
from pipeline.steps.means import Means
from pipeline.tools.catalog import cases

CASE = "massage--s1"


def take(means: Means) -> Taken:
    """Take every unit of the inbox."""
    taken = Taken()
    for unit in look(means.inbox).units:
        take_unit(means, unit, taken)
    return taken


def test_a_file_that_changed_after_its_copy_stays(empty: makers.Workspace) -> None:
    """What is written into a file while it is taken in is not lost with it."""
    folder = empty.drop("massage--1", {"one.jpg": photo()})
    with empty.opened() as means:
        commits = means.catalog.after_events

        def change(head: object) -> None:
            (folder / "one.jpg").write_bytes(photo("newer"))
            commits(head)  # type: ignore[arg-type] # it is passed on as it came

        means.catalog.after_events = change
        assert take(means).cases == ["massage--1"]
        means.catalog.after_events = commits
        assert (folder / "one.jpg").read_bytes() == photo("newer")
        assert take(means).cases == ["massage--1"]
    assert not folder.exists()
    originals = makers.files_below(empty.private / "originals").values()
    assert {photo(), photo("newer")} <= set(originals)


def test_a_copy_that_cannot_be_kept_leaves_everything_where_it_was(
    empty: makers.Workspace,
) -> None:
    """Without private storage nothing is recorded and nothing removed; later it is taken."""
    folder = empty.drop("massage--1", {"one.jpg": photo()}, case={"title": "T"})
    with empty.opened() as means:
        blocker = empty.private / "originals"
        shutil.rmtree(blocker, ignore_errors=True)
        blocker.parent.mkdir(parents=True, exist_ok=True)
        blocker.write_text("in the way", encoding="utf-8")
        with pytest.raises(Exception):  # noqa: B017, PT011 - whatever storage says, loudly
            take(means)
        with means.catalog.read() as connection:
            assert cases.every(connection) == []
        assert sorted(path.name for path in folder.iterdir()) == ["case.yaml", "one.jpg"]
        blocker.unlink()
        assert take(means).cases == ["massage--1"]


@pytest.mark.parametrize(
    ("name", "files", "code"),
    [
        ("massage--9", {}, None),
        ("massage--9", {"release.pdf": makers.PDF}, "no_media_yet"),
        ("massage--S1", {"one.jpg": photo("x")}, "subject_twin"),
        ("massage--9", {"one.jpg": photo("after")}, "same_bytes_elsewhere"),
        ("massage--9", {"skip.jpg": photo("after")}, "same_bytes_elsewhere"),
        ("massage--s1--label", {"one.jpg": photo("after")}, None),
    ],
)
def test_what_has_to_be_asked_first(
    taken: makers.Workspace, name: str, files: dict[str, bytes], code: str | None
) -> None:
    """A question leaves the folder as it is; the same person's other story asks nothing."""
    folder = taken.drop(name, files)
    folder.mkdir(exist_ok=True)
    with taken.opened() as means:
        waiting = take(means).waiting
    assert [reasons[0].code for _, reasons in waiting] == ([code] if code else [])
    assert folder.exists() == bool(code)
    if code:
        assert sorted(path.name for path in folder.iterdir()) == sorted(files)


def test_a_slip_of_a_known_treatment_is_asked_about(taken: makers.Workspace) -> None:
    """One letter from a treatment with copy waits; one of four letters or far from all does not."""
    taken.file("templates/treatments/dry-needling.md", "---\ntitle: Dry needling\n---\n")
    for name in ("dry-needlin--1", "dry-needling--2", "yoga--3"):
        taken.drop(name, {"one.jpg": photo(name)})
    with taken.opened() as means:
        found = take(means)
    assert found.cases == ["dry-needling--2", "yoga--3"]
    (waits,) = found.waiting
    assert waits[0] == "dry-needlin--1"
    assert dict(waits[1][0].facts) == {"name": "dry-needlin", "near": "dry-needling"}


def test_status_knows_what_only_a_whole_look_can_tell(taken: makers.Workspace) -> None:
    """The same bytes elsewhere are remembered until they are gone from the inbox."""
    taken.drop("massage--9", {"one.jpg": photo("after")})
    with taken.opened() as means:
        remember_waiting(means, take(means))
        found = dict(waiting_units(means, look(means.inbox)))
        assert [reason.code for reason in found["massage--9"]] == ["same_bytes_elsewhere"]
        shutil.rmtree(taken.inbox / "massage--9")
        remember_waiting(means, take(means))
        assert waiting_units(means, look(means.inbox)) == []
