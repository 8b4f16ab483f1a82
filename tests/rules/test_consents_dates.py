"""From which instant to which a record holds: days of the clinic, caches, nights of 23 hours."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from verdicts import NEW_YORK, NOON, Row, ask, day, medium, said, signed, staff, story

from pipeline.rules.consent import Clearance, Moment

YES, EXPIRED, EARLY = "yes c-1", "no consent_expired", "no consent_not_started"
HOUR = 3600

# zone, the moment in UTC, how many seconds a copy may live on, verdict on a record that was signed
# on 2026-03-01 and has no consent from 2026-11-01 on. The nights are those in which clocks change.
ENDS = [
    # New York: 1 November begins at 04:00 UTC; clocks go back two hours later
    ("America/New_York", "2026-11-01T03:59:59", 0, YES),
    ("America/New_York", "2026-11-01T04:00:00", 0, EXPIRED),
    ("America/New_York", "2026-11-01T02:59:59", HOUR, YES),
    ("America/New_York", "2026-11-01T03:00:00", HOUR, EXPIRED),
    ("America/New_York", "2026-11-01T06:30:00", 0, EXPIRED),
    ("America/New_York", "2026-10-31T04:00:00", 24 * HOUR, EXPIRED),
    ("America/New_York", "2026-10-31T03:59:59", 24 * HOUR, YES),
    ("America/New_York", "2027-05-01T00:00:00", 0, EXPIRED),
    # Madrid: 1 November begins at 23:00 UTC; clocks went back on 25 October
    ("Europe/Madrid", "2026-10-31T22:59:59", 0, YES),
    ("Europe/Madrid", "2026-10-31T23:00:00", 0, EXPIRED),
    ("Europe/Madrid", "2026-10-31T21:59:59", HOUR, YES),
    ("Europe/Madrid", "2026-10-31T22:00:00", HOUR, EXPIRED),
    # Auckland: 1 November begins at 11:00 UTC the day before
    ("Pacific/Auckland", "2026-10-31T10:59:59", 0, YES),
    ("Pacific/Auckland", "2026-10-31T11:00:00", 0, EXPIRED),
    ("Pacific/Auckland", "2026-10-31T09:59:59", HOUR, YES),
    ("Pacific/Auckland", "2026-10-31T10:00:00", HOUR, EXPIRED),
]


@pytest.mark.parametrize(("zone", "now", "lead_s", "verdict"), ENDS)
def test_all_is_down_before_the_first_day_without(
    zone: str, now: str, lead_s: int, verdict: str
) -> None:
    """`expires_on` is the clinic's first day without consent, and caches are empty before it."""
    moment = Moment(datetime.fromisoformat(f"{now}+00:00"), ZoneInfo(zone), lead_s)
    assert said(ask(story(), signed(expires_on="2026-11-01"), at=moment)) == verdict


# zone, day of signature, moment in UTC, verdict
BEGINS = [
    ("America/New_York", "2026-03-08", "2026-03-08T04:59:59", EARLY),  # clocks go ahead that night
    ("America/New_York", "2026-03-08", "2026-03-08T05:00:00", YES),
    ("Europe/Madrid", "2026-03-29", "2026-03-28T22:59:59", EARLY),  # and here
    ("Europe/Madrid", "2026-03-29", "2026-03-28T23:00:00", YES),
    ("Pacific/Auckland", "2026-04-05", "2026-04-04T10:59:59", EARLY),  # back, that night
    ("Pacific/Auckland", "2026-04-05", "2026-04-04T11:00:00", YES),
    # In Havana 8 March 2026 begins at one o'clock: there is no midnight.
    ("America/Havana", "2026-03-08", "2026-03-08T04:59:59", EARLY),
    ("America/Havana", "2026-03-08", "2026-03-08T05:00:00", YES),
]


@pytest.mark.parametrize(("zone", "signed_on", "now", "verdict"), BEGINS)
def test_it_holds_from_the_start_of_the_day_of_signature(
    zone: str, signed_on: str, now: str, verdict: str
) -> None:
    """A record holds from the first moment of its day at the clinic, and not a second earlier."""
    moment = Moment(datetime.fromisoformat(f"{now}+00:00"), ZoneInfo(zone))
    assert said(ask(story(), signed(signed_on=signed_on), at=moment)) == verdict


@pytest.mark.parametrize("zone", ["America/New_York", "Europe/Madrid", "America/Havana"])
def test_hours_are_counted_on_no_wall(zone: str) -> None:
    """A moment told in the clinic's own zone ends as it does in UTC in a night of 23 hours."""
    spring = {"Europe/Madrid": "2026-03-29"}.get(zone, "2026-03-08")
    after = day(spring) + timedelta(days=1)
    record = signed(signed_on="2026-01-05", expires_on=after.isoformat())
    midnight = datetime.combine(after, datetime.min.time(), ZoneInfo(zone)).astimezone(UTC)
    for early_s, verdict in ((0, EXPIRED), (1, YES)):
        now = midnight - timedelta(hours=24, seconds=early_s)
        for told in (now, now.astimezone(ZoneInfo(zone)), now.astimezone(ZoneInfo("Asia/Tokyo"))):
            moment = Moment(told, ZoneInfo(zone), 24 * HOUR)
            assert said(ask(story(), record, at=moment)) == verdict, told


