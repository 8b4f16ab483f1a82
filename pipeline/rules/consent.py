"""Whether a case may be shown on a channel: the only place where a `Clearance` is made.

For every person or right in a medium exactly one record governs: the latest signed (then latest
recorded) of that subject whose `covers` includes the case. If the governing record is not valid
the answer is no; an older one never steps in. Answers are intersected, and whatever is not
understood is a no. Sources: 45 CFR 164.508, and section 2 of the contracts.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta, tzinfo

from pipeline.rules.errors import Reason
from pipeline.rules.media import Asset, Case, Fall
from pipeline.rules.signed.records import Record

PEOPLE_KINDS = frozenset({"patient", "staff"})


@dataclass(frozen=True, slots=True)
class Revocation:
    """That a record was revoked, and when the clinic received and recorded it."""

    received_at: datetime
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class Consent:
    """The newest version of a record, with what happened to it since it was signed.

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
        return self.now.astimezone(self.zone).date()

    @property
    def last_day_needed(self) -> date:
        """The clinic's day on which the last cached copy disappears."""
        return (self.now + timedelta(seconds=self.lead_s)).astimezone(self.zone).date()

    def day_of(self, instant: datetime) -> date:
        """The clinic's day of an instant."""
        return instant.astimezone(self.zone).date()


@dataclass(frozen=True, slots=True)
class Permit:
    """One original that may be shown: what to hide, until when (first day without), on what."""

    sha256: str
    redactions: frozenset[str]
    until: date | None
    stands_on: frozenset[tuple[str, int]]


@dataclass(frozen=True, slots=True)
class Clearance:
    """The answer yes for a case on a channel. Nothing can be planned without one.

    `permits` are the originals that may be shown; `left_out` says why others may not.
    `withheld` are the things that words may not tell: name, condition, quote.
    """

    case: str
    channel: str
    permits: tuple[Permit, ...]
    left_out: tuple[Reason, ...]
    withheld: frozenset[str]

    @property
    def until(self) -> date | None:
        """The first day on which something of this may not be shown any more."""
        return min((p.until for p in self.permits if p.until), default=None)

    @property
    def stands_on(self) -> frozenset[tuple[str, int]]:
        """The (id, version) of every record that this answer needs."""
        return frozenset(pair for permit in self.permits for pair in permit.stands_on)


@dataclass(frozen=True, slots=True)
class Refusal:
    """The answer no for a case on a channel, with reasons that a person can act on."""

    case: str
    channel: str
    reasons: tuple[Reason, ...]


def end_of(consent: Consent) -> date | None:
    """Return the first day without consent, as far as it is known; revocation is another matter."""
    record = consent.record
    until = record.representative.until if record.representative else None
    return min((day for day in (record.expires_on, until, consent.ended_on) if day), default=None)


def decide(
    case: Case, *, channel: str, consents: Sequence[Consent], moment: Moment
) -> Clearance | Refusal:
    """Decide what of a case may be shown on a channel at a moment.

    `consents` must hold the newest version of every record of every person in the case, of every
    code that differs from one of theirs by leading zeros only, and of every licence of the works
    that its `rights` name.
    """
    answers = {
        asset.sha256: _of_asset(asset, case=case, channel=channel, consents=consents, moment=moment)
        for asset in case.assets
    }
    refused = {sha: answer for sha, answer in answers.items() if isinstance(answer, tuple)}
    reasons = [reason for found in refused.values() for reason in found]
    for pair in case.pairs:
        # Half a comparison would tell what the other half was: both sides or neither.
        if refused.keys() & set(pair):
            for asset in case.assets:
                if asset.sha256 not in set(pair) - refused.keys():
                    continue
                if answers.pop(asset.sha256, ()) != ():
                    reasons.append(Reason("pair_incomplete", file=asset.file, channel=channel))
    permits = tuple(answer for answer in answers.values() if isinstance(answer, _Answer))
    if not permits:
        return Refusal(case.name, channel, _once(reasons) or (Reason("nothing_to_show"),))
    return Clearance(
        case=case.name,
        channel=channel,
        permits=tuple(answer.permit for answer in permits),
        left_out=_once(reasons),
        withheld=frozenset().union(*(answer.withheld for answer in permits)),
    )


