"""What holds of every case, record and moment, however odd: tried on many that nobody thought of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st
from verdicts import LICENCE, PATIENT, STAFF, codes, entries, medium, story

from pipeline.rules.consent import Clearance, Consent, Moment, Refusal, Revocation, decide
from pipeline.rules.media import Asset, Case, Fall, Role
from pipeline.rules.signed.elements import Defect, RecordKind
from pipeline.rules.signed.records import Allows, Covers, Record, Representative, read_record

PEOPLE = ("0042", "42", "bo", "kim")
WORKS = ("film-7", "film-8", "bo")
IDS = tuple(f"r-{number}" for number in range(6))
CHANNELS = ("web", "print")

# Few days and few names, so that they meet.
days = st.integers(0, 12).map(lambda weeks: date(2026, 5, 1) + timedelta(weeks=weeks))
instants = st.builds(
    lambda on, hour: datetime(on.year, on.month, on.day, hour, 30, tzinfo=UTC),
    days,
    st.integers(0, 23),
)
moments = st.builds(
    Moment,
    instants,
    st.sampled_from((ZoneInfo("America/New_York"), ZoneInfo("Pacific/Auckland"), timezone.utc)),  # noqa: UP017 - any tzinfo will do
    st.sampled_from((0, 3660, 90_000)),
)
covers = st.builds(
    Covers,
    treatments=st.sampled_from(
        (frozenset[str](), frozenset({"dry-needling"}), frozenset({"massage"}))
    ),
    cases=st.sampled_from((frozenset[str](), frozenset({"dry-needling--0042"}))),
    taken_until=st.none() | days,
)
DEFECT = Defect("consent_element_missing", "purpose", "a rule")


@st.composite
def records(draw: st.DrawFn) -> Record:
    """A record that holds for a while, or anything else that the type can be."""
    odd = draw(st.integers(0, 3)) == 0
    kind = draw(st.sampled_from((RecordKind.PATIENT, RecordKind.PATIENT, *RecordKind)))
    return Record(
        id=draw(st.sampled_from(IDS)),
        subject=draw(st.sampled_from(WORKS if kind is RecordKind.LICENCE else PEOPLE)),
        kind=draw(st.none()) if odd and draw(st.booleans()) else kind,
        signed_on=draw(st.none() | days) if odd else draw(days),
        channels=draw(st.frozensets(st.sampled_from(CHANNELS))) if odd else frozenset(CHANNELS),
        expires_on=draw(st.none() | days) if odd else date(2026, 12, 1),
        representative=Representative("B", "mother", draw(st.none() | days)) if odd else None,
        allows=draw(st.builds(Allows, *[st.booleans()] * 5)),
        covers=draw(st.none() | covers),
        renews=draw(st.none() | st.sampled_from(IDS)),
        revoked=odd and draw(st.booleans()),
        revoked_on=draw(st.none() | days) if odd else None,
        received_at=draw(st.none() | instants) if odd else None,
        defects=(DEFECT,) if odd and draw(st.booleans()) else (),
    )


revocations = st.builds(Revocation, instants, instants)
consents = st.lists(
    st.builds(
        Consent,
        record=records(),
        version=st.integers(1, 3),
        recorded_at=instants,
        revocation=st.sampled_from((None, None, None)) | revocations,
        ended_on=st.none() | st.none() | days,
    ),
    max_size=6,
    unique_by=lambda consent: consent.record.id,
)
falls = st.lists(
    st.builds(
        Fall,
        channel=st.sampled_from(CHANNELS),
        cause=st.sampled_from(("expired", "revoked", "expired", "?")),
        person=st.sampled_from(PEOPLE),
        consents=st.lists(st.sampled_from(IDS), max_size=2).map(tuple),
        at=instants,
        received_at=instants,
    ),
    max_size=2,
).map(tuple)


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """A case of up to four pictures, some of them paired."""
    names = draw(st.sampled_from(("", "a", "ab", "abc", "abcd")))
    assets = [
        replace(
            medium(name, role=draw(st.sampled_from((Role.BEFORE, Role.AFTER, Role.PRESS)))),
            people=tuple(draw(st.lists(st.sampled_from(PEOPLE), max_size=2, unique=True))),
            rights=tuple(draw(st.lists(st.sampled_from(IDS), max_size=1))),
            received_on=draw(days),
        )
        for name in names
    ]
    return story(
        assets=tuple(assets),
        subject=draw(st.sampled_from(PEOPLE)),
        subject_kind=draw(st.sampled_from(("patient", "patient", "staff", "?"))),
        pairs=draw(st.sampled_from(((), (("a", "b"),), (("a", "b"), ("b", "c")), (("a", "z"),)))),
        falls=draw(falls),
        consents=draw(st.none() | st.lists(st.sampled_from(IDS), max_size=3).map(tuple)),
        consents_named_at=draw(st.none() | instants),
    )


handed_in = st.recursive(
    st.none()
    | st.booleans()
    | st.text(max_size=12)
    | st.sampled_from(("web", "yes", "2026-05-01")),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=6,
)


@given(
    st.sampled_from((PATIENT, STAFF, LICENCE)),
    st.dictionaries(
        st.sampled_from(sorted(PATIENT | LICENCE | {"covers": "", "renews": ""})), handed_in
    ),
    instants,
    moments,
)
def test_whatever_is_handed_in_is_decided(
    base: dict[str, object], odd: dict[str, object], recorded_at: datetime, moment: Moment
) -> None:
    """A record of any content is decided on without an error, and a defective one clears nothing."""
    record = read_record(entries(base) | odd)
    if not isinstance(record, Record):
        return
    case = story(medium(people=(record.subject,), rights=(record.id,)), subject=record.subject)
    for each in (case, replace(case, assets=(replace(case.assets[0], rights=()),))):
        answer = decide(
            each, channel="web", consents=[Consent(record, 1, recorded_at)], moment=moment
        )
        assert isinstance(answer, Refusal) or not record.defects


@settings(max_examples=400)
@given(cases(), consents, moments, st.sampled_from(CHANNELS))
def test_a_yes_stands_on_records_that_hold(
    case: Case, known: list[Consent], moment: Moment, channel: str
) -> None:
    """Whatever is cleared, everybody's governing record holds: asked again in plainer words."""
    answer = decide(case, channel=channel, consents=known, moment=moment)
    if isinstance(answer, Refusal):
        assert answer.reasons
        return
    permits = {permit.sha256: permit for permit in answer.permits}
    for asset in case.assets:
        if asset.sha256 not in permits:
            continue
        on = [
            governor(code, case=case, asset=asset, known=known)
            for code in {*asset.people, *(() if asset.role is Role.PRESS else (case.subject,))}
        ]
        on += [work_of(id_, case=case, asset=asset, known=known) for id_ in asset.rights]
        assert permits[asset.sha256].stands_on == {(c.record.id, c.version) for c in on}
        for consent in on:
            assert_holds(consent, moment=moment, channel=channel)
            for name in ("face", "voice"):
                hidden = name in permits[asset.sha256].redactions
                licence = consent.record.kind is RecordKind.LICENCE
                assert hidden or licence or getattr(consent.record.allows, name)
    for pair in case.pairs:
        assert permits.keys() >= set(pair) or not permits.keys() & set(pair)


