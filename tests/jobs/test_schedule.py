"""The schedule: when jobs run, that none runs twice, and a whole life of `clinicmedia run`."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import makers
import pytest
from apscheduler.schedulers.background import BackgroundScheduler

from jobs.following import Following
from jobs.schedule import make_schedule, trigger_of
from jobs.tasks import Lanes
from jobs.workspace import open_workspace

ROOT = Path(__file__).parent.parent.parent
NEW_YORK = ZoneInfo("America/New_York")
QUICK = {"watch": "every 1 s", "work": "every 1 s"}


@pytest.mark.parametrize(
    ("text", "seconds"), [("every 30 s", 30), ("every 1 min", 60), ("every 2 h", 7200)]
)
def test_intervals_are_of_that_length(text: str, seconds: int) -> None:
    """From one run to the next it is as long as the configuration says."""
    trigger = trigger_of(text, zone=NEW_YORK)
    first = trigger.get_next_fire_time(None, datetime.now(UTC))
    second = trigger.get_next_fire_time(first, first)
    assert second - first == timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("now", "wanted"),
    [
        ("2026-11-23T07:59:00+00:00", "2026-11-23T08:00:00+00:00"),
        ("2026-11-23T08:00:01+00:00", "2026-11-24T08:00:00+00:00"),
        ("2026-07-01T00:00:00+00:00", "2026-07-01T07:00:00+00:00"),
    ],
)
def test_a_time_of_day_is_the_clinics(now: str, wanted: str) -> None:
    """03:00 is three at night where the clinic is, in winter and in summer."""
    trigger = trigger_of("03:00", zone=NEW_YORK)
    found = trigger.get_next_fire_time(None, datetime.fromisoformat(now))
    assert found.astimezone(UTC) == datetime.fromisoformat(wanted)


@pytest.fixture
def scheduled(empty: makers.Workspace) -> Iterator[tuple[BackgroundScheduler, Following]]:
    """The schedule of the empty workspace, started but not let go."""
    with open_workspace(empty.config, by="ann", now=empty.clock) as first:
        following = Following(
            first,
            path=empty.config,
            reopen=lambda: open_workspace(empty.config, by="ann", now=empty.clock),
        )
        scheduler = make_schedule(Lanes(following))
        scheduler.start(paused=True)
        yield scheduler, following
        scheduler.shutdown(wait=False)
        following.close()


def test_no_job_is_lost_doubled_or_piled_up(
    scheduled: tuple[BackgroundScheduler, Following],
) -> None:
    """However late, each job runs once and never beside itself; schedules are in memory."""
    scheduler, _ = scheduled
    jobs = {each.id: each for each in scheduler.get_jobs()}
    assert jobs.keys() == {"watch", "work", "verify", "remind", "begin", "follow"}
    for each in jobs.values():
        calm = (each.misfire_grace_time, each.coalesce, each.max_instances)
        assert calm == (None, True, 1), each.id
    assert {type(store).__name__ for store in scheduler._jobstores.values()} == {"MemoryJobStore"}
    assert jobs["begin"].next_run_time <= datetime.now(UTC)


def test_a_new_schedule_counts_without_a_restart(
    empty: makers.Workspace, scheduled: tuple[BackgroundScheduler, Following]
) -> None:
    """An edit of the times moves the jobs; one of something else leaves them."""
    scheduler, _ = scheduled
    assert "1:00:00" not in str(scheduler.get_job("work").trigger)
    empty.configure(schedule={"work": "every 1 h"})
    scheduler.get_job("follow").func()
    assert "1:00:00" in str(scheduler.get_job("work").trigger)
    assert "0:01:00" in str(scheduler.get_job("watch").trigger)


class Running:
    """A `clinicmedia run` in a process of its own."""

    def __init__(self, clinic: makers.Workspace, **environment: str) -> None:
        """Start it."""
        self.clinic = clinic
        self.output = clinic.folder.parent / "run.log"
        with self.output.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "jobs", "--config", str(clinic.config), "run"],
                cwd=ROOT,
                env={**os.environ, "PYTHONUNBUFFERED": "1", **environment},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )

    def said(self) -> str:
        """All that it wrote so far."""
        return self.output.read_text(encoding="utf-8")

    def until(self, what: Callable[[], object], *, within_s: float = 60) -> None:
        """Wait until something is so."""
        end = time.monotonic() + within_s
        while not what():
            assert self.process.poll() is None, self.said()
            assert time.monotonic() < end, self.said()
            time.sleep(0.05)

    def stop(self, *, within_s: float = 15) -> None:
        """Ask it to stop, as a service manager does; it must end well, and in time."""
        self.process.send_signal(signal.SIGTERM)
        assert self.process.wait(within_s) == 0, self.said()


@contextlib.contextmanager
def running(clinic: makers.Workspace, **environment: str) -> Iterator[Running]:
    """Start `run`; whatever happens, it does not outlive the test."""
    started = Running(clinic, **environment)
    try:
        yield started
    finally:
        if started.process.poll() is None:
            started.process.kill()
            started.process.wait()


def test_run_takes_publishes_follows_edits_and_stops(empty: makers.Workspace) -> None:
    """A dropped case is public after its quiet time; edits count or are refused; it ends well."""
    empty.configure(schedule=QUICK, inbox={"path": "inbox", "settle_s": 0, "case_quiet_s": 1})
    with running(empty) as run:
        run.until(lambda: "Watching" in run.said())
        began = time.monotonic()
        empty.drop("massage--0042", {"one.jpg": makers.photo("b")})
        empty.sign(makers.record("0042", **makers.today()))
        run.until(lambda: list(empty.site.glob("cases/*/case.json")))
        assert time.monotonic() - began > 1
        (page,) = empty.site.glob("cases/*/index.html")
        empty.config.write_text("clinic: {name: half")
        run.until(lambda: "is refused, the old one stays" in run.said())
        makers.Workspace(empty.folder).config.write_text(
            makers.workspace(empty.folder.parent / "other").config.read_text()
        )
        empty.configure(
            schedule=QUICK,
            clinic={"name": "New Name", "url": "https://n.example/", "time_zone": "UTC"},
        )
        run.until(lambda: "New Name" in page.read_text())
        run.stop()
    assert "Stopping." in run.said()
    assert "Traceback" not in run.said()
    assert empty.case("massage--0042")["stage"] == "PUBLISHED"


def test_run_stops_in_the_middle_of_a_rendering(empty: makers.Workspace, tmp_path: Path) -> None:
    """A worker that would take minutes is ended; the film is not blamed and is made next time."""
    marker = tmp_path / "started"
    slow = tmp_path / "slow-ffmpeg"
    slow.write_text(f"#!{sys.executable}\nimport pathlib, time\n")
    slow.write_text(slow.read_text() + f"pathlib.Path({str(marker)!r}).touch()\ntime.sleep(600)\n")
    slow.chmod(0o755)
    empty.configure(schedule=QUICK, inbox={"path": "inbox", "settle_s": 0, "case_quiet_s": 0})
    empty.drop("massage--0042", {"one.mp4": makers.film("a")})
    empty.sign(makers.record("0042", **makers.today()))
    with running(empty, IMAGEIO_FFMPEG_EXE=str(slow)) as run:
        run.until(marker.exists)
        began = time.monotonic()
        run.stop()
        assert time.monotonic() - began < 10
    assert "Traceback" not in run.said()
    assert not list((empty.folder / "var" / "scratch").rglob("*"))
    assert empty.run().code == 0
    assert empty.case("massage--0042")["stage"] == "PUBLISHED"


def test_what_ended_while_nobody_ran_comes_down_first(published: makers.Workspace) -> None:
    """The first thing after a start is the watch: a record that ended meanwhile ends its pages."""
    shown = published.shown("massage--0042")
    assert shown
    published.configure(schedule={"watch": "every 1 h", "work": "every 1 h"})
    with published.opened() as means:
        from pipeline.steps import enrol  # noqa: PLC0415 - a revocation, and nothing behind it

        enrol.revoke(means, ["C-0042"], received_at=means.now())
    assert set(shown) <= set(published.public())
    with running(published) as run:
        run.until(lambda: not set(shown) & set(published.public()))
        run.stop()
