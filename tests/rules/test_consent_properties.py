"""What holds of every case, record and moment: tried on many that nobody thought of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st
from verdicts import LICENCE, PATIENT, STAFF, codes, entries, medium, story

from pipeline.rules.consent import Clearance, Consent, Moment, Refusal, Revocation, decide
from pipeline.rules.media import Asset, Case, Fall, Role
from pipeline.rules.signed.elements import Defect, RecordKind
from pipeline.rules.signed.records import Allows, Covers, Record, Representative, read_record

PEOPLE = ("0042", "0042", "0042", "kim", "bo")
WORKS = ("film-7", "film-8", "042")
IDS = tuple(f"r-{number}" for number in range(6))

KINDS = {
    "0042": RecordKind.PATIENT,
    "kim": RecordKind.PATIENT,
    "bo": RecordKind.STAFF,
    **dict.fromkeys(WORKS, RecordKind.LICENCE),
}
# Few days, names and records, so that they meet; mostly sound ones, so that many worlds say yes.
DEFECT = Defect("consent_element_missing", "purpose", "a rule")
LONG = datetime(2026, 12, 1, tzinfo=UTC).date()
ZONES = (ZoneInfo("America/New_York"), ZoneInfo("Pacific/Auckland"), UTC)


@dataclass(frozen=True)
class World:
    """A case, the records that there are, and a moment, all drawn from one number."""

    case: Case
    known: list[Consent]
    moment: Moment
    dice: Random

    def decide(self) -> Clearance | Refusal:
        """Decide for the web."""
        return decide(self.case, channel="web", consents=self.known, moment=self.moment)


class Dice:
    """Draws what a world is made of."""

    def __init__(self, number: int) -> None:
        """Begin with a number; the same one draws the same world."""
        self.dice = Random(number)  # noqa: S311 - a world is no secret

    def one(self, *things: Any) -> Any:
        """Draw one of some things."""
        return self.dice.choice(things)

    def rarely(self, sides: int = 8) -> bool:
        """Draw yes once in `sides` times."""
        return self.dice.randrange(sides) == 0

    def instant(self) -> datetime:
        """Draw a moment of three months, on some hour and a half."""
        weeks, hours = self.dice.randrange(13), self.dice.randrange(24)
        return datetime(2026, 5, 1, 0, 30, tzinfo=UTC) + timedelta(weeks=weeks, hours=hours)

    def day(self) -> date:
        """Draw a day of those three months."""
        return self.instant().date()

    def maybe_day(self) -> date | None:
        """Draw a day, rarely."""
        return self.day() if self.rarely() else None

    def covers(self) -> Covers | None:
        """Draw what a record covers: mostly everything."""
        if not self.rarely(4):
            return None
        return Covers(
            treatments=frozenset(self.one((), ("dry-needling",), ("massage",))),
            cases=frozenset(self.one((), (), ("dry-needling--0042",))),
            taken_until=self.maybe_day(),
        )

    def record(self, number: int) -> Record:
        """Draw a record: sound, or anything that the type can be."""
        subject = self.one(*WORKS) if self.rarely(5) else self.one(*PEOPLE)
        kind = KINDS[subject] if not self.rarely(15) else self.one(*RecordKind)
        return Record(
            id=f"r-{number}",
            subject=subject,
            kind=None if self.rarely(20) else kind,
            signed_on=None if self.rarely(20) else self.day() - timedelta(weeks=self.one(0, 9, 12)),
            channels=frozenset({"print"} if self.rarely(15) else {"web", "print"}),
            expires_on=(self.maybe_day() if self.rarely(2) else None) or LONG,
            representative=Representative("B", "mother", self.day()) if self.rarely(20) else None,
            allows=Allows(*(not self.rarely() for _ in range(5))),
            covers=self.covers(),
            renews=self.one(None, *IDS),
            revoked=self.rarely(25),
            revoked_on=self.maybe_day(),
            received_at=self.instant() if self.rarely() else None,
            defects=(DEFECT,) if self.rarely(20) else (),
        )

    def consent(self, number: int) -> Consent:
        """Draw a record with what happened to it."""
        return Consent(
            record=self.record(number),
            version=self.one(1, 2),
            recorded_at=self.instant(),
            revocation=Revocation(self.instant(), self.instant()) if self.rarely(20) else None,
            ended_on=self.day() if self.rarely(20) else None,
        )

    def fall(self) -> Fall:
        """Draw a fall."""
        cause = self.one("expired", "expired", "revoked", "?")
        ids = (self.one(*IDS), self.one(*IDS))
        return Fall("web", cause, self.one(*PEOPLE), ids, self.instant(), self.instant())

    def asset(self, name: str) -> Asset:
        """Draw a picture, of nobody else as a rule."""
        made = medium(name, role=Role.PRESS if self.rarely(12) else Role.SINGLE, people=())
        return replace(
            made,
            people=(self.one(*PEOPLE),) if self.rarely(4) else (),
            rights=(self.one(*IDS),) if self.rarely(12) else (),
            received_on=self.day(),
        )

    def world(self) -> World:
        """Draw a case of up to three pictures, up to six records and a moment."""
        case = story(
            assets=tuple(self.asset(name) for name in self.one("a", "ab", "ab", "abc")),
            subject=self.one("0042", "0042", "0042", "kim"),
            subject_kind="patient" if not self.rarely(15) else self.one("staff", "?"),
            pairs=self.one((), (), (), (("a", "b"),), (("a", "b"), ("b", "c")), (("a", "z"),)),
            falls=tuple(self.fall() for _ in range(self.one(0, 0, 0, 0, 1, 2))),
            consents=(self.one(*IDS), self.one(*IDS)) if self.rarely(6) else None,
            consents_named_at=self.one(None, self.instant()),
        )
        known = [self.consent(number) for number in range(self.one(2, 3, 4, 5, 6))]
        lead_s = self.one(0, 3660, 90_000)
        return World(
            case,
            known,
            Moment(self.instant() + timedelta(weeks=6), self.one(*ZONES), lead_s),
            self.dice,
        )


worlds = st.integers(0, 2**32).map(lambda number: Dice(number).world())
handed_in = st.recursive(
    st.none() | st.booleans() | st.text(max_size=9) | st.sampled_from(("web", "yes", "2026-05-01")),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=6,
)
ELEMENTS = sorted({*PATIENT, *LICENCE, "covers", "renews", "revoked_on", "representative"})


@settings(max_examples=100)
@given(
    st.sampled_from((PATIENT, STAFF, LICENCE)),
    st.dictionaries(st.sampled_from(ELEMENTS), handed_in, max_size=4),
    worlds,
)
def test_whatever_is_handed_in_is_decided(
    base: dict[str, Any], odd: dict[str, Any], world: World
) -> None:
    """A record of any content is decided on without an error; a defective one clears nothing."""
    record = read_record(entries(base) | odd)
    if not isinstance(record, Record):
        return
    consent = Consent(record, 1, world.moment.now)
    for rights in ((), (record.id,)):
        case = story(medium(people=(record.subject,), rights=rights), subject=record.subject)
        answer = decide(case, channel="web", consents=[consent], moment=world.moment)
        assert isinstance(answer, Refusal) or not record.defects


def test_worlds_are_worth_asking() -> None:
    """Many worlds say yes on a record, many say no, and every reason of the rules occurs."""
    answers = [Dice(number).world().decide() for number in range(1500)]
    standing = [each for each in answers if isinstance(each, Clearance) and each.stands_on]
    assert 150 < len(standing) < 1350
    assert {code for answer in answers for code in codes(answer)} >= {
        *("channel_not_allowed", "closed_by_revocation", "code_both_kinds", "code_leading_zeros"),
        *("consent_element_missing", "consent_expired", "consent_not_named", "consent_revoked"),
        *("consent_not_started", "no_consent", "no_licence", "not_covered", "not_renewed"),
        *("pair_incomplete", "signed_before_revocation", "wrong_kind"),
    }


@settings(max_examples=700)
@given(worlds)
def test_a_yes_stands_on_records_that_hold(world: World) -> None:
    """Whatever is cleared, everybody's governing record holds: asked again in plainer words."""
    answer, case, known = world.decide(), world.case, world.known
    if isinstance(answer, Refusal):
        assert answer.reasons
        return
    permits = {permit.sha256: permit for permit in answer.permits}
    for asset in case.assets:
        if asset.sha256 not in permits:
            continue
        people = {*asset.people, *(() if asset.role is Role.PRESS else (case.subject,))}
        works = {c.record.subject for c in known if c.record.id in asset.rights}
        assert len(works) == len(asset.rights)
        on = [governor(code, asset=asset, world=world, named=case.consents) for code in people]
        on += [governor(work, asset=asset, world=world, named=None) for work in works]
        permit = permits[asset.sha256]
        assert permit.stands_on == {(c.record.id, c.version) for c in on}
        for consent in on:
            assert_holds(consent, moment=world.moment)
            for name in ("face", "voice"):
                licence = consent.record.kind is RecordKind.LICENCE
                assert licence or name in permit.redactions or getattr(consent.record.allows, name)
    for pair in case.pairs:
        assert permits.keys() >= set(pair) or not permits.keys() & set(pair)


