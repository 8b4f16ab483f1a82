"""The event log: append-only, hash-chained, one shape on every database."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from rows import NOW, later

from pipeline.rules.chain import EMPTY, GENESIS, Head, first_break
from pipeline.tools.catalog import events
from pipeline.tools.catalog.engine import Catalog


@pytest.fixture
def log(catalog: Catalog) -> Catalog:
    """A catalog with five events, of two cases and of none."""
    return with_events(catalog)


def with_events(catalog: Catalog) -> Catalog:
    """Write five events, of two cases and of none."""
    for number, case in enumerate(("one", "two", None, "one", "two")):
        with catalog.write(by="ann", now=later(number)) as tx:
            tx.event("done", case=case, data={"number": number, "keys": ["b", "a"]})
    return catalog


def test_events_have_the_one_shape(log: Catalog) -> None:
    """Number, time, actor, verb, case, data, and the two hashes that chain them."""
    with log.read() as connection:
        found = list(events.all_events(connection))
        assert events.head(connection) == Head(5, found[-1].hash)
    assert [each.seq for each in found] == [1, 2, 3, 4, 5]
    assert [each.at for each in found] == [later(number) for number in range(5)]
    assert [each.case for each in found] == ["one", "two", None, "one", "two"]
    assert found[3].data == {"number": 3, "keys": ["b", "a"]}
    assert [each.prev for each in found] == [GENESIS, *(each.hash for each in found[:-1])]
    assert first_break(found) is None


def test_several_events_of_one_commit_follow_one_another(catalog: Catalog) -> None:
    """Events of one transaction chain among themselves, and all of them are remembered in it."""
    with catalog.write(by="ann", now=NOW) as tx:
        made = [tx.event(verb) for verb in ("one", "two", "three")]
        assert tx.recorded == made
    with catalog.read() as connection:
        assert list(events.all_events(connection)) == made


def test_the_events_of_a_case(log: Catalog) -> None:
    """Only that case's, in their order; none for a case that nobody knows."""
    with log.read() as connection:
        assert [each.seq for each in events.of_case(connection, "one")] == [1, 4]
        assert events.of_case(connection, "three") == []


def test_a_hash_is_found_by_its_number(log: Catalog) -> None:
    """The hash of one event, and nothing for a number beyond the log."""
    with log.read() as connection:
        assert events.hash_at(connection, 5) == events.head(connection).hash
        assert events.hash_at(connection, 6) is None


def test_thousands_of_events_are_read_in_batches(catalog: Catalog) -> None:
    """More events than one batch holds come out once each, in order."""
    with catalog.write(by="ann", now=NOW) as tx:
        for number in range(1203):
            tx.event("counted", data={"number": number})
    with catalog.read() as connection:
        found = [each.data["number"] for each in events.all_events(connection)]
    assert found == list(range(1203))


@pytest.mark.parametrize(
    "statement",
    [
        "update events set actor = 'somebody else' where seq = 2",
        "update events set seq = 99 where seq = 5",
        "delete from events where seq = 5",
        "delete from events",
    ],
)
def test_the_log_cannot_be_changed(log: Catalog, statement: str) -> None:
    """No update and no deletion, whoever asks; the log stays as it was."""
    check_refused(log, statement)


def test_the_log_cannot_be_emptied_or_replaced(log: Catalog) -> None:
    """Each database's own way around a deletion is closed too."""
    log_url = log.url
    if log_url.startswith("postgresql"):
        check_refused(log, "truncate events")
        return
    values = "select seq, at, 'else', verb, \"case\", data, prev, hash from events where seq = 2"
    check_refused(log, f"insert or replace into events {values}")
    check_refused(log, f"replace into events {values}")


def check_refused(log: Catalog, statement: str) -> None:
    """Check that the database refuses a statement, and that the chain is what it was."""
    with log.read() as connection:
        before = list(events.all_events(connection))
    engine = sa.create_engine(log.url)
    with pytest.raises(sa.exc.DBAPIError, match="append-only"), engine.begin() as connection:
        connection.execute(sa.text(statement))
    engine.dispose()
    with log.read() as connection:
        assert list(events.all_events(connection)) == before


def test_a_changed_log_is_found(catalog_url: str) -> None:
    """Who takes the triggers away and edits the past is found at the very event."""
    log = with_events(Catalog(catalog_url))
    engine = sa.create_engine(log.url)
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(sa.text("drop trigger events_append_only on events"))
        else:
            connection.execute(sa.text("drop trigger events_no_update"))
        connection.execute(sa.text("update events set actor = 'else' where seq = 3"))
    engine.dispose()
    with log.read() as connection:
        assert first_break(events.all_events(connection)) == 3
    log.close()


def test_an_empty_log_has_the_empty_head(catalog: Catalog) -> None:
    """Before the first event there is nothing, and the chain of nothing is whole."""
    with catalog.read() as connection:
        assert events.head(connection) == EMPTY
        assert first_break(events.all_events(connection)) is None
