"""Watching: whatever ended is found, whatever else is broken."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime

import makers
from makers import photo, record

from pipeline.steps.watch import close_all_ended
from pipeline.tools.catalog import publications

LATE = datetime(2027, 3, 5, tzinfo=UTC)


def test_nothing_ends_by_being_looked_at(published: makers.Workspace) -> None:
    """A valid publication stays, and watching it writes no event."""
    events = len(published.events())
    with published.opened() as means:
        assert close_all_ended(means) == 0
    assert published.say("watch").text == "Nothing had to come down."
    assert len(published.events()) == events


def test_what_ended_by_the_clock_is_closed_once(published: makers.Workspace) -> None:
    """Both channels end, with the cause; the next look finds nothing to close."""
    published.clock.at = LATE
    with published.opened() as means:
        assert close_all_ended(means) == 2
        assert close_all_ended(means) == 0
        with means.catalog.read() as connection:
            closed = publications.in_state(connection, publications.WITHDRAWING)
    assert {each.cause for each in closed} == {"expired"}


def test_one_case_that_nobody_understands_keeps_no_other_up(published: makers.Workspace) -> None:
    """A row that cannot be read is logged and tried again; the other case comes down."""
    published.drop("massage--s2", {"one.jpg": photo("s2")})
    published.sign(record("s2"))
    published.run()
    with sqlite3.connect(published.folder / "var" / "catalog.db") as database:
        database.execute("update assets set facts = '[1]' where file = 'after.jpg'")
    database.close()
    published.clock.at = LATE
    with published.opened() as means:
        assert close_all_ended(means) == 2
        with means.catalog.read() as connection:
            left = publications.in_state(connection, publications.PUBLIC)
    assert {each.case_id for each in left} == {1}


def test_broken_templates_delay_no_deletion(published: makers.Workspace) -> None:
    """With a caption template and a page template that cannot be read, media still go."""
    published.file("templates/captions/massage.en.yaml", "title: [\n")
    published.file("templates/pages/gone.html.j2", "{% if %}")
    published.clock.at = LATE
    answer = published.say("watch")
    slug = published.case("massage--s1")["id"]
    for key, body in published.public().items():
        assert not key.startswith(("media/", "cases/")), "without a template there is no tombstone"
        assert slug.encode() not in body, key
    assert {each["cause"] for each in answer.data["withdrawals"]} == {"expired"}
    assert answer.code == 4, "the tombstones are still to come"
    (published.folder / "templates/pages/gone.html.j2").unlink()
    assert published.say("watch").code == 0
    assert [key for key in published.public() if key.startswith("cases/")] == [
        f"cases/{slug}/{name}.html" for name in ("embed", "index")
    ]
