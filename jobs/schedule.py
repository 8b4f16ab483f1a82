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
from pipeline.config import interval_s
from pipeline.steps.means import Means

log = logging.getLogger(__name__)

_CALM = {"misfire_grace_time": None, "coalesce": True, "max_instances": 1}


def trigger_of(text: str, *, zone: ZoneInfo) -> BaseTrigger:
    """Return the trigger of `every 30 s` or of a time of the clinic's day."""
    seconds = interval_s(text)
    if seconds is not None:
        return IntervalTrigger(seconds=int(seconds), timezone=zone)
    hour, minute = text.split(":")
    return CronTrigger(hour=int(hour), minute=int(minute), timezone=zone)


def make_schedule(lanes: tasks.Lanes) -> BackgroundScheduler:
    """Return the schedule of a workspace, not started yet."""
    config = lanes.means.config
    zone = config.clinic.zone
    scheduler = BackgroundScheduler(timezone=zone, job_defaults=_CALM)
    jobs: dict[str, Callable[[], None]] = {
        "watch": lanes.watch,
        "work": lanes.work,
        "verify": lanes.verify,
        "remind": lanes.remind,
    }
    for name, job in jobs.items():
        trigger = trigger_of(getattr(config.schedule, name), zone=zone)
        scheduler.add_job(job, trigger, id=name, name=name)
    return scheduler


def run_until_stopped(means: Means, *, say: Callable[[str], None]) -> None:
    """Run the schedule until SIGTERM or SIGINT, then end what runs and return."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    lanes = tasks.Lanes(means)
    scheduler = make_schedule(lanes)
    # Withdrawals first: whatever ended while nobody ran comes down before anything goes up.
    lanes.watch()
    lanes.work()
    scheduler.start()
    say(f"Watching {means.inbox}. Stop with Ctrl-C.")
    stop.wait()
    say("Stopping.")
    lanes.stop()
    scheduler.shutdown(wait=True)