def governor(code: str, *, asset: Asset, world: World, named: tuple[str, ...] | None) -> Consent:
    """The latest signed, then latest recorded, of those that cover and are named; it is there."""
    found = [c for c in world.known if c.record.subject == code]
    found = [c for c in found if named is None or c.record.id in named]
    for consent in list(found):
        scope = consent.record.covers or Covers()
        if (
            scope.treatments - {world.case.treatment}
            or scope.cases - {world.case.name}
            or asset.received_on > (scope.taken_until or asset.received_on)
        ):
            found.remove(consent)
    return max(found, key=lambda c: (c.record.signed_on or date.min, c.recorded_at, c.record.id))


def assert_holds(consent: Consent, *, moment: Moment) -> None:
    """A record that is whole, begun, not ended while a copy lives, not revoked, for the channel."""
    record = consent.record
    assert not record.defects
    assert record.kind is not None
    assert not record.revoked
    assert consent.revocation is None
    assert "web" in record.channels
    assert record.signed_on is not None
    assert record.signed_on <= moment.now.astimezone(moment.zone).date()
    gone = (moment.now.astimezone(UTC) + timedelta(seconds=moment.lead_s)).astimezone(moment.zone)
    until = record.representative.until if record.representative else None
    for end in (record.expires_on, until, consent.ended_on):
        assert end is None or gone.date() < end


