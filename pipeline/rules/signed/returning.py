"""Coming back: what a record can do after its person revoked one, or after the case came down.

What came down by expiry rises under a record that renews; what came down by revocation is closed
until an amendment names a record signed after it (section 2 of the contracts).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from pipeline.rules.errors import Reason
from pipeline.rules.media import Case, Fall
from pipeline.rules.signed.consents import (
    Consent,
    Moment,
    covers_case,
    end_of,
    is_void,
    received_at,
)
from pipeline.rules.signed.records import Record


def after_a_revocation(
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


def after_a_fall(
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
    """Say that a revocation closed the case although nobody names its person any more.

    Taking a person out of the words of case.yaml does not take him out of the pictures: only an
    amendment after the revocation that names a record signed after it opens the case again. While
    the person is named, `governing` asks for the pictures that show him, and for no others.
    """
    named = {case.subject, *case.ever}
    named |= {each for asset in case.assets for each in (*asset.people, *asset.rights)}
    named |= {each.record.subject for each in consents if each.record.id in named}
    for fall in case.falls:
        if fall.cause != "revoked" or fall.person in named:
            continue
        if not any(_reopens(each.record, fall=fall, case=case, moment=moment) for each in consents):
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
    since = [c for c in covering if c.recorded_at > fall.at and not is_void(c)]
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