def governor(
    code: str, *, case: Case, asset: Asset, known: list[Consent], licences: bool = False
) -> Consent:
    """The latest signed, then latest recorded, of those that cover and are named; it is there."""
    found = [c for c in known if c.record.subject == code and _covers(c, case=case, asset=asset)]
    if case.consents is not None and not licences:
        found = [c for c in found if c.record.id in case.consents]
    signed_on = [(c.record.signed_on or date.min, c.recorded_at) for c in found]
    latest = [c for c, key in zip(found, signed_on, strict=True) if key == max(signed_on)]
    return max(latest, key=lambda c: c.record.id)


def work_of(id_: str, *, case: Case, asset: Asset, known: list[Consent]) -> Consent:
    """The governing licence of the work that a licence is for."""
    (work,) = {c.record.subject for c in known if c.record.id == id_}
    return governor(work, case=case, asset=asset, known=known, licences=True)


def _covers(consent: Consent, *, case: Case, asset: Asset) -> bool:
    scope = consent.record.covers or Covers()
    return (
        scope.treatments in (frozenset(), frozenset({case.treatment}))
        and scope.cases in (frozenset(), frozenset({case.name}))
        and (scope.taken_until is None or asset.received_on <= scope.taken_until)
    )


def assert_holds(consent: Consent, *, moment: Moment, channel: str) -> None:
    """A record that is whole, begun, not ended while a copy lives, not revoked, for the channel."""
    record = consent.record
    assert not record.defects
    assert record.kind is not None
    assert not record.revoked
    assert consent.revocation is None
    assert channel in record.channels
    here = moment.now.astimezone(moment.zone).date()
    gone = (moment.now.astimezone(UTC) + timedelta(seconds=moment.lead_s)).astimezone(moment.zone)
    assert record.signed_on is not None
    assert record.signed_on <= here
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


