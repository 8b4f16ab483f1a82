"""The jobs of the schedule: each looks at what is stored and does what is due.

A job that meets trouble logs it without personal data and comes back; none ever ends the
scheduler.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from datetime import timedelta

from jobs.commands.lanes import one_scheduler
from jobs.following import Following
from pipeline.rules.consent import end_of
from pipeline.rules.errors import ClinicmediaError
from pipeline.steps import tick
from pipeline.steps.arriving.looks import Patience, Sightings
from pipeline.steps.intake import intake
from pipeline.steps.means import Means
from pipeline.steps.public.showing import pages_in_need
from pipeline.steps.verify import verify
from pipeline.steps.watch import watch
from pipeline.tools.catalog import consents
from pipeline.tools.executors import Stopped

log = logging.getLogger(__name__)

REMIND_DAYS = (60, 30, 7)


class Lanes:
    """The two lanes and the daily jobs of one workspace; holds what was seen in the inbox."""

    def __init__(self, following: Following) -> None:
        """Begin with an inbox that nobody has looked at yet."""
        self.following = following
        self._sightings = Sightings(time.monotonic)
        self._stopping = threading.Event()

    def stop(self) -> None:
        """Take no more work, and end the workers of what runs."""
        self._stopping.set()
        self.following.stop()

    def begin(self) -> None:
        """Withdraw first: what ended while nobody ran comes down before anything goes up."""
        self.watch()
        self.work()

    def watch(self) -> None:
        """Withdraw what ended."""
        self._quietly("watch", self._watch)

    def work(self) -> None:
        """Take in, render and publish."""
        self._quietly("work", self._work)

    def verify(self) -> None:
        """Compare what is stored with what was recorded."""
        self._quietly("verify", self._verify)

    def remind(self) -> None:
        """Log the consents that end soon, by id."""
        self._quietly("remind", self._remind)

    def _quietly(self, name: str, job: Callable[[Means], None]) -> None:
        if self._stopping.is_set():
            return
        try:
            with self.following.means() as means:
                job(means)
        except Stopped:
            log.info("%s was stopped; it goes on with the next run", name)
        except ClinicmediaError as error:
            log.warning("%s: %s", name, error)
        except Exception:
            log.exception("%s failed; it is tried again", name)

    def _watch(self, means: Means) -> None:
        for receipt in watch(means, pages=pages_in_need(means)):
            state = "complete" if receipt.complete else "PENDING"
            log.warning("withdrawal %s on %s: %s", receipt.url, receipt.channel, state)

    def _work(self, means: Means) -> None:
        with one_scheduler(means) as mine:
            if not mine:
                return
            tick.notice_changes(means)
            taken = intake(means, patience=Patience.SCHEDULED, sightings=self._sightings)
            tick.work_lane(means)
            tick.list_waiting(means, taken.waiting)

    def _verify(self, means: Means) -> None:
        report = verify(means)
        for reason in report.reasons:
            log.error("verify: %s", reason.code)

    def _remind(self, means: Means) -> None:
        today = means.moment().today
        with means.catalog.read() as connection:
            known = consents.every(connection)
        for consent in known:
            end = end_of(consent)
            if end and any(end == today + timedelta(days=days) for days in REMIND_DAYS):
                log.warning("consent %s ends on %s", consent.record.id, end)
