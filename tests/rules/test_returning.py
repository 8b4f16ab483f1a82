"""Coming back: what a new record can do after a revocation, and after a case came down."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations
from typing import Any

import pytest
from verdicts import Row, ask, fell, instant, licence, medium, said, signed, staff, story

from pipeline.rules.consent import Consent
from pipeline.rules.media import Role

REVOKED, BEFORE = "no consent_revoked", "no signed_before_revocation"
GONE = signed(revoked="2026-06-01")
MASSAGE = {"covers": {"treatments": ["massage"]}}
DRY = {"covers": {"treatments": ["dry-needling"]}}


def second(signed_on: str, **changes: Any) -> Consent:
    """Another record of the same person."""
    return signed(**{"id": "c-2", "signed_on": signed_on, **changes})


def third(signed_on: str, **changes: Any) -> Consent:
    """And another."""
    return signed(**{"id": "c-3", "signed_on": signed_on, **changes})


REVOCATIONS = [
    Row("received long ago", REVOKED, (signed(revoked="2026-03-02"),)),
    Row("received today", REVOKED, (signed(revoked="2026-06-15"),)),
    Row("received in the future, by a slip", REVOKED, (signed(revoked="2027-01-01"),)),
    Row("received before the signature", REVOKED, (signed(revoked="2026-01-01"),)),
    Row("said by the record", REVOKED, (signed(revoked_on="2026-06-01"),)),
    Row("said for a future day", REVOKED, (signed(revoked_on="2027-01-01"),)),
    Row("said unreadably", REVOKED, (signed(revoked_on="last week"),)),
    Row("said by its receipt alone", REVOKED, (signed(received_at="2026-06-01T10:00:00-04:00"),)),
    Row("a revoked record that expired too", REVOKED,
        (signed(revoked="2026-06-01", expires_on="2026-06-02"),)),
    Row("staff's", REVOKED, (staff(subject="bo", revoked="2026-06-01"),),
        story(medium(people=("bo",)), subject="bo", subject_kind="staff")),
    Row("a licence's", "no consent_revoked", (licence(revoked="2026-06-01"),),
        story(medium(role=Role.PRESS, people=(), rights=("l-1",)))),
    # What is signed afterwards, and what is not.
    Row("signed a day after", "yes c-2", (GONE, second("2026-06-02"))),
    Row("signed the same day", BEFORE, (GONE, second("2026-06-01"))),
    Row("signed a day before", BEFORE, (GONE, second("2026-05-31"))),
    Row("signed between, recorded after", BEFORE,
        (GONE, second("2026-05-31", recorded="2026-06-10"))),
    Row("signed a day after the day that the record says", "yes c-2",
        (signed(revoked_on="2026-06-01"), second("2026-06-02"))),
    Row("signed on the day that the record says", BEFORE,
        (signed(revoked_on="2026-06-01"), second("2026-06-01"))),
    Row("signed before the receipt that the record says", BEFORE,
        (signed(revoked_on="2026-06-01", received_at="2026-06-05T10:00:00-04:00"),
         second("2026-06-04"))),
    Row("signed between two notices", BEFORE,
        (signed(revoked="2026-05-01", revoked_on="2026-05-01",
                received_at="2026-06-05T10:00:00-04:00"), second("2026-06-04"))),
    Row("signed before an unreadable one was recorded", BEFORE,
        (signed(revoked_on="spring", recorded="2026-06-10"), second("2026-06-09"))),
    Row("received a minute before midnight, signed the next day", "yes c-2",
        (signed(revoked="2026-06-02T03:59:00+00:00"), second("2026-06-02"))),
    Row("received at midnight, signed that day", BEFORE,
        (signed(revoked="2026-06-02T04:00:00+00:00"), second("2026-06-02"))),
    # Of which record.
    Row("of the older of two", BEFORE, (GONE, second("2026-05-01"))),
    Row("of the newer of two", REVOKED, (signed(), second("2026-05-01", revoked="2026-06-01"))),
    Row("of one that covers another treatment", "yes c-2",
        (signed(revoked="2026-06-01", **MASSAGE), second("2026-05-01"))),
    Row("of one that covers earlier pictures of this case", BEFORE,
        (signed(revoked="2026-06-01", covers={"taken_until": "2026-01-01"}), second("2026-05-01"))),
    Row("of one whose cover cannot be read", BEFORE,
        (signed(revoked="2026-06-01", covers={"case": "massage"}), second("2026-05-01"))),
    Row("of another person", "yes c-2",
        (staff(revoked="2026-06-01"), second("2026-05-01"))),
    Row("of another's twin code", "no code_leading_zeros",
        (signed(subject="42", revoked="2026-06-01"), second("2026-06-02"))),
    Row("of an earlier version with a wider cover", BEFORE,
        (GONE, signed(version=2, revoked="2026-06-01", **MASSAGE), second("2026-05-01"))),
    Row("of an older licence of the work", BEFORE,
        (licence(revoked="2026-06-01"), licence(id="l-2", signed_on="2026-05-01")),
        story(medium(role=Role.PRESS, people=(), rights=("l-2",)))),
]  # fmt: skip

DOWN = story(falls=(fell("expired", at="2026-05-01"),))
OVER = signed(expires_on="2026-05-01")
NOT_RENEWED = "no not_renewed"
EXPIRIES = [
    Row("still expired", "no consent_expired", (OVER,), DOWN),
    Row("a new record that says nothing", NOT_RENEWED, (OVER, second("2026-05-10")), DOWN),
    Row("one that renews", "yes c-2", (OVER, second("2026-05-10", renews="c-1")), DOWN),
    Row("one that renews another", NOT_RENEWED, (OVER, second("2026-05-10", renews="c-0")), DOWN),
    Row("one that names the treatment", "yes c-2", (OVER, second("2026-05-10", **DRY)), DOWN),
    Row("one that names the case", "yes c-2",
        (OVER, second("2026-05-10", covers={"cases": ["dry-needling--0042"]})), DOWN),
    Row("one that names its address", "yes c-2",
        (OVER, second("2026-05-10", covers={"cases": ["dry-needling-abcdefgh"]})), DOWN),
    Row("one that names only a day", NOT_RENEWED,
        (OVER, second("2026-05-10", covers={"taken_until": "2026-12-01"})), DOWN),
    Row("one that names another treatment", "no consent_expired",
        (OVER, second("2026-05-10", renews="c-1", **MASSAGE)), DOWN),
    Row("one that renews and expired too", "no consent_expired",
        (OVER, second("2026-05-10", renews="c-1", expires_on="2026-06-01")), DOWN),
    Row("one that renews, with a defect", "no consent_element_missing",
        (OVER, second("2026-05-10", renews="c-1", purpose=None)), DOWN),
    Row("signed in time, recorded late, and says nothing", NOT_RENEWED,
        (OVER, second("2026-04-20", recorded="2026-05-10")), DOWN),
    Row("signed in time, recorded late, and renews", "yes c-2",
        (OVER, second("2026-04-20", recorded="2026-05-10", renews="c-1")), DOWN),
    Row("the same record with a later day", NOT_RENEWED,
        (signed(version=2, recorded="2026-05-10"),), DOWN),
    Row("the same record, renewing itself", NOT_RENEWED,
        (signed(version=2, renews="c-1", recorded="2026-05-10"),), DOWN),
    Row("a fall of somebody else", "yes c-2", (OVER, second("2026-05-10")),
        story(falls=(fell("expired", "s-1", person="bo"),))),
    Row("on another channel than it fell", NOT_RENEWED, (OVER, second("2026-05-10")), DOWN,
        channel="instagram"),
    # Once it came back, a renewal in time needs no word.
    Row("renewed in time after it came back", "yes c-3",
        (OVER, second("2026-05-10", renews="c-1"), third("2026-06-01")), DOWN),
    Row("renewed by its word after it came back", "yes c-3",
        (OVER, second("2026-05-10", renews="c-1", expires_on="2026-05-20"),
         third("2026-06-01", renews="c-2")), DOWN),
    Row("signed too late after it came back", NOT_RENEWED,
        (OVER, second("2026-05-10", renews="c-1", expires_on="2026-05-20"), third("2026-06-01")),
        DOWN),
    Row("in time after one that did not bring it back", NOT_RENEWED,
        (OVER, second("2026-05-10"), third("2026-06-01")), DOWN),
    Row("in time after a defective one", NOT_RENEWED,
        (OVER, second("2026-05-10", renews="c-1", purpose=None), third("2026-06-01")), DOWN),
    Row("in time after a revoked one", NOT_RENEWED,
        (OVER, second("2026-05-10", renews="c-1", revoked="2026-05-11"), third("2026-06-01")),
        DOWN),
    Row("in time after the one that fell, which names the treatment", NOT_RENEWED,
        (signed(expires_on="2026-05-01", **DRY), second("2026-04-20", recorded="2026-05-10")),
        DOWN),
    # It fell twice.
    Row("renews the last to fall, which renewed the first", "yes c-3",
        (OVER, second("2026-05-10", renews="c-1", expires_on="2026-06-01"),
         third("2026-06-10", renews="c-2")),
        story(falls=(fell("expired"), fell("expired", "c-2", at="2026-06-01")))),
    Row("renews the first to fall, not the last", NOT_RENEWED,
        (OVER, second("2026-05-10", renews="c-1", expires_on="2026-06-01"),
         third("2026-06-10", renews="c-1")),
        story(falls=(fell("expired"), fell("expired", "c-2", at="2026-06-01")))),
    Row("renews one of two that fell together", NOT_RENEWED,
        (OVER, second("2026-04-10", expires_on="2026-05-01"), third("2026-06-10", renews="c-2")),
        story(falls=(fell("expired", "c-1"), fell("expired", "c-2")))),
    Row("names the treatment of both", "yes c-3",
        (OVER, second("2026-04-10", expires_on="2026-05-01"), third("2026-06-10", **DRY)),
        story(falls=(fell("expired", "c-1"), fell("expired", "c-2")))),
]  # fmt: skip

CLOSED = "no closed_by_revocation"
FALLS = (fell("revoked", at="2026-06-02", received="2026-06-01"),)
SHUT = story(falls=FALLS)
NEW = second("2026-06-05")


def named(*ids: str, at: str = "2026-06-06") -> dict[str, Any]:
    """That an amendment named records at a moment."""
    return {"falls": FALLS, "consents": ids, "consents_named_at": instant(at)}


WORK = story(
    medium(rights=("l-2",)),
    falls=(fell("revoked", "l-1", person="film-7", at="2026-06-02"),),
    consents=("c-1",),
    consents_named_at=instant("2026-06-06"),
)
CLOSINGS = [
    Row("a new record alone", CLOSED, (GONE, NEW), SHUT),
    Row("one that renews what was revoked", CLOSED,
        (GONE, second("2026-06-05", renews="c-1")), SHUT),
    Row("one that names the closed case", CLOSED,
        (GONE, second("2026-06-05", covers={"cases": ["dry-needling--0042"]})), SHUT),
    Row("named after the fall", "yes c-2", (GONE, NEW), story(**named("c-2"))),
    Row("named before the fall", CLOSED, (GONE, NEW), story(**named("c-2", at="2026-05-01"))),
    Row("named in the very instant of the fall", CLOSED, (GONE, NEW),
        story(**named("c-2", at="2026-06-02"))),
    Row("named nobody knows when", CLOSED, (GONE, NEW),
        story(falls=FALLS, consents=("c-2",))),
    Row("the revoked one named again", REVOKED, (GONE, NEW), story(**named("c-1"))),
    Row("both named", "yes c-2", (GONE, NEW), story(**named("c-1", "c-2"))),
    Row("one that does not exist named", "no consent_not_named", (GONE, NEW),
        story(**named("c-9"))),
    Row("one signed on the day of the receipt", BEFORE, (GONE, second("2026-06-01")),
        story(**named("c-2"))),
    Row("one signed before the receipt", BEFORE, (GONE, second("2026-05-01")),
        story(**named("c-2"))),
    Row("signed on that day, the record revoked of another case", CLOSED,
        (signed(revoked="2026-06-01", **MASSAGE), second("2026-06-01")), story(**named("c-2"))),
    Row("the record that fell is not there any more", CLOSED, (NEW,), SHUT),
    Row("on another channel", CLOSED, (GONE, NEW), SHUT, channel="instagram"),
    Row("a closing of somebody who was since taken out of the words", CLOSED, (GONE, NEW),
        story(falls=(fell("revoked", "s-1", person="bo"),))),
    Row("the same, and a record signed since is named", "yes c-2", (GONE, NEW),
        story(falls=(*FALLS, fell("revoked", "s-1", person="bo")), consents=("c-2",),
              consents_named_at=instant("2026-06-06"))),
    Row("opened, and closed again", CLOSED, (NEW, third("2026-06-12")),
        story(falls=(*FALLS, fell("revoked", "c-2", at="2026-06-08")), consents=("c-3",),
              consents_named_at=instant("2026-06-06"))),
    Row("opened, closed and opened again", "yes c-3", (NEW, third("2026-06-12")),
        story(falls=(*FALLS, fell("revoked", "c-2", at="2026-06-08")), consents=("c-3",),
              consents_named_at=instant("2026-06-13"))),
    Row("expired first, then revoked, renewed and named", "yes c-2",
        (second("2026-06-05", renews="c-0"),),
        story(falls=(fell("expired", "c-0"), *FALLS), consents=("c-2",),
              consents_named_at=instant("2026-06-06"))),
    Row("expired first, then revoked, named but not renewed", "no not_renewed", (NEW,),
        story(falls=(fell("expired", "c-0"), *FALLS), consents=("c-2",),
              consents_named_at=instant("2026-06-06"))),
    Row("a fall for a cause that nobody knows", CLOSED, (NEW,), story(falls=(fell("moon"),))),
    Row("a work whose licence fell, not named", CLOSED,
        (licence(id="l-2", signed_on="2026-06-05"), signed()), WORK),
    Row("a work whose licence fell, named", "yes c-1 l-2",
        (licence(id="l-2", signed_on="2026-06-05"), signed()),
        replace(WORK, consents=("c-1", "l-2"))),
    Row("two people, one opened", CLOSED, (GONE, NEW, staff()),
        story(medium(people=("0042", "bo")),
              falls=(*FALLS, fell("revoked", "s-1", at="2026-06-02", person="bo")),
              consents=("c-2", "s-1"), consents_named_at=instant("2026-06-06"))),
]  # fmt: skip

ALL = [*REVOCATIONS, *EXPIRIES, *CLOSINGS]


@pytest.mark.parametrize("row", ALL, ids=[row.name for row in ALL])
def test_coming_back(row: Row) -> None:
    """The verdict of the situation, and the same in whatever order the records come."""
    assert said(row.ask()) == row.verdict
    for order in list(permutations(row.consents))[1:6]:
        assert row._replace(consents=order).ask() == row.ask()


def test_situations_have_names_of_their_own() -> None:
    """No situation is listed twice under one name."""
    assert len({row.name for row in ALL}) == len(ALL)


def test_a_revocation_of_one_person_leaves_other_pictures() -> None:
    """A case of two pictures that came down for one person goes on with the other picture."""
    case = story(
        medium("a"),
        medium("b", people=("0042", "bo")),
        falls=(fell("revoked", "s-1", person="bo", at="2026-06-02"),),
    )
    answer = ask(case, signed(), staff(revoked="2026-06-01"))
    assert said(answer) == "yes c-1"


def test_a_revoked_licence_leaves_other_pictures() -> None:
    """So it is with the licence of a work, as long as its picture names it or once did."""
    fall = fell("revoked", "l-1", person="film-7", at="2026-06-02")
    consents = (signed(), licence(revoked="2026-06-01"))
    both = story(medium("a"), medium("b", rights=("l-1",)), falls=(fall,))
    assert said(ask(both, *consents)) == "yes c-1"
    taken_out = story(medium("a"), falls=(fall,), ever=frozenset({"0042", "l-1"}))
    assert said(ask(taken_out, *consents)) == "yes c-1"
    unsaid = story(medium("a"), falls=(fall,), ever=frozenset({"0042"}))
    assert said(ask(unsaid, *consents)) == CLOSED