@settings(max_examples=400)
@given(cases(), consents, moments, st.sampled_from(sorted(RESTRICTIONS)), st.data())
def test_less_consent_never_shows_more(
    case: Case, known: list[Consent], moment: Moment, how: str, data: st.DataObject
) -> None:
    """A record that is restricted in any way leaves the same or less to be shown, never more."""
    if not known:
        return
    place = data.draw(st.integers(0, len(known) - 1))
    less = [RESTRICTIONS[how](c) if at == place else c for at, c in enumerate(known)]
    assert_no_wider(case, case, known, less, moment, moment)


@given(cases(), consents, moments, st.sampled_from(PEOPLE))
def test_without_records_of_a_person_nothing_is_gained(
    case: Case, known: list[Consent], moment: Moment, person: str
) -> None:
    """Taking away all records of somebody in the case shows nothing more."""
    in_it = {case.subject, *(code for asset in case.assets for code in asset.people)}
    less = [c for c in known if c.record.subject != person or person not in in_it]
    assert_no_wider(case, case, known, less, moment, moment)


@given(cases(), consents, moments, st.sampled_from(PEOPLE), st.sampled_from(IDS), falls)
def test_more_people_rights_and_falls_never_show_more(
    case: Case,
    known: list[Consent],
    moment: Moment,
    person: str,
    right: str,
    more: tuple[Fall, ...],
) -> None:
    """Another person, right, pair, fall or second of cache leaves the same or less."""
    for stricter in (
        replace(case, assets=tuple(replace(a, people=(*a.people, person)) for a in case.assets)),
        replace(case, assets=tuple(replace(a, rights=(*a.rights, right)) for a in case.assets)),
        replace(case, falls=(*case.falls, *more)),
        replace(case, pairs=(*case.pairs, ("a", "c"))),
    ):
        assert_no_wider(case, stricter, known, known, moment, moment)
    longer = replace(moment, lead_s=moment.lead_s + 90_000)
    assert_no_wider(case, case, known, known, moment, longer)


def assert_no_wider(
    case: Case,
    stricter: Case,
    known: list[Consent],
    less: list[Consent],
    moment: Moment,
    later: Moment,
) -> None:
    """The second question is answered with the same or less than the first."""
    more = decide(case, channel="web", consents=known, moment=moment)
    fewer = decide(stricter, channel="web", consents=less, moment=later)
    if isinstance(fewer, Refusal):
        return
    assert isinstance(more, Clearance), f"a yes came of a no ({codes(more)})"
    before = {permit.sha256: permit for permit in more.permits}
    for permit in fewer.permits:
        assert permit.sha256 in before
        assert permit.redactions >= before[permit.sha256].redactions
        was = before[permit.sha256].until
        assert was is None or (permit.until is not None and permit.until <= was)


@given(cases(), consents, moments, st.randoms(use_true_random=False))
def test_the_order_of_records_never_matters(
    case: Case, known: list[Consent], moment: Moment, dice: st.random.Random
) -> None:
    """The same records in another order are the same verdict."""
    shuffled = dice.sample(known, len(known))
    one = decide(case, channel="web", consents=known, moment=moment)
    other = decide(case, channel="web", consents=shuffled, moment=moment)
    assert codes(one) == codes(other)
    assert isinstance(one, Clearance) == isinstance(other, Clearance)
    if isinstance(one, Clearance) and isinstance(other, Clearance):
        assert one.permits == other.permits
        assert one.withheld == other.withheld