@dataclass(frozen=True, slots=True)
class _Answer:
    permit: Permit
    withheld: frozenset[str]


def _once(reasons: Iterable[Reason]) -> tuple[Reason, ...]:
    """Name a reason that concerns every file of a case once, without a file."""
    found = list(reasons)
    by_text: dict[tuple[str, tuple[tuple[str, str], ...]], list[Reason]] = {}
    for reason in found:
        by_text.setdefault((reason.code, tuple(sorted(reason.facts.items()))), []).append(reason)
    return tuple(
        same[0] if len(same) == 1 else replace(same[0], file=None) for same in by_text.values()
    )


def _of_asset(
    asset: Asset, *, case: Case, channel: str, consents: Sequence[Consent], moment: Moment
) -> _Answer | tuple[Reason, ...]:
    """Intersect the answers of everyone and everything in one original."""
    governing: list[Consent] = []
    reasons: list[Reason] = []
    asked = [(code, _kinds_of(code, case=case)) for code in asset.people]
    for licence in asset.rights:
        work = next((c.record.subject for c in consents if c.record.id == licence), None)
        if work is None:
            reasons.append(Reason("no_licence", facts={"id": licence}))
        else:
            asked.append((work, frozenset({"licence"})))
    for code, kinds in asked:
        answer = _of_code(
            code, kinds=kinds, case=case, asset=asset, consents=consents, moment=moment
        )
        if isinstance(answer, Consent):
            governing.append(answer)
            if channel not in answer.record.channels:
                reasons.append(
                    Reason(
                        "channel_not_allowed",
                        facts={"code": code, "id": answer.record.id, "channel": channel},
                    )
                )
        else:
            reasons.extend(answer)
    if reasons:
        return tuple(replace(reason, file=asset.file, channel=channel) for reason in reasons)
    allowed = [consent.record.allows for consent in governing]
    hidden = {
        name
        for name in ("face", "voice", "name", "condition", "quote")
        if not all(getattr(allows, name) for allows in allowed)
    }
    permit = Permit(
        sha256=asset.sha256,
        redactions=frozenset(hidden & {"face", "voice"}),
        until=min((end for c in governing if (end := end_of(c))), default=None),
        stands_on=frozenset((c.record.id, c.version) for c in governing),
    )
    return _Answer(permit, frozenset(hidden - {"face", "voice"}))


def _kinds_of(code: str, *, case: Case) -> frozenset[str]:
    return frozenset({case.subject_kind}) if code == case.subject else PEOPLE_KINDS


def covers(consent: Consent, *, case: Case, asset: Asset) -> bool:
    """Tell whether a record speaks about this original of this case."""
    scope = consent.record.covers
    if scope is None:
        return True
    if scope.treatments and case.treatment not in scope.treatments:
        return False
    if scope.cases and not {case.name, case.slug} & set(scope.cases):
        return False
    taken_on = asset.facts.taken_on or asset.received_on
    return scope.taken_until is None or taken_on <= scope.taken_until


