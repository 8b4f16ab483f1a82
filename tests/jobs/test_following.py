"""Edits of config.yaml while the schedule runs: good ones count, broken ones are refused."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import makers
import pytest

from jobs.following import Following
from jobs.workspace import open_workspace
from pipeline.rules.media import Kind
from pipeline.rules.work import Job
from pipeline.tools.catalog import cases
from pipeline.tools.executors import Stopped


@pytest.fixture
def following(empty: makers.Workspace) -> Iterator[Following]:
    """The empty workspace, opened and followed."""
    with open_workspace(empty.config, by="ann", now=empty.clock) as first:
        followed = Following(
            first,
            path=empty.config,
            reopen=lambda: open_workspace(empty.config, by="ann", now=empty.clock),
        )
        yield followed
        followed.close()


def test_without_an_edit_nothing_changes(empty: makers.Workspace, following: Following) -> None:
    """Looking, and touching the file, leaves the handles as they are."""
    with following.means() as before:
        pass
    assert not following.look()
    empty.config.write_bytes(empty.config.read_bytes())
    assert not following.look()
    with following.means() as after:
        assert after is before


def test_a_good_edit_counts(empty: makers.Workspace, following: Following) -> None:
    """From the next job on, with handles that were opened for it, and only once."""
    empty.configure(review="always")
    assert following.look()
    assert not following.look()
    assert following.config.review == "always"
    with following.means() as means:
        assert means.config.review == "always"
        with means.catalog.read() as connection:
            assert cases.every(connection) == []


@pytest.mark.parametrize(
    "broken",
    [
        "clinic: {name: half",
        "",
        "clinic: {name: A}\n",
        None,
    ],
    ids=["cut off", "empty", "incomplete", "public in private"],
)
def test_a_broken_edit_is_refused(
    empty: makers.Workspace,
    following: Following,
    broken: str | None,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The old configuration stays, the refusal is logged once, and the repair counts."""
    good = empty.config.read_text()
    if broken is None:
        empty.configure(storage=makers.local_storage(root="var/private/site"))
    else:
        empty.config.write_text(broken)
    with following.means() as before:
        pass
    with caplog.at_level(logging.WARNING):
        assert not following.look()
        assert not following.look()
    assert len([each for each in caplog.records if "is refused" in each.message]) == 1
    with following.means() as after:
        assert after is before
    empty.config.write_text(good.replace("Harbour", "Harbor"))
    assert following.look()
    assert following.config.clinic.name == "Harbor Physiotherapy"


def test_a_file_that_is_away_is_no_edit(empty: makers.Workspace, following: Following) -> None:
    """Between the two moves of an editor nothing changes; what comes after them counts."""
    empty.config.rename(empty.folder / "config.yaml~")
    assert not following.look()
    (empty.folder / "config.yaml~").rename(empty.config)
    empty.configure(review="always")
    assert following.look()


def test_a_job_keeps_what_it_borrowed(empty: makers.Workspace, following: Following) -> None:
    """An edit in the middle of a job changes nothing for it; its handles close behind it."""
    empty.configure(review="always")
    assert following.look()  # from here on both are opened by the follower
    with following.means() as old:
        empty.configure(review="flagged")
        assert following.look()
        with following.means() as new:
            assert (old.config.review, new.config.review) == ("always", "flagged")
        with old.catalog.read() as connection:
            assert cases.every(connection) == []
        assert not old.executor.closed
    assert old.executor.closed
    assert not new.executor.closed
    with following.means() as still:
        assert still is new


def test_stopping_ends_the_workers_of_all(empty: makers.Workspace, following: Following) -> None:
    """Whoever has jobs done, with old handles or new ones, is told that it was stopped."""
    job = Job("1", "measure", Kind.PHOTO, "/nowhere")
    with following.means() as old:
        empty.configure(review="always")
        assert following.look()
        with following.means() as new:
            following.stop()
            for each in (old, new):
                with pytest.raises(Stopped):
                    each.executor.submit(job)
