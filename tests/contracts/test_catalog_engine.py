"""The door to the database: what is committed, what is refused, and who waits for whom."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from rows import NOW, add_asset, add_case, later, one_case
from servers import Postgres

from pipeline.rules.chain import EMPTY, Head, first_break
from pipeline.rules.errors import ClinicmediaError, Unreachable, UsageError
from pipeline.tools.catalog import cases, events, work
from pipeline.tools.catalog.engine import Catalog

ROOT = Path(__file__).parent.parent.parent
WRITES = """
import sys
from datetime import UTC, datetime
from pipeline.tools.catalog.engine import Catalog
catalog = Catalog(sys.argv[1])
for number in range(int(sys.argv[3])):
    with catalog.write(by=sys.argv[2], now=datetime.now(UTC)) as tx:
        tx.event("counted", data={"number": number})
"""


@pytest.fixture
def two(catalog: Catalog) -> Iterator[tuple[Catalog, Catalog]]:
    """Two doors to the same database."""
    other = Catalog(catalog.url)
    yield catalog, other
    other.close()


def names(catalog: Catalog) -> list[str]:
    """The names of the cases that are stored."""
    with catalog.read() as connection:
        return [row.name for row in cases.every(connection)]


def test_a_new_catalog_is_made_and_empty(catalog_url: str) -> None:
    """The first question to a database that has nothing makes the tables; the log is empty."""
    catalog = Catalog(catalog_url)
    with catalog.read() as connection:
        assert cases.every(connection) == []
        assert events.head(connection) == EMPTY
    catalog.close()


def test_what_is_committed_is_there_afterwards(catalog: Catalog) -> None:
    """Another door sees a case and its event, and the handle can be closed and used again."""
    with catalog.write(by="ann", now=NOW) as tx:
        add_case(tx)
        tx.event("received", case="dry-needling--0042", data={"new": True})
    catalog.close()
    assert names(catalog) == ["dry-needling--0042"]
    other = Catalog(catalog.url)
    with other.read() as connection:
        (event,) = events.all_events(connection)
    other.close()
    assert (event.seq, event.actor, event.verb, event.at) == (1, "ann", "received", NOW)
    assert event.data == {"new": True}


def test_a_failed_transaction_leaves_nothing(catalog: Catalog) -> None:
    """When a step breaks in the middle, neither rows nor events nor a new head remain."""
    heard: list[Head] = []
    catalog.after_events = heard.append
    with contextlib.suppress(ZeroDivisionError), catalog.write(by="ann", now=NOW) as tx:
        add_case(tx)
        tx.event("received")
        raise ZeroDivisionError
    assert names(catalog) == []
    with catalog.read() as connection:
        assert events.head(connection) == EMPTY
    assert heard == []


def test_the_head_is_told_after_the_commit_only(catalog: Catalog) -> None:
    """Whoever hears the new head can already read its events through another door."""
    other = Catalog(catalog.url)
    heard: list[tuple[Head, Head]] = []

    def hear(head: Head) -> None:
        with other.read() as connection:
            heard.append((head, events.head(connection)))

    catalog.after_events = hear
    with catalog.write(by="ann", now=NOW) as tx:
        tx.event("one")
        last = tx.event("two")
        assert heard == []
    with catalog.write(by="ann", now=NOW) as tx:
        add_case(tx)
    other.close()
    assert heard == [(Head(2, last.hash), Head(2, last.hash))]


def test_a_reader_sees_one_moment(two: tuple[Catalog, Catalog]) -> None:
    """What another commits while somebody reads is not in that reading, but in the next."""
    reader, writer = two
    with reader.read() as connection:
        assert cases.every(connection) == []
        one_case(writer)
        assert cases.every(connection) == []
    assert names(reader) == ["dry-needling--0042"]


def test_a_writer_waits_for_the_one_before(two: tuple[Catalog, Catalog]) -> None:
    """A second writer begins, and reads, only when the first has committed."""
    first, second = two
    seen: list[str | None] = []

    def write_second() -> None:
        with second.write(by="b", now=NOW) as tx:
            seen.append(work.mark(tx.connection, "decision"))

    thread = threading.Thread(target=write_second)
    with first.write(by="a", now=NOW) as tx:
        thread.start()
        thread.join(0.3)
        assert thread.is_alive()
        assert seen == []
        work.set_mark(tx, "decision", "no")
    thread.join(10)
    assert seen == ["no"]


def test_threads_keep_one_chain(catalog: Catalog) -> None:
    """Threads that write at once through one door append to one unbroken chain."""

    def write(name: str) -> None:
        for number in range(10):
            with catalog.write(by=name, now=later(number)) as tx:
                tx.event("counted", data={"number": number})

    threads = [threading.Thread(target=write, args=(name,)) for name in ("a", "b", "c")]
    for each in threads:
        each.start()
    for each in threads:
        each.join(60)
    check_chain(catalog, {"a": 10, "b": 10, "c": 10})


def test_processes_open_it_at_once_and_keep_one_chain(catalog_url: str) -> None:
    """Several processes make the same tables at the same moment and append to one chain."""
    running = [
        subprocess.Popen(
            [sys.executable, "-c", WRITES, catalog_url, name, "12"],
            cwd=ROOT,
            env={"PATH": os.defpath, "PYTHONPATH": str(ROOT)},
        )
        for name in ("a", "b", "c")
    ]
    assert [each.wait(120) for each in running] == [0, 0, 0]
    catalog = Catalog(catalog_url)
    check_chain(catalog, {"a": 12, "b": 12, "c": 12})
    catalog.close()


def check_chain(catalog: Catalog, wanted: dict[str, int]) -> None:
    """Check that the chain is unbroken and holds that many events of each actor, in order."""
    with catalog.read() as connection:
        found = list(events.all_events(connection))
    assert first_break(found) is None
    assert [each.seq for each in found] == list(range(1, sum(wanted.values()) + 1))
    for actor, count in wanted.items():
        numbers = [each.data["number"] for each in found if each.actor == actor]
        assert numbers == list(range(count))


def test_naive_times_are_refused(catalog: Catalog) -> None:
    """A time without a zone means another moment on every machine, so it is not stored."""
    naive = datetime(2026, 11, 23, 18, 0)  # noqa: DTZ001 - what must be refused
    with (
        pytest.raises(sa.exc.StatementError, match="time zone"),
        catalog.write(by="a", now=NOW) as tx,
    ):
        add_case(tx, since=naive)


def test_an_error_holds_no_values(catalog: Catalog) -> None:
    """The text of a database error lists its statement, and never the values of the row."""
    one_case(catalog, "dry-needling--0042", folder="secret")
    with pytest.raises(sa.exc.IntegrityError) as caught:
        one_case(catalog, "dry-needling--0042", folder="secret")
    assert "INSERT INTO cases" in str(caught.value)
    assert "secret" not in str(caught.value)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """The file of a SQLite catalog whose tables are made."""
    path = tmp_path / "catalog.db"
    catalog = Catalog(f"sqlite:///{path}")
    with catalog.write(by="a", now=NOW) as tx:
        tx.event("first")
    catalog.close()
    return path


def test_every_sqlite_connection_is_careful(file: Path) -> None:
    """WAL, synchronous FULL, foreign keys and patience, on readers and writers of any thread."""
    catalog = Catalog(f"sqlite:///{file}")
    found: list[tuple[object, ...]] = []

    def ask(connection: sa.Connection) -> None:
        asked = ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        found.append(
            tuple(connection.exec_driver_sql(f"pragma {each}").scalar_one() for each in asked)
        )

    def read() -> None:
        with catalog.read() as connection:
            ask(connection)

    with catalog.read() as connection, catalog.write(by="a", now=NOW) as tx:
        ask(connection)
        ask(tx.connection)
        thread = threading.Thread(target=read)
        thread.start()
        thread.join(20)
    catalog.close()
    assert found == [("wal", 2, 1, 15000)] * 3


def test_a_row_needs_the_row_that_it_names(catalog: Catalog) -> None:
    """An original of a case that does not exist cannot be stored, on either database."""
    with pytest.raises(sa.exc.IntegrityError), catalog.write(by="a", now=NOW) as tx:
        add_asset(tx, 4711)


def fails_in_words(catalog: Catalog, error: type[ClinicmediaError] = Unreachable) -> str:
    """Check that reading or writing fails with an error of ours; return its sentences."""
    with pytest.raises(error) as caught, catalog.write(by="a", now=NOW) as tx:
        tx.event("more")
    assert caught.value.remedy
    for word in ("sqlite3", "psycopg", "sqlalchemy", "Traceback"):
        assert word not in str(caught.value)
    return str(caught.value)


def test_a_file_that_is_no_database_is_told_in_words(tmp_path: Path) -> None:
    """A text file in the catalog's place is trouble with the database, not a bug."""
    (tmp_path / "catalog.db").write_text("These are the minutes of our meeting. " * 200)
    fails_in_words(Catalog(f"sqlite:///{tmp_path / 'catalog.db'}"))