def _of_code(  # noqa: PLR0911 - each return is one of the contract's sentences, in its order
    code: str,
    *,
    kinds: frozenset[str],
    case: Case,
    asset: Asset,
    consents: Sequence[Consent],
    moment: Moment,
) -> Consent | tuple[Reason, ...]:
    """Return the valid governing record of a person or work, or why there is none."""
    fact = {"code": code}
    twins = [
        c.record.subject
        for c in consents
        if c.record.subject != code and c.record.subject.lstrip("0") == code.lstrip("0")
    ]
    if twins:
        return (Reason("code_leading_zeros", facts=fact | {"other": twins[0]}),)
    known = [consent for consent in consents if consent.record.subject == code]
    if not known:
        return (Reason("no_consent", facts=fact),)
    if {consent.record.kind for consent in known} >= PEOPLE_KINDS:
        return (Reason("code_both_kinds", facts=fact),)
    covering = [consent for consent in known if covers(consent, case=case, asset=asset)]
    if not covering:
        return (Reason("not_covered", facts=fact | {"id": _latest(known, moment).record.id}),)
    named = covering
    if case.consents is not None and "licence" not in kinds:
        named = [consent for consent in covering if consent.record.id in case.consents]
        if not named:
            return (Reason("consent_not_named", facts=fact | {"ids": ", ".join(case.consents)}),)
    governs = _latest(named, moment)
    reasons = _invalid(governs, kinds=kinds, moment=moment)
    if not reasons:
        reasons = _after_an_end(governs, code=code, covering=covering, case=case, moment=moment)
    return reasons or governs


def _latest(consents: Iterable[Consent], moment: Moment) -> Consent:
    """Pick the latest signed, then latest recorded; a day that nobody can read counts as late."""
    return max(
        consents,
        key=lambda c: (c.record.signed_on or moment.day_of(c.recorded_at), c.recorded_at),
    )


def _invalid(consent: Consent, *, kinds: frozenset[str], moment: Moment) -> tuple[Reason, ...]:
    """Say what is wrong with a record in itself."""
    record = consent.record
    fact = {"code": record.subject, "id": record.id}
    if consent.revocation or record.revoked:
        return (Reason("consent_revoked", facts=fact),)
    if record.kind is not None and record.kind not in kinds:
        wanted = " or ".join(sorted(kinds))
        return (Reason("wrong_kind", facts=fact | {"kind": record.kind, "wanted": wanted}),)
    if record.defects:
        return defects_of(record)
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


def _after_an_end(
    governs: Consent, *, code: str, covering: Sequence[Consent], case: Case, moment: Moment
) -> tuple[Reason, ...]:
    """Hold a record against what ended before it: revocations, and falls of this very case."""
    record = governs.record
    fact = {"code": code, "id": record.id}
    signed_on = record.signed_on or date.min
    for other in covering:
        received = _received_on(other, moment)
        # A signature of the same day does not show which came first, so it does not count.
        if received is not None and signed_on <= received:
            return (Reason("signed_before_revocation", facts=fact | {"day": received.isoformat()}),)
    falls = [fall for fall in case.falls if fall.person == code]
    for fall in falls:
        if fall.cause == "revoked" and not _reopened(case, fall=fall, record=record, moment=moment):
            return (Reason("closed_by_revocation", facts=fact),)
    expired = [fall for fall in falls if fall.cause == "expired"]
    if expired and not _renews(record, fall=max(expired, key=lambda f: f.at), case=case):
        return (Reason("not_renewed", facts=fact),)
    return ()


def _received_on(consent: Consent, moment: Moment) -> date | None:
    if consent.revocation:
        return moment.day_of(consent.revocation.received_at)
    if consent.record.revoked:
        received = consent.record.received_at
        return (
            (moment.day_of(received) if received else None)
            or consent.record.revoked_on
            or moment.day_of(consent.recorded_at)
        )
    return None


def _reopened(case: Case, *, fall: Fall, record: Record, moment: Moment) -> bool:
    """Only an amendment after the revocation that names a record signed after it opens a case."""
    return (
        case.consents is not None
        and record.id in case.consents
        and case.consents_named_at is not None
        and case.consents_named_at > fall.at
        and record.signed_on is not None
        and record.signed_on > moment.day_of(fall.received_at)
    )


def _renews(record: Record, *, fall: Fall, case: Case) -> bool:
    if record.id not in fall.consents and record.renews in fall.consents:
        return True
    scope = record.covers
    return scope is not None and (
        case.treatment in scope.treatments or bool({case.name, case.slug} & set(scope.cases))
    )
