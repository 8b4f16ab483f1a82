"""Whether a case may be shown on a channel: the only place where a `Clearance` is made.

The answers of everyone seen or heard in an original, and of every right in it, are intersected;
both halves of a comparison are shown or neither; and whatever is not understood is a no. Which
record answers for a person is `signed.governing`'s matter. Sources: 45 CFR 164.508, and section 2
of the contracts.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from pipeline.rules.errors import Reason
from pipeline.rules.media import Asset, Case, Role
from pipeline.rules.signed.consents import Consent, Moment, Revocation, end_of
from pipeline.rules.signed.elements import RecordKind
from pipeline.rules.signed.governing import PEOPLE_KINDS, defects_of, governing
from pipeline.rules.signed.returning import still_closed

__all__ = [
    "Clearance",
    "Consent",
    "Moment",
    "Permit",
    "Refusal",
    "Revocation",
    "decide",
    "defects_of",
    "end_of",
]

SEEN_OR_HEARD = frozenset({"face", "voice"})
TOLD = frozenset({"name", "condition", "quote"})


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


@dataclass(frozen=True, slots=True)
class _Answer:
    permit: Permit
    withheld: frozenset[str]


def decide(
    case: Case, *, channel: str, consents: Sequence[Consent], moment: Moment
) -> Clearance | Refusal:
    """Decide what of a case may be shown on a channel at a moment.

    `consents` must hold the newest version of every record of every person in the case, of every
    licence of the works that its `rights` name, and of every code that differs from one of theirs
    by leading zeros only; and every version of those of them that were revoked.
    """
    answers: dict[str, _Answer] = {}
    reasons: list[Reason] = []
    closed = still_closed(case, consents=consents, moment=moment)
    if closed is not None:
        return Refusal(case.name, channel, (replace(closed, channel=channel),))
    for asset in case.assets:
        answer = _of_asset(asset, case=case, channel=channel, consents=consents, moment=moment)
        if isinstance(answer, _Answer):
            answers[asset.sha256] = answer
        else:
            reasons.extend(answer)
    reasons += _unpaired(answers, case=case, channel=channel)
    if not answers:
        return Refusal(case.name, channel, _once(reasons) or (Reason("nothing_to_show"),))
    return Clearance(
        case=case.name,
        channel=channel,
        permits=tuple(answer.permit for answer in answers.values()),
        left_out=_once(reasons),
        withheld=frozenset().union(*(answer.withheld for answer in answers.values())),
    )


def _unpaired(answers: dict[str, _Answer], *, case: Case, channel: str) -> list[Reason]:
    """Take out of the answers what is half of a comparison whose other half may not be shown.

    Half a comparison would tell what the other half was: both sides or neither.
    """
    files = {asset.sha256: asset.file for asset in case.assets}
    taken: list[str] = []
    while lone := [
        sha
        for pair in case.pairs
        if not answers.keys() >= set(pair)
        for sha in pair
        if sha in answers
    ]:
        for sha in dict.fromkeys(lone):
            del answers[sha]
            taken.append(sha)
    return [Reason("pair_incomplete", file=files[sha], channel=channel) for sha in taken]


def _once(reasons: Iterable[Reason]) -> tuple[Reason, ...]:
    """Name a reason that concerns every file of a case once, without a file."""
    by_text: dict[tuple[str, tuple[tuple[str, str], ...]], list[Reason]] = {}
    for reason in reasons:
        by_text.setdefault((reason.code, tuple(sorted(reason.facts.items()))), []).append(reason)
    return tuple(
        same[0] if len(same) == 1 else replace(same[0], file=None) for same in by_text.values()
    )


def _of_asset(
    asset: Asset, *, case: Case, channel: str, consents: Sequence[Consent], moment: Moment
) -> _Answer | tuple[Reason, ...]:
    """Intersect the answers of everyone and everything in one original."""
    answered: list[Consent] = []
    reasons: list[Reason] = []
    asked = [(code, _kinds_of(code, case=case)) for code in _people_in(asset, case=case)]
    for licence in asset.rights:
        work = next((c.record.subject for c in consents if c.record.id == licence), None)
        if work is None:
            reasons.append(Reason("no_licence", facts={"id": licence}))
        else:
            asked.append((work, {RecordKind.LICENCE}))
    for code, kinds in asked:
        answer = governing(
            code, kinds=kinds, case=case, asset=asset, consents=consents, moment=moment
        )
        if not isinstance(answer, Consent):
            reasons.extend(answer)
        elif channel not in answer.record.channels:
            fact = {"code": code, "id": answer.record.id, "channel": channel}
            reasons.append(Reason("channel_not_allowed", facts=fact))
        else:
            answered.append(answer)
    if reasons:
        return tuple(replace(reason, file=asset.file, channel=channel) for reason in reasons)
    # A licence speaks for a work, which has no face: it allows by its channels alone.
    people = [c.record for c in answered if c.record.kind is not RecordKind.LICENCE]
    hidden = {
        name
        for name in SEEN_OR_HEARD | TOLD
        if not all(getattr(record.allows, name) for record in people)
    }
    permit = Permit(
        sha256=asset.sha256,
        redactions=SEEN_OR_HEARD & hidden,
        until=min((end for c in answered if (end := end_of(c))), default=None),
        stands_on=frozenset((c.record.id, c.version) for c in answered),
    )
    return _Answer(permit, TOLD & hidden)


def _people_in(asset: Asset, *, case: Case) -> tuple[str, ...]:
    """Everyone whose answer counts: the subject always, except in press."""
    if asset.role is Role.PRESS or case.subject in asset.people:
        return asset.people
    return (case.subject, *asset.people)


def _kinds_of(code: str, *, case: Case) -> Collection[str]:
    return PEOPLE_KINDS & {case.subject_kind} if code == case.subject else PEOPLE_KINDS
