"""A record with what happened to it since it was signed, and the moment at which is asked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from pipeline.rules.media import Asset, Case
from pipeline.rules.signed.records import Record


@dataclass(frozen=True, slots=True)
class Revocation:
    """That a record was revoked, and when the clinic received and recorded it."""

    received_at: datetime
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class Consent:
    """A version of a record, with what happened to it since it was signed.

    `recorded_at` is when this version was recorded. `ended_on` is the first day without consent
    after the event named in `expires_event` took place.
    """

    record: Record
    version: int
    recorded_at: datetime
    revocation: Revocation | None = None
    ended_on: date | None = None


@dataclass(frozen=True, slots=True)
class Moment:
    """The time at which is asked, and how far ahead an end already counts.

    A public copy may live in caches for `lead_s` seconds after it was taken down, so consent has
    to hold that much longer than now.
    """

    now: datetime
    zone: tzinfo
    lead_s: int = 0

    @property
    def today(self) -> date:
        """The clinic's day."""
        return self.day_of(self.now)

    @property
    def last_day_needed(self) -> date:
        """The clinic's day on which the last cached copy disappears."""
        # Added in UTC: in a night of 23 hours the clock on the wall runs ahead of caches.
        return self.day_of(self.now.astimezone(UTC) + timedelta(seconds=self.lead_s))

    def day_of(self, instant: datetime) -> date:
        """The clinic's day of an instant."""
        return instant.astimezone(self.zone).date()


def end_of(consent: Consent) -> date | None:
    """Return the first day without consent, as far as it is known; revocation is another matter."""
    record = consent.record
    until = record.representative.until if record.representative else None
    return min((day for day in (record.expires_on, until, consent.ended_on) if day), default=None)


def received_at(consent: Consent, *, moment: Moment) -> datetime | None:
    """Return when the last notice that revoked a record was received; None if none ever was."""
    record = consent.record
    if not record.revoked and consent.revocation is None:
        return None
    notices = [consent.revocation.received_at] if consent.revocation else []
    if record.received_at:
        notices.append(record.received_at)
    if not notices and record.revoked_on:
        notices.append(datetime.combine(record.revoked_on, time.min, moment.zone))
    notice = max(notices, default=consent.recorded_at)
    if record.signed_on is None:
        return notice
    # Nobody revokes what is not signed yet: an earlier notice is a slip of the pen.
    return max(notice, datetime.combine(record.signed_on, time.min, moment.zone))


def covers_case(consent: Consent, *, case: Case) -> bool:
    """Tell whether a record speaks about a case, whatever its originals."""
    scope = consent.record.covers
    if scope is None:
        return True
    if scope.treatments and case.treatment not in scope.treatments:
        return False
    return not scope.cases or bool({case.name, case.slug} & scope.cases)


def covers(consent: Consent, *, case: Case, asset: Asset) -> bool:
    """Tell whether a record speaks about this original of this case."""
    scope = consent.record.covers
    until = scope.taken_until if scope else None
    taken_on = asset.facts.taken_on or asset.received_on
    return covers_case(consent, case=case) and (until is None or taken_on <= until)


def is_void(consent: Consent) -> bool:
    """Tell whether a record clears nothing whatever the moment: it is revoked or defective."""
    return bool(consent.revocation or consent.record.revoked or consent.record.defects)
