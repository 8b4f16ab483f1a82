"""The jobs themselves: what each does when it is due, and that trouble never ends the schedule."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from datetime import timedelta

import makers
import pytest

from jobs import tasks
from jobs.following import Following
from jobs.tasks import Lanes
from jobs.workspace import open_workspace
from pipeline.rules.errors import Unreachable
from pipeline.steps import tick

PATIENT = "Alma Brightwater"


@pytest.fixture
def lanes(published: makers.Workspace) -> Iterator[Lanes]:
    """The jobs of a workspace with a public case."""
    with open_workspace(published.config, by="ann", now=published.clock) as means:
        following = Following(means, path=published.config, reopen=lambda: pytest.fail("edited"))
        yield Lanes(following)


def test_work_takes_a_case_after_its_quiet_time(
    published: makers.Workspace, lanes: Lanes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A folder is left alone until nothing has changed in it for `case_quiet_s`."""
    now = [0.0]
    monkeypatch.setattr(lanes._sightings, "clock", lambda: now[0])
    folder = published.drop("massage--9", {"one.jpg": makers.photo("nine")})
    for at in (0.0, 60.0, 119.0):
        now[0] = at
        lanes.work()
        assert (folder / "one.jpg").exists(), at
    (folder / "two.jpg").write_bytes(makers.photo("ten"))  # somebody is still copying
    for at in (121.0, 240.0):
        now[0] = at
        lanes.work()
        assert folder.exists(), at
    now[0] = 242.0
    lanes.work()
    assert not folder.exists()
    assert published.case("massage--9")["stage"] == "HELD"


def test_work_stands_back_while_another_works(published: makers.Workspace, lanes: Lanes) -> None:
    """Two processes never take in or publish at once on one workspace."""
    published.drop("massage--9", {"one.jpg": makers.photo("nine")})
    before = len(published.events())
    with tick.one_at_a_time(published.folder / "var" / "work.lock") as mine:
        assert mine
        lanes.work()
    assert len(published.events()) == before


def test_watch_withdraws_what_ended(
    published: makers.Workspace, lanes: Lanes, caplog: pytest.LogCaptureFixture
) -> None:
    """What a record no longer covers is gone after the watch, which names ids only."""
    keys = published.shown("massage--0042")
    from pipeline.steps import enrol  # noqa: PLC0415 - a revocation, and nothing behind it

    with published.opened() as means:
        enrol.revoke(means, ["C-0042"], received_at=means.now())
    assert set(keys) <= set(published.public())
    lanes.watch()
    assert not set(keys) & set(published.public())
    assert "complete" in caplog.text
    assert "0042" not in caplog.text


def test_begin_watches_before_it_works(lanes: Lanes, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first job of a run takes down before it puts up."""
    order: list[str] = []
    monkeypatch.setattr(lanes, "watch", lambda: order.append("watch"))
    monkeypatch.setattr(lanes, "work", lambda: order.append("work"))
    lanes.begin()
    assert order == ["watch", "work"]


def test_verify_logs_what_differs(
    published: makers.Workspace, lanes: Lanes, caplog: pytest.LogCaptureFixture
) -> None:
    """A strange file in public storage is an error in the log; without one there is none."""
    lanes.verify()
    assert not [each for each in caplog.records if each.levelno >= logging.ERROR]
    (published.site / "holiday.jpg").write_bytes(b"x")
    lanes.verify()
    assert "public_stranger" in caplog.text


@pytest.mark.parametrize(("days", "told"), [(60, True), (30, True), (7, True), (31, False)])
def test_remind_tells_by_id_what_ends_soon(
    empty: makers.Workspace, caplog: pytest.LogCaptureFixture, *, days: int, told: bool
) -> None:
    """Two months, one month and a week before the end, and never with a name."""
    with empty.opened() as means:
        day = means.moment().today + timedelta(days=days)
    empty.sign(makers.record("0042", expires_on=day.isoformat(), signed_on="2020-01-01"))
    empty.say("intake")
    with open_workspace(empty.config, by="ann", now=empty.clock) as means:
        Lanes(Following(means, path=empty.config, reopen=lambda: pytest.fail("edited"))).remind()
    assert (f"consent C-0042 ends on {day}" in caplog.text) == told
    assert PATIENT not in caplog.text


@pytest.mark.parametrize(
    "error", [Unreachable("The database did not answer."), ZeroDivisionError("a bug")], ids=str
)
def test_trouble_is_logged_and_tried_again(
    lanes: Lanes,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    error: Exception,
) -> None:
    """Neither a database that is away nor a bug leaves a job; the next time it runs again."""
    calls: list[int] = []

    def failing(*_: object, **__: object) -> object:
        calls.append(1)
        raise error

    monkeypatch.setattr(tasks, "verify", failing)
    lanes.verify()
    lanes.verify()
    assert len(calls) == 2
    assert len([each for each in caplog.records if each.message.startswith("verify")]) == 2


def test_after_stop_nothing_begins(
    published: makers.Workspace, lanes: Lanes, caplog: pytest.LogCaptureFixture
) -> None:
    """Jobs that come due while the scheduler is stopping do nothing, and say nothing."""
    before = len(published.events())
    published.drop("massage--9", {"one.jpg": makers.photo("nine")})
    lanes.stop()
    threads = [threading.Thread(target=job) for job in (lanes.begin, lanes.verify, lanes.remind)]
    for each in threads:
        each.start()
    for each in threads:
        each.join(20)
    assert len(published.events()) == before
    assert caplog.text == ""