Restriction = Callable[[Consent], Consent]
RESTRICTIONS: dict[str, Restriction] = {
    "revoked": lambda c: replace(c, revocation=Revocation(c.recorded_at, c.recorded_at)),
    "said to be revoked": lambda c: replace(c, record=replace(c.record, revoked=True)),
    "ended": lambda c: replace(c, ended_on=date(2026, 5, 8)),
    "ends early": lambda c: replace(c, record=replace(c.record, expires_on=date(2026, 5, 8))),
    "until early": lambda c: replace(
        c, record=replace(c.record, representative=Representative("B", "m", date(2026, 5, 8)))
    ),
    "defective": lambda c: replace(c, record=replace(c.record, defects=(DEFECT,))),
    "without a channel": lambda c: replace(
        c, record=replace(c.record, channels=c.record.channels - {"web"})
    ),
    "allows nothing": lambda c: replace(c, record=replace(c.record, allows=Allows())),
    "renews nothing": lambda c: replace(c, record=replace(c.record, renews=None)),
}


@settings(max_examples=700)
@given(worlds, st.sampled_from(sorted(RESTRICTIONS)))
def test_less_consent_never_shows_more(world: World, how: str) -> None:
    """A record that is restricted in any way leaves the same or less to be shown, never more."""
    place = world.dice.randrange(len(world.known))
    known = [RESTRICTIONS[how](c) if at == place else c for at, c in enumerate(world.known)]
    assert_no_wider(world, replace(world, known=known))


@settings(max_examples=250)
@given(worlds, st.sampled_from(PEOPLE))
def test_without_records_of_a_person_nothing_is_gained(world: World, person: str) -> None:
    """Taking away all records of somebody in the case shows nothing more."""
    case = world.case
    in_it = {case.subject, *(code for asset in case.assets for code in asset.people)}
    known = [c for c in world.known if c.record.subject != person or person not in in_it]
    assert_no_wider(world, replace(world, known=known))


@settings(max_examples=250)
@given(worlds, st.sampled_from(PEOPLE), st.sampled_from(IDS))
def test_more_to_ask_never_shows_more(world: World, person: str, right: str) -> None:
    """Another person, right, pair, fall or hour of caches leaves the same or less."""
    case, assets = world.case, world.case.assets
    fall = Dice(world.dice.randrange(99)).fall()
    for stricter in (
        replace(case, assets=tuple(replace(a, people=(*a.people, person)) for a in assets)),
        replace(case, assets=tuple(replace(a, rights=(*a.rights, right)) for a in assets)),
        replace(case, falls=(*case.falls, fall)),
        replace(case, pairs=(*case.pairs, ("a", "c"))),
    ):
        assert_no_wider(world, replace(world, case=stricter))
    moment = replace(world.moment, lead_s=world.moment.lead_s + 3600)
    assert_no_wider(world, replace(world, moment=moment))


def assert_no_wider(world: World, stricter: World) -> None:
    """The second world is answered with the same or less than the first."""
    more, fewer = world.decide(), stricter.decide()
    if isinstance(fewer, Refusal):
        return
    assert isinstance(more, Clearance), f"a yes came of a no ({codes(more)})"
    before = {permit.sha256: permit for permit in more.permits}
    for permit in fewer.permits:
        assert permit.sha256 in before
        assert permit.redactions >= before[permit.sha256].redactions
        was = before[permit.sha256].until
        assert was is None or (permit.until is not None and permit.until <= was)


@settings(max_examples=250)
@given(worlds)
def test_the_order_of_records_never_matters(world: World) -> None:
    """The same records in another order are the same verdict."""
    shuffled = replace(world, known=world.dice.sample(world.known, len(world.known)))
    one, other = world.decide(), shuffled.decide()
    assert codes(one) == codes(other)
    assert isinstance(one, Clearance) == isinstance(other, Clearance)
    if isinstance(one, Clearance) and isinstance(other, Clearance):
        assert (one.permits, one.withheld) == (other.permits, other.withheld)
