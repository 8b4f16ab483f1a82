"""Opens the catalog on SQLite or PostgreSQL and keeps its transactions honest.

Writers come one after another on every database (SQLite: BEGIN IMMEDIATE; PostgreSQL: a lock
taken first): what one decides from rows still holds when it commits, and the event chain has one
tail. On SQLite synchronous=FULL: what a step was told is committed survives the loss of power.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event as listening
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from pipeline.rules.chain import EMPTY, Event, Head, seal
from pipeline.rules.errors import Unreachable, UsageError
from pipeline.tools.catalog import schema

Connection = sa.Connection

log = logging.getLogger(__name__)

REVISION = "0001"
_WRITERS_LOCK = 0x636D_6564
# PostgreSQL's words for: read-only, not allowed.
_NOT_WRITABLE = {"25006", "42501"}


@dataclass(slots=True)
class Transaction:
    """One writing transaction: a connection, and who writes and when for the events in it."""

    connection: sa.Connection
    actor: str
    now: datetime
    recorded: list[Event] = field(default_factory=list)

    def event(
        self, verb: str, *, case: str | None = None, data: Mapping[str, object] | None = None
    ) -> Event:
        """Append to the event log; ids, keys and figures only."""
        sealed = seal(
            head_of(self.connection),
            at=self.now,
            actor=self.actor,
            verb=verb,
            case=case,
            data=dict(data or {}),
        )
        self.connection.execute(
            schema.events.insert().values(
                seq=sealed.seq,
                at=sealed.at,
                actor=sealed.actor,
                verb=sealed.verb,
                case=sealed.case,
                data=sealed.data,
                prev=sealed.prev,
                hash=sealed.hash,
            )
        )
        self.recorded.append(sealed)
        return sealed


def head_of(connection: sa.Connection) -> Head:
    """Return the last event's place and hash."""
    row = connection.execute(
        sa.select(schema.events.c.seq, schema.events.c.hash)
        .order_by(schema.events.c.seq.desc())
        .limit(1)
    ).first()
    return Head(row.seq, row.hash) if row else EMPTY


class Catalog:
    """A door to the database: `read()` and `write()` are the only ways in."""

    def __init__(self, url: str) -> None:
        """Remember the address; nothing is opened before the first use."""
        self.url = url
        self.after_events: Callable[[Head], None] = lambda _head: None
        self._engine: sa.Engine | None = None
        self._opening = threading.Lock()

    def close(self) -> None:
        """Give every connection back."""
        if self._engine is not None:
            self._engine.dispose()
            self._engine = None

    @contextmanager
    def read(self) -> Iterator[sa.Connection]:
        """Open a view of one moment: what others commit meanwhile is not in it.

        Raises:
            Unreachable: the database does not answer.
        """
        with _in_words():
            engine = self._opened()
            if engine.dialect.name == "postgresql":
                engine = engine.execution_options(isolation_level="REPEATABLE READ")
            with engine.connect() as connection:
                yield connection

    @contextmanager
    def write(self, *, by: str, now: datetime) -> Iterator[Transaction]:
        """Open a transaction that commits at the end, or not at all.

        Raises:
            Unreachable: the database does not answer or is read-only.
        """
        with _in_words():
            engine = self._opened().execution_options(writing=True)
            with engine.begin() as connection:
                _one_writer(connection)
                transaction = Transaction(connection, by, now)
                yield transaction
        if transaction.recorded:
            last = transaction.recorded[-1]
            self.after_events(Head(last.seq, last.hash))

    def _opened(self) -> sa.Engine:
        with self._opening:
            if self._engine is None:
                engine = _engine(self.url)
                _migrate(engine)
                self._engine = engine
            return self._engine


def _one_writer(connection: sa.Connection) -> None:
    """Wait until no other transaction writes; SQLite did so when this one began."""
    if connection.dialect.name == "postgresql":
        connection.execute(sa.text(f"select pg_advisory_xact_lock({_WRITERS_LOCK})"))


@contextmanager
def _in_words() -> Iterator[None]:
    try:
        yield
    except DBAPIError as error:
        # The driver's message may hold values of a row; its class and code say enough.
        log.warning("database: %s", type(error.orig).__name__)
        if not _is_trouble(error):
            raise
        raise Unreachable(
            "The catalog (the database) did not answer.",
            remedy="Check that its disk is not full or read-only and that the server runs; "
            "'clinicmedia doctor' tells more.",
        ) from error


def _is_trouble(error: DBAPIError) -> bool:
    """Tell a database in trouble from a bug of ours."""
    if isinstance(error, sa.exc.OperationalError | sa.exc.InterfaceError):
        return True
    # SQLite says DatabaseError itself of a file that is damaged or no database at all.
    return type(error) is sa.exc.DatabaseError or (
        getattr(error.orig, "sqlstate", None) in _NOT_WRITABLE
    )


def _engine(url: str) -> sa.Engine:
    address: str | sa.URL = url
    try:
        if url.startswith("sqlite:///"):
            file = Path(url.removeprefix("sqlite:///"))
            file.parent.mkdir(parents=True, exist_ok=True)
            # Taken as it is: a folder's name may hold what means something in an address.
            address = sa.URL.create("sqlite", database=str(file))
        # An error's text must not hold the values of rows: it ends in logs.
        engine = sa.create_engine(
            address, hide_parameters=True, pool_pre_ping=url.startswith("postgresql")
        )
    except SQLAlchemyError as error:
        raise Unreachable("The address of the catalog cannot be understood.") from error
    except OSError as error:
        raise Unreachable(
            f"The folder of the catalog cannot be made ({error.strerror}).",
            remedy="Correct catalog.url in the configuration, or free that place.",
        ) from error
    if engine.dialect.name == "sqlite":
        listening.listen(engine, "connect", _prepare_sqlite)
        listening.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _record: object) -> None:  # noqa: ANN401 - a sqlite3 connection
    connection.isolation_level = None  # we say BEGIN ourselves, below
    for pragma in (
        "busy_timeout=15000",
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: sa.Connection) -> None:
    writing = connection.get_execution_options().get("writing")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")


def _migrate(engine: sa.Engine) -> None:
    """Bring the tables to the newest revision; the common case costs one query."""
    with _in_words(), engine.connect() as connection:
        known = sa.inspect(connection).has_table("alembic_version")
        found = (
            connection.execute(sa.text("select version_num from alembic_version")).scalar()
            if known
            else None
        )
    if found == REVISION:
        return
    from alembic import command  # noqa: PLC0415 - costs start-up time and is needed once
    from alembic.config import Config  # noqa: PLC0415 - the same
    from alembic.util import CommandError  # noqa: PLC0415 - the same

    settings = Config()
    folder = str(Path(__file__).parent / "migrations")
    settings.set_main_option("script_location", folder.replace("%", "%%"))
    with _in_words(), engine.execution_options(writing=True).begin() as connection:
        _one_writer(connection)
        settings.attributes["connection"] = connection
        try:
            command.upgrade(settings, "head")
        except CommandError as error:
            raise UsageError(
                "The catalog was made by a newer Clinicmedia than this one.",
                remedy="Install the newer version again.",
            ) from error
