"""Consent records: every version is kept, an end is an end of all of them, twins are found."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

import pytest
from rows import NOW, later

from pipeline.rules.consent import Consent
from pipeline.tools.catalog import consents
from pipeline.tools.catalog.engine import Catalog


def hand_in(
    catalog: Catalog, consent: str, subject: str = "0042", *, at: float = 0, **more: object
) -> int:
    """Store a record and return its version."""
    body = {"id": consent, "subject": subject, "kind": "patient", **more}
    with catalog.write(by="a", now=later(at)) as tx:
        return consents.add(tx, consent=consent, subject=subject, body=body)


def newest(catalog: Catalog, consent: str) -> Consent:
    """The newest version of a record that exists."""
    with catalog.read() as connection:
        found = consents.newest(connection, consent)
    assert found is not None
    return found


def test_a_record_comes_back_as_it_was_handed_in(catalog: Catalog) -> None:
    """Its words, its version and when it was recorded; codes keep their zeros."""
    assert hand_in(catalog, "C-1", signed_on="2026-01-02", channels=["web"]) == 1
    found = newest(catalog, "C-1")
    assert (found.record.id, found.record.subject) == ("C-1", "0042")
    assert found.record.signed_on == date(2026, 1, 2)
    assert (found.version, found.recorded_at) == (1, NOW)
    assert (found.revocation, found.ended_on) == (None, None)


def test_an_unknown_record_is_none(catalog: Catalog) -> None:
    """Also one whose id differs in case only."""
    hand_in(catalog, "C-1")
    with catalog.read() as connection:
        assert consents.newest(connection, "c-1") is None
        assert consents.versions(connection, "C-2") == []


def test_the_same_id_again_is_a_new_version(catalog: Catalog) -> None:
    """The newest is read, the older ones stay; the very same body changes nothing."""
    assert hand_in(catalog, "C-1", purpose="web") == 1
    assert hand_in(catalog, "C-1", purpose="all", at=1) == 2
    assert hand_in(catalog, "C-1", purpose="all", at=2) == 2
    assert hand_in(catalog, "C-1", purpose="web", at=3) == 3
    found = newest(catalog, "C-1")
    assert (found.version, found.record.purpose, found.recorded_at) == (3, "web", later(3))
    with catalog.read() as connection:
        rows = consents.versions(connection, "C-1")
    assert [(row.version, row.body["purpose"], row.recorded_at) for row in rows] == [
        (1, "web", NOW),
        (2, "all", later(1)),
        (3, "web", later(3)),
    ]


def test_a_record_may_move_to_another_subject(catalog: Catalog) -> None:
    """After a corrected code only the new subject has the record."""
    hand_in(catalog, "C-1", "0042")
    hand_in(catalog, "C-1", "0043", at=1)
    with catalog.read() as connection:
        assert consents.of_subject(connection, "0042") == []
        assert [each.record.id for each in consents.of_subject(connection, "0043")] == ["C-1"]


def test_a_revocation_outlives_new_versions(catalog: Catalog) -> None:
    """Handing the record in again, in other words, never un-revokes it."""
    hand_in(catalog, "C-1")
    with catalog.write(by="a", now=later(10)) as tx:
        consents.revoke(tx, "C-1", received_at=later(5))
    hand_in(catalog, "C-1", purpose="again", at=20)
    found = newest(catalog, "C-1")
    assert found.version == 2
    assert found.revocation is not None
    assert (found.revocation.received_at, found.revocation.recorded_at) == (later(5), later(10))


def test_a_revocation_waits_for_its_record(catalog: Catalog) -> None:
    """One for an id that nobody knows counts from the moment the record comes."""
    with catalog.write(by="a", now=NOW) as tx:
        consents.revoke(tx, "C-9", received_at=NOW)
    hand_in(catalog, "C-9", at=1)
    assert newest(catalog, "C-9").revocation is not None


def test_of_several_revocations_the_strictest_counts(catalog: Catalog) -> None:
    """The last receipt bars the most signatures; recorded it was with the first."""
    hand_in(catalog, "C-1")
    for received, recorded in ((30, 40), (10, 50), (20, 60)):
        with catalog.write(by="a", now=later(recorded)) as tx:
            consents.revoke(tx, "C-1", received_at=later(received))
    revocation = newest(catalog, "C-1").revocation
    assert revocation is not None
    assert (revocation.received_at, revocation.recorded_at) == (later(30), later(40))


def test_of_several_ends_the_first_day_counts(catalog: Catalog) -> None:
    """An event that took place cannot be moved to a later day; a new version does not help."""
    hand_in(catalog, "C-1", expires_event="discharge")
    for day in (date(2026, 12, 3), date(2026, 12, 1), date(2026, 12, 2)):
        with catalog.write(by="a", now=NOW) as tx:
            consents.end(tx, "C-1", day=day)
    hand_in(catalog, "C-1", expires_event="end of therapy", at=9)
    found = newest(catalog, "C-1")
    assert (found.ended_on, found.revocation) == (date(2026, 12, 1), None)


def test_an_end_is_of_one_record_only(catalog: Catalog) -> None:
    """Other records of the same person are as they were."""
    hand_in(catalog, "C-1")
    hand_in(catalog, "C-2")
    with catalog.write(by="a", now=NOW) as tx:
        consents.revoke(tx, "C-1", received_at=NOW)
        consents.end(tx, "C-1", day=date(2026, 12, 1))
    other = newest(catalog, "C-2")
    assert (other.revocation, other.ended_on) == (None, None)


def test_every_record_once_in_order(catalog: Catalog) -> None:
    """The newest version of each, by id."""
    for consent in ("C-3", "C-1", "C-2", "C-1"):
        hand_in(catalog, consent, at=1, purpose=str(consent))
    hand_in(catalog, "C-1", purpose="other")
    with catalog.read() as connection:
        assert [(each.record.id, each.version) for each in consents.every(connection)] == [
            ("C-1", 2),
            ("C-2", 1),
            ("C-3", 1),
        ]


@pytest.mark.parametrize(
    ("people", "licences", "wanted"),
    [
        (["0042"], [], ["A", "B", "C"]),
        (["42"], [], ["A", "B", "C"]),
        (["420"], [], ["D"]),
        (["9"], [], []),
        ([], ["L-1"], ["L-1", "L-2"]),
        ([], ["L-3"], []),
        (["7", "420"], ["L-2"], ["D", "E", "L-1", "L-2"]),
        ([], [], []),
    ],
)
def test_what_a_decision_asks_for(
    catalog: Catalog, people: Collection[str], licences: Collection[str], wanted: list[str]
) -> None:
    """These people's records, their twins' by leading zeros, every licence of the same works."""
    for consent, subject in (
        ("A", "0042"),
        ("B", "42"),
        ("C", "00042"),
        ("D", "420"),
        ("E", "7"),
        ("L-1", "promo"),
        ("L-2", "promo"),
        ("L-9", "other"),
    ):
        hand_in(catalog, consent, subject)
    hand_in(catalog, "E", "7", purpose="newer")
    with catalog.read() as connection:
        found = consents.concerning(connection, people=people, licences=licences)
    assert [each.record.id for each in found] == wanted


def test_a_superseded_subject_is_no_twin(catalog: Catalog) -> None:
    """A record that was moved to another code does not answer for the old one."""
    hand_in(catalog, "C-1", "0042")
    hand_in(catalog, "C-1", "77", at=1)
    with catalog.read() as connection:
        assert consents.concerning(connection, people=["42"], licences=[]) == []
        assert len(consents.concerning(connection, people=["77"], licences=[])) == 1


def test_a_revoked_record_is_asked_for_in_all_versions(catalog: Catalog) -> None:
    """A version added after the revocation, of another code even, does not outlive the notice."""
    hand_in(catalog, "C-1", "0042")
    with catalog.write(by="x", now=NOW) as tx:
        consents.revoke(tx, "C-1", received_at=NOW)
    hand_in(catalog, "C-1", "77", at=1)
    with catalog.read() as connection:
        (old,) = consents.concerning(connection, people=["0042"], licences=[])
        (new,) = consents.concerning(connection, people=["77"], licences=[])
        assert len(consents.every(connection)) == 1
    assert [(each.record.subject, each.version) for each in (old, new)] == [("0042", 1), ("77", 2)]
    assert old.revocation == new.revocation
    assert old.revocation is not None


def test_works_have_twins_too(catalog: Catalog) -> None:
    """Licences of a work whose code is alike up to leading zeros come along."""
    hand_in(catalog, "L-1", "7")
    hand_in(catalog, "L-2", "007")
    with catalog.read() as connection:
        found = consents.concerning(connection, people=[], licences=["L-1"])
    assert [each.record.id for each in found] == ["L-1", "L-2"]
