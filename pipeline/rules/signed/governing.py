"""Which record governs for a person or a work, and whether it holds.

Exactly one does: the latest signed (then latest recorded) of that subject whose `covers` includes
the case. Revoked, expired and defective records are candidates too: if the governing one is not
valid the answer is no, and an older one never steps in. Sources: 45 CFR 164.508, and section 2
of the contracts.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from pipeline.rules.errors import Reason
from pipeline.rules.media import Asset, Case, Fall
from pipeline.rules.signed.elements import RecordKind
from pipeline.rules.signed.records import Record

PEOPLE_KINDS = frozenset({RecordKind.PATIENT, RecordKind.STAFF})


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
    if record.signed_on:
        # Nobody revokes what is not signed yet: an earlier notice is a slip of the pen.
        notices.append(datetime.combine(record.signed_on, time.min, moment.zone))
    return max(notices, default=consent.recorded_at)


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


def governing(
    code: str,
    *,
    kinds: Collection[str],
    case: Case,
    asset: Asset,
    consents: Sequence[Consent],
    moment: Moment,
) -> Consent | tuple[Reason, ...]:
    """Return the valid governing record of a person or work, or why there is none."""
    fact = {"code": code}
    twin = _twin(code, case=case, consents=consents)
    if twin is not None:
        return (Reason("code_leading_zeros", facts=fact | {"other": twin}),)
    known = [consent for consent in consents if consent.record.subject == code]
    if not known:
        return (Reason("no_consent", facts=fact),)
    if {consent.record.kind for consent in known} >= PEOPLE_KINDS:
        return (Reason("code_both_kinds", facts=fact),)
    covering = [consent for consent in known if covers(consent, case=case, asset=asset)]
    if not covering:
        return (Reason("not_covered", facts=fact | {"id": _latest(known, moment).record.id}),)
    named = covering
    if case.consents is not None and RecordKind.LICENCE not in kinds:
        named = [consent for consent in covering if consent.record.id in case.consents]
        if not named:
            return (Reason("consent_not_named", facts=fact | {"ids": ", ".join(case.consents)}),)
    governs = _latest(named, moment)
    return (
        _invalid(governs, kinds=kinds, moment=moment)
        or _after_a_revocation(governs, known=known, case=case, moment=moment)
        or _after_a_fall(governs, covering=covering, case=case, moment=moment)
        or governs
    )


def _twin(code: str, *, case: Case, consents: Iterable[Consent]) -> str | None:
    """Find another code, on a record or in the case, that differs by leading zeros only."""
    codes = {case.subject, *(person for asset in case.assets for person in asset.people)}
    codes |= {consent.record.subject for consent in consents}
    bare = code.lstrip("0")
    return min((each for each in codes - {code} if each.lstrip("0") == bare), default=None)


def _latest(consents: Iterable[Consent], moment: Moment) -> Consent:
    """Pick the latest signed, then latest recorded; a day that nobody can read counts as late.

    Of two that are equally late the one that clears nothing, so that their order never matters.
    """
    return max(
        consents,
        key=lambda c: (
            c.record.signed_on or moment.day_of(c.recorded_at),
            c.recorded_at,
            _is_void(c),
            c.record.id,
            c.version,
        ),
    )


def _is_void(consent: Consent) -> bool:
    return bool(consent.revocation or consent.record.revoked or consent.record.defects)


def _invalid(consent: Consent, *, kinds: Collection[str], moment: Moment) -> tuple[Reason, ...]:
    """Say what is wrong with a record in itself."""
    record = consent.record
    fact = {"code": record.subject, "id": record.id}
    if received_at(consent, moment=moment):
        return (Reason("consent_revoked", facts=fact),)
    if record.defects and (record.kind is None or record.kind in kinds):
        return defects_of(record)
    if record.kind is None or record.kind not in kinds:
        wanted = " or ".join(sorted(kinds))
        return (Reason("wrong_kind", facts=fact | {"kind": str(record.kind), "wanted": wanted}),)
    if record.signed_on is None or record.signed_on > moment.today:
        return (Reason("consent_not_started", facts=fact | {"day": str(record.signed_on)}),)
    end = end_of(consent)
    if end is not None and end <= moment.last_day_needed:
        return (Reason("consent_expired", facts=fact | {"day": end.isoformat()}),)
    return ()


def defects_of(record: Record) -> tuple[Reason, ...]:
    """Say what a record leaves out, each element with its citation."""
    found = []
    for defect in record.defects:
        reason = defect.reason(record.id)
        found.append(replace(reason, facts={**reason.facts, "code": record.subject}))
    return tuple(found)


def _after_a_revocation(
    governs: Consent, *, known: Sequence[Consent], case: Case, moment: Moment
) -> tuple[Reason, ...]:
    """Hold a record against every revocation by its person: those of this case as a whole."""
    record = governs.record
    signed_on = record.signed_on or date.min
    for other in known:
        received = received_at(other, moment=moment)
        if received is None or not covers_case(other, case=case):
            continue
        # A signature of the same day does not show which came first, so it does not count.
        day = moment.day_of(received)
        if signed_on <= day:
            fact = {"code": record.subject, "id": record.id, "day": day.isoformat()}
            return (Reason("signed_before_revocation", facts=fact),)
    return ()


def _after_a_fall(
    governs: Consent, *, covering: Sequence[Consent], case: Case, moment: Moment
) -> tuple[Reason, ...]:
    """Hold a record against the times when this very case came down because of its person."""
    record = governs.record
    fact = {"code": record.subject, "id": record.id}
    for fall in case.falls:
        if fall.person != record.subject:
            continue
        if fall.cause == "expired":
            if not _brings_back(governs, fall=fall, covering=covering, case=case):
                return (Reason("not_renewed", facts=fact),)
        elif not _reopens(record, fall=fall, case=case, moment=moment):
            return (Reason("closed_by_revocation", facts=fact),)
    return ()


def still_closed(case: Case, *, consents: Sequence[Consent], moment: Moment) -> Reason | None:
    """Say that a revocation closed the case, whoever is in it by now; None when it is open.

    Only an amendment after the revocation that names a record signed after it opens the case:
    taking the person out of the words of case.yaml does not take him out of the pictures.
    """
    for fall in case.falls:
        if fall.cause == "revoked" and not any(
            _reopens(each.record, fall=fall, case=case, moment=moment) for each in consents
        ):
            facts = {"code": fall.person, "id": ", ".join(fall.consents)}
            return Reason("closed_by_revocation", facts=facts)
    return None


def _reopens(record: Record, *, fall: Fall, case: Case, moment: Moment) -> bool:
    """Only an amendment after the revocation that names a record signed after it opens a case."""
    return (
        case.consents is not None
        and record.id in case.consents
        and case.consents_named_at is not None
        and case.consents_named_at > fall.at
        and record.signed_on is not None
        and record.signed_on > moment.day_of(fall.received_at)
    )


def _brings_back(governs: Consent, *, fall: Fall, covering: Sequence[Consent], case: Case) -> bool:
    """Tell whether a record renews what fell by expiry, or followed in time one that did.

    Once a case has come back, a record signed before the end of the one it stands on carries on
    where that one left off: a renewal in time takes nothing down.
    """
    since = [c for c in covering if c.recorded_at > fall.at and not _is_void(c)]
    back: list[Consent] = []
    for each in sorted([*since, governs], key=lambda c: c.record.signed_on or date.min):
        follows = any(_follows(each.record, earlier) for earlier in back)
        if follows or _renews(each.record, fall=fall, case=case):
            back.append(each)
    return governs in back


def _follows(record: Record, earlier: Consent) -> bool:
    """Tell whether a record continues an earlier one: by its word, or signed before it ended."""
    if record.renews == earlier.record.id:
        return True
    begins, signed_on, end = earlier.record.signed_on, record.signed_on, end_of(earlier)
    if begins is None or signed_on is None:
        return False
    return begins < signed_on and (end is None or signed_on < end)


def _renews(record: Record, *, fall: Fall, case: Case) -> bool:
    if record.id not in fall.consents and record.renews in fall.consents:
        return True
    scope = record.covers
    return scope is not None and (
        case.treatment in scope.treatments or bool({case.name, case.slug} & scope.cases)
    )