def test_a_damaged_database_is_told_in_words(file: Path) -> None:
    """A database with a hole in it is trouble with the database, not a bug."""
    with sqlite3.connect(file) as connection:
        connection.execute("pragma wal_checkpoint(truncate)")
    connection.close()
    size = file.stat().st_size
    with file.open("r+b") as handle:
        handle.seek(4096)
        handle.write(b"\xa5" * (size - 4096))
    fails_in_words(Catalog(f"sqlite:///{file}"))


def test_a_folder_that_cannot_be_made_is_told_in_words(tmp_path: Path) -> None:
    """A file where the catalog's folder should be is told with the thing to correct."""
    (tmp_path / "var").write_text("a file")
    said = fails_in_words(Catalog(f"sqlite:///{tmp_path / 'var' / 'catalog.db'}"))
    assert "catalog.url" in said


def test_a_read_only_file_is_told_in_words(file: Path) -> None:
    """A write to a database that has become read-only fails as unreachable and changes nothing."""
    catalog = Catalog(f"sqlite:///{file}")
    with catalog.read() as connection:
        before = events.head(connection)
        connection.exec_driver_sql("pragma query_only = on")  # what a read-only disk does
        with pytest.raises(sa.exc.OperationalError):
            connection.exec_driver_sql("delete from marks")
    fails_in_words(catalog)
    catalog.close()
    again = Catalog(f"sqlite:///{file}")
    with again.read() as connection:
        assert events.head(connection) == before
    again.close()


