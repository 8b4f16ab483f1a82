"""When the jobs run: APScheduler, with its schedules in memory and the catalog as their memory."""

from __future__ import annotations

import logging
import signal
import threading
from collections.abc import Callable
from zoneinfo import ZoneInfo

from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.base import BaseTrigger
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger

from jobs import tasks
from jobs.following import Following
from pipeline.config import Config, interval_s

log = logging.getLogger(__name__)

FOLLOW_S = 2
# A job that was missed runs once when it can, never twice at a time, however late it is.
_CALM = {"misfire_grace_time": None, "coalesce": True, "max_instances": 1}


def trigger_of(text: str, *, zone: ZoneInfo) -> BaseTrigger:
    """Return the trigger of `every 30 s` or of a time of the clinic's day."""
    seconds = interval_s(text)
    if seconds is not None:
        return IntervalTrigger(seconds=int(seconds), timezone=zone)
    hour, minute = text.strip().split(":")
    return CronTrigger(hour=int(hour), minute=int(minute), timezone=zone)


def make_schedule(lanes: tasks.Lanes) -> BackgroundScheduler:
    """Return the schedule of a workspace, not started yet."""
    config = lanes.following.config
    scheduler = BackgroundScheduler(timezone=config.clinic.zone, job_defaults=_CALM)
    for name, job in _jobs(lanes).items():
        scheduler.add_job(job, _trigger(name, config=config), id=name, name=name)
    # Without a trigger of its own a job runs at once, and once.
    scheduler.add_job(lanes.begin, id="begin", name="begin")

    def follow() -> None:
        if lanes.following.look():
            for name in _jobs(lanes):
                scheduler.reschedule_job(
                    name, trigger=_trigger(name, config=lanes.following.config)
                )

    every = IntervalTrigger(seconds=FOLLOW_S, timezone=config.clinic.zone)
    scheduler.add_job(follow, every, id="follow", name="follow")
    return scheduler


def _jobs(lanes: tasks.Lanes) -> dict[str, Callable[[], None]]:
    """Name the jobs that the configuration has times for."""
    return {
        "watch": lanes.watch,
        "work": lanes.work,
        "verify": lanes.verify,
        "remind": lanes.remind,
    }


def _trigger(name: str, *, config: Config) -> BaseTrigger:
    return trigger_of(getattr(config.schedule, name), zone=config.clinic.zone)


def run_until_stopped(following: Following, *, say: Callable[[str], None]) -> None:
    """Run the schedule until SIGTERM or SIGINT, then end what runs and return."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    lanes = tasks.Lanes(following)
    scheduler = make_schedule(lanes)
    scheduler.start()
    with following.means() as means:
        say(f"Watching {means.inbox}. Stop with Ctrl-C.")
    stop.wait()
    say("Stopping.")
    lanes.stop()
    scheduler.shutdown(wait=True)
    following.close()
