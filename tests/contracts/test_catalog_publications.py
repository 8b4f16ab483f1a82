"""Publications by epochs, the intent of every upload, and falls."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
import sqlalchemy as sa
from rows import NOW, add_case, later, one_case, open_epoch

from pipeline.rules.media import Fall
from pipeline.tools.catalog import publications
from pipeline.tools.catalog.engine import Catalog
from pipeline.tools.catalog.publications import GONE, INTENDED, PUBLIC, STORED, WITHDRAWN


def test_an_epoch_begins_open(catalog: Catalog) -> None:
    """With its token, what it stands on and until when, and nothing published yet."""
    basis = {"stands_on": [["C-1", 2]], "permits": {"a" * 64: ["face"]}}
    with catalog.write(by="a", now=NOW) as tx:
        case_id = add_case(tx)
        live = open_epoch(tx, case_id, basis=basis, until=date(2027, 1, 1))
        assert publications.is_live(tx.connection, live.id)
    with catalog.read() as connection:
        assert publications.by_id(connection, live.id) == live
        assert publications.of_case(connection, case_id) == [live]
    assert (live.epoch, live.token, live.state) == (1, "t1", publications.OPEN)
    assert (live.basis, live.until, live.opened_at) == (basis, date(2027, 1, 1), NOW)
    assert (live.published_at, live.manifest, live.closed_at) == (None, None, None)


def test_epochs_count_by_case_and_channel(catalog: Catalog) -> None:
    """Each channel of each case counts its own; all of them stay, oldest first."""
    with catalog.write(by="a", now=NOW) as tx:
        first, second = add_case(tx, "a--1"), add_case(tx, "b--2")
        made = [
            open_epoch(tx, case_id, channel, token)
            for case_id, channel, token in (
                (first, "web", "1"),
                (first, "web", "2"),
                (first, "instagram", "3"),
                (second, "web", "4"),
                (first, "web", "5"),
            )
        ]
    assert [each.epoch for each in made] == [1, 2, 1, 1, 3]
    with catalog.read() as connection:
        assert [p.token for p in publications.of_case(connection, first)] == ["1", "2", "3", "5"]


def test_a_token_is_given_once(catalog: Catalog) -> None:
    """Two epochs never share an address, not even on different channels."""
    case_id = one_case(catalog)
    with catalog.write(by="a", now=NOW) as tx:
        open_epoch(tx, case_id, "web", "same")
    with pytest.raises(sa.exc.IntegrityError), catalog.write(by="a", now=NOW) as tx:
        open_epoch(tx, case_id, "google", "same")


def test_closing_ends_an_epoch_from_its_commit(catalog: Catalog) -> None:
    """Until the commit others see it live; afterwards nobody may upload for it."""
    case_id = one_case(catalog)
    with catalog.write(by="a", now=NOW) as tx:
        live = open_epoch(tx, case_id)
        other = open_epoch(tx, case_id, "google", "t2")
    with catalog.write(by="a", now=later(5)) as tx:
        publications.close(tx, live, cause="revoked")
        assert not publications.is_live(tx.connection, live.id)
    with catalog.read() as connection:
        closed = publications.by_id(connection, live.id)
        assert not publications.is_live(connection, live.id)
        assert publications.is_live(connection, other.id)
        assert publications.live(connection, case_id) == [other]
        assert not publications.is_live(connection, 4711)
    assert (closed.state, closed.cause) == (publications.WITHDRAWING, "revoked")
    assert closed.closed_at == later(5)


def test_states_decide_who_is_live(catalog: Catalog) -> None:
    """Open and public are live; withdrawing and withdrawn are not."""
    with catalog.write(by="a", now=NOW) as tx:
        case_id = add_case(tx)
        for state in ("open", "public", "withdrawing", "withdrawn"):
            row = open_epoch(tx, case_id, state, state)
            publications.change(tx, row.id, {"state": state})
    with catalog.read() as connection:
        assert [row.state for row in publications.live(connection, case_id)] == ["open", "public"]
        found = publications.in_state(connection, "withdrawn", "public")
        assert [row.state for row in found] == ["public", "withdrawn"]
        assert publications.in_state(connection, "nothing") == []


def test_what_is_shown_comes_back(catalog: Catalog) -> None:
    """Manifest, digest, receipt and the times of publishing and going."""
    values = {
        "state": WITHDRAWN,
        "published_at": later(1),
        "modified_at": later(2),
        "manifest": {"files": [["media/t/a.avif", "0" * 64, 7]]},
        "digest": "d" * 64,
        "gone_at": later(3),
        "receipt": {"keys": [], "pending": ["media/t/a.avif"]},
    }
    with catalog.write(by="a", now=NOW) as tx:
        live = open_epoch(tx, add_case(tx))
        publications.change(tx, live.id, values)
    with catalog.read() as connection:
        row = publications.by_id(connection, live.id)
    assert {name: getattr(row, name) for name in values} == values


def test_ending_are_live_ones_whose_day_has_come(catalog: Catalog) -> None:
    """On or before the day; not those without an end, and not those that are down already."""
    today = date(2026, 12, 1)
    with catalog.write(by="a", now=NOW) as tx:
        case_id = add_case(tx)
        for name, days in (("past", -30), ("today", 0), ("tomorrow", 1), ("down", -1)):
            row = open_epoch(tx, case_id, name, name, until=today + timedelta(days=days))
            if name == "down":
                publications.close(tx, row, cause="expired")
        open_epoch(tx, case_id, "endless", "endless")
    with catalog.read() as connection:
        found = publications.ending_by(connection, day=today)
    assert [row.channel for row in found] == ["past", "today"]


def test_standing_on_finds_every_live_use_of_a_record(catalog: Catalog) -> None:
    """In whatever version and place of the basis; closed ones stand on nothing any more."""
    with catalog.write(by="a", now=NOW) as tx:
        case_id = add_case(tx)
        for name, records in (
            ("first", [["C-1", 1], ["C-2", 1]]),
            ("second", [["C-2", 1], ["C-1", 7]]),
            ("other", [["C-10", 1], ["C", 1]]),
            ("none", []),
            ("down", [["C-1", 1]]),
        ):
            row = open_epoch(tx, case_id, name, name, basis={"stands_on": records})
            if name == "second":
                publications.change(tx, row.id, {"state": PUBLIC})
            if name == "down":
                publications.close(tx, row, cause="held")
    with catalog.read() as connection:
        found = publications.standing_on(connection, "C-1")
    assert [row.channel for row in found] == ["first", "second"]


def keys(catalog: Catalog, publication_id: int | None, *states: str) -> dict[str, str]:
    """Each intended key and its state."""
    with catalog.read() as connection:
        found = publications.intents_of(connection, publication_id, states=states)
    return {each.key: each.state for each in found}


def test_intents_stand_before_the_uploads(catalog: Catalog) -> None:
    """Key, hash, bytes and the time by which the upload is over; sorted by key."""
    with catalog.write(by="a", now=NOW) as tx:
        live = open_epoch(tx, add_case(tx))
        uploads = [("media/b", "b" * 64, 2), ("media/a", "a" * 64, 1)]
        publications.intend(tx, live.id, uploads=uploads, within_s=60.5)
    with catalog.read() as connection:
        first, second = publications.intents_of(connection, live.id)
    assert (first.key, first.sha256, first.size_bytes) == ("media/a", "a" * 64, 1)
    assert (first.state, first.at, first.deadline) == (INTENDED, NOW, later(60.5))
    assert (second.key, second.publication_id) == ("media/b", live.id)


def test_an_intent_again_is_the_same_row(catalog: Catalog) -> None:
    """What was gone or stored is intended anew with its new bytes, and stands once."""
    with catalog.write(by="a", now=NOW) as tx:
        live = open_epoch(tx, add_case(tx))
        publications.intend(tx, live.id, uploads=[("k", "a" * 64, 1)], within_s=1)
        publications.settle_intent(tx, live.id, key="k", state=GONE, status="404")
    with catalog.write(by="a", now=later(9)) as tx:
        publications.intend(tx, live.id, uploads=[("k", "b" * 64, 2)], within_s=1)
    with catalog.read() as connection:
        (row,) = publications.intents_of(connection, live.id)
    assert (row.state, row.sha256, row.size_bytes, row.at) == (INTENDED, "b" * 64, 2, later(9))
    assert (row.gone_at, row.last_status, row.deadline) == (None, None, later(10))


def test_the_same_key_has_an_intent_for_each_owner(catalog: Catalog) -> None:
    """Two epochs and the site itself keep apart what each of them intended."""
    with catalog.write(by="a", now=NOW) as tx:
        case_id = add_case(tx)
        first = open_epoch(tx, case_id, "web", "1")
        second = open_epoch(tx, case_id, "web", "2")
        for owner in (first.id, second.id, None):
            publications.intend(tx, owner, uploads=[("index.html", "a" * 64, 1)], within_s=1)
        publications.settle_intent(tx, second.id, key="index.html", state=STORED)
        publications.settle_intent(tx, None, key="index.html", state=GONE, status="404")
    assert keys(catalog, first.id) == {"index.html": INTENDED}
    assert keys(catalog, second.id) == {"index.html": STORED}
    assert keys(catalog, None) == {"index.html": GONE}
    with catalog.read() as connection:
        found = publications.intents_in_state(connection, INTENDED, STORED)
    assert {row.publication_id for row in found} == {first.id, second.id}


def test_a_key_that_is_gone_says_when_and_how(catalog: Catalog) -> None:
    """The time and the last status stay with a key that is gone; states can be asked for."""
    with catalog.write(by="a", now=NOW) as tx:
        live = open_epoch(tx, add_case(tx))
        uploads = [(key, "a" * 64, 1) for key in ("a", "b", "c")]
        publications.intend(tx, live.id, uploads=uploads, within_s=1)
        publications.settle_intent(tx, live.id, key="b", state=STORED)
    with catalog.write(by="a", now=later(3)) as tx:
        publications.settle_intent(tx, live.id, key="c", state=GONE, status="absent, 404")
    assert keys(catalog, live.id, INTENDED, STORED) == {"a": INTENDED, "b": STORED}
    with catalog.read() as connection:
        gone = publications.intents_of(connection, live.id, states=[GONE])[0]
        stored = publications.intents_of(connection, live.id, states=[STORED])[0]
    assert (gone.key, gone.gone_at, gone.last_status) == ("c", later(3), "absent, 404")
    assert stored.gone_at is None


def test_falls_are_remembered_in_order(catalog: Catalog) -> None:
    """Of each case its own, with the records that ended and the times of both acts."""
    first, second = one_case(catalog, "a--1"), one_case(catalog, "b--2")
    falls = [
        Fall("web", "expired", "0042", ("C-1",), NOW, NOW),
        Fall("google", "revoked", "7", ("C-2", "C-3"), later(2), later(1)),
    ]
    with catalog.write(by="a", now=later(9)) as tx:
        for fall in falls:
            publications.add_fall(tx, first, fall)
    with catalog.read() as connection:
        assert publications.falls_of(connection, first) == tuple(falls)
        assert publications.falls_of(connection, second) == ()