def test_a_folder_of_any_name_holds_a_catalog(tmp_path: Path) -> None:
    """Signs that mean something in an address are only letters in a folder's name."""
    folder = tmp_path / "Dr. Who? 100% #1 & søn"
    catalog = Catalog(f"sqlite:///{folder / 'catalog.db'}")
    one_case(catalog)
    catalog.close()
    assert (folder / "catalog.db").is_file()
    assert [path.name for path in tmp_path.iterdir()] == [folder.name]


def test_a_server_that_is_gone_is_told_in_words(postgres: Postgres) -> None:
    """A PostgreSQL database that does not exist, and a server that does not answer."""
    fails_in_words(Catalog(postgres.url("nobody_made_this")))
    fails_in_words(Catalog("postgresql+psycopg://nobody@127.0.0.1:1/nothing"))


def test_a_server_that_is_read_only_is_told_in_words(postgres: Postgres) -> None:
    """A standby, which answers but does not write, is no bug."""
    with postgres.fresh_database() as url:
        catalog = Catalog(url)
        one_case(catalog)
        catalog.close()
        catalog.url = f"{url}&options=-cdefault_transaction_read_only%3Don"
        fails_in_words(catalog)
        assert names(catalog) == ["dry-needling--0042"]
        catalog.close()


def test_a_role_without_rights_is_told_in_words(postgres: Postgres) -> None:
    """A database in which this role may make no tables is no bug."""
    with postgres.fresh_database() as url:
        engine = sa.create_engine(url, isolation_level="AUTOCOMMIT")
        role = f"weak_{os.getpid()}"
        with engine.connect() as connection:
            connection.execute(sa.text(f"create role {role} login"))
        weak = Catalog(url.replace("postgres@", f"{role}@"))
        fails_in_words(weak)
        weak.close()
        with engine.connect() as connection:
            connection.execute(sa.text(f"drop role {role}"))
        engine.dispose()


def test_a_lost_connection_heals(postgres: Postgres) -> None:
    """After the server has dropped its clients, the next question is answered again."""
    with postgres.fresh_database() as url:
        catalog = Catalog(url)
        one_case(catalog)
        engine = sa.create_engine(url, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(
                sa.text(
                    "select pg_terminate_backend(pid) from pg_stat_activity "
                    "where datname = current_database() and pid <> pg_backend_pid()"
                )
            )
        engine.dispose()
        assert names(catalog) == ["dry-needling--0042"]
        catalog.close()


def test_a_newer_catalog_is_refused(catalog_url: str) -> None:
    """Tables that a newer version made are not touched: the way back is told."""
    catalog = Catalog(catalog_url)
    one_case(catalog)
    engine = sa.create_engine(catalog_url)
    with engine.begin() as connection:
        connection.execute(sa.text("update alembic_version set version_num = '9999'"))
    engine.dispose()
    catalog.close()
    assert "newer" in fails_in_words(catalog, UsageError)
