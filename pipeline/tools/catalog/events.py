"""Reads the append-only event log."""

from __future__ import annotations

from collections.abc import Iterator

import sqlalchemy as sa

from pipeline.rules.chain import Event, Head
from pipeline.tools.catalog import schema
from pipeline.tools.catalog.engine import head_of

__all__ = ["all_events", "head", "of_case"]

_columns = schema.events.c


def head(connection: sa.Connection) -> Head:
    """Return the tail of the chain."""
    return head_of(connection)


def hash_at(connection: sa.Connection, seq: int) -> str | None:
    """Return the hash of one event, None when there is no such event."""
    return connection.execute(
        sa.select(_columns.hash).where(_columns.seq == seq)
    ).scalar_one_or_none()


def all_events(connection: sa.Connection) -> Iterator[Event]:
    """Yield every event, first to last, in batches."""
    yield from _read(connection, sa.select(schema.events).order_by(_columns.seq))


def of_case(connection: sa.Connection, name: str) -> list[Event]:
    """Return the events of one case, first to last."""
    wanted = sa.select(schema.events).where(_columns.case == name).order_by(_columns.seq)
    return list(_read(connection, wanted))


def _read(connection: sa.Connection, wanted: sa.Select[tuple[object, ...]]) -> Iterator[Event]:
    for row in connection.execution_options(yield_per=500).execute(wanted):
        yield Event(**row._mapping)  # noqa: SLF001 - the public way to a row's names