@given(
    now=st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC)),  # noqa: DTZ001 - the zone is given beside
    zone=st.sampled_from(("America/New_York", "Europe/Madrid", "Asia/Kathmandu", "America/Havana")),
    lead_s=st.integers(0, 90_000),
)
def test_no_copy_outlives_its_day(now: datetime, zone: str, lead_s: int) -> None:
    """A yes means that the last copy is gone before the day begins on which there is no consent."""
    moment = Moment(now, ZoneInfo(zone), lead_s)
    answer = ask(story(), signed(signed_on="2025-01-01", expires_on="2026-11-01"), at=moment)
    last_copy = (now + timedelta(seconds=lead_s)).astimezone(ZoneInfo(zone)).date()
    assert isinstance(answer, Clearance) == (last_copy < day("2026-11-01"))


PARENT = {"name": "B. Example", "authority": "mother"}
NO_DAY = {"expires_on": None, "expires_event": "the end of treatment"}
BEFORE_MIDNIGHT, MIDNIGHT = "2026-06-15T03:59:59+00:00", "2026-06-15T04:00+00:00"
OTHER_ENDS = [
    Row("a representative without an end", YES, (signed(representative=PARENT),)),
    Row("until a later day", YES, (signed(representative={**PARENT, "until": "2026-06-16"}),)),
    Row("until today", EXPIRED, (signed(representative={**PARENT, "until": "2026-06-15"}),)),
    Row("until yesterday", EXPIRED, (signed(representative={**PARENT, "until": "2026-06-14"}),)),
    Row("until after the record's own end", EXPIRED,
        (signed(representative={**PARENT, "until": "2030-01-01"}, expires_on="2026-06-15"),)),
    Row("the last second before until", YES,
        (signed(representative={**PARENT, "until": "2026-06-15"}),), at=BEFORE_MIDNIGHT),
    Row("the first one of until", EXPIRED,
        (signed(representative={**PARENT, "until": "2026-06-15"}),), at=MIDNIGHT),
    Row("an event that did not take place", YES, (signed(**NO_DAY),)),
    Row("an event that ends tomorrow", YES, (signed(**NO_DAY, ended="2026-06-16"),)),
    Row("an event that ended today", EXPIRED, (signed(**NO_DAY, ended="2026-06-15"),)),
    Row("an event that ended long ago", EXPIRED, (signed(**NO_DAY, ended="2026-03-02"),)),
    Row("a day, and an event before it", EXPIRED, (signed(ended="2026-06-01"),)),
    Row("an event, and a day before it", EXPIRED,
        (signed(expires_on="2026-06-01", expires_event="the end of treatment"),)),
    Row("signed tomorrow", EARLY, (signed(signed_on="2026-06-16"),)),
    Row("signed tomorrow, while copies of today still live", EARLY,
        (signed(signed_on="2026-06-16"),), at=Moment(NOON, NEW_YORK, 24 * HOUR)),
    Row("signed today", YES, (signed(signed_on="2026-06-15"),)),
]  # fmt: skip


@pytest.mark.parametrize("row", OTHER_ENDS, ids=[row.name for row in OTHER_ENDS])
def test_the_first_end_counts(row: Row) -> None:
    """A representative's `until` and the event of an expiry end a record as its day does."""
    assert said(row.ask()) == row.verdict


def test_a_clearance_says_until_when() -> None:
    """`until` is the first day without: of one original its own, of the case the earliest."""
    for changes, until in (
        ({"expires_on": "2027-03-01"}, "2027-03-01"),
        ({"representative": {**PARENT, "until": "2026-12-24"}}, "2026-12-24"),
        ({"ended": "2026-08-01"}, "2026-08-01"),
    ):
        answer = ask(story(), signed(**changes))
        assert isinstance(answer, Clearance)
        assert answer.until == day(until)
    two = ask(
        story(medium("a"), medium("b", people=("bo",))), signed(), staff(expires_on="2026-12-01")
    )
    assert isinstance(two, Clearance)
    assert {each.sha256: each.until for each in two.permits} == {
        "a": day("2027-03-01"),
        "b": day("2026-12-01"),
    }
    assert two.until == day("2026-12-01")
    endless = ask(story(), signed(**NO_DAY))
    assert isinstance(endless, Clearance)
    assert endless.until is None


def test_what_is_said_names_the_day() -> None:
    """The refusal tells the first day without consent, or the day on which it begins."""
    late = ask(story(), signed(expires_on="2026-06-01"))
    early = ask(story(), signed(signed_on="2026-07-01"))
    assert not isinstance(late, Clearance)
    assert not isinstance(early, Clearance)
    assert late.reasons[0].facts["day"] == "2026-06-01"
    assert early.reasons[0].facts["day"] == "2026-07-01"
