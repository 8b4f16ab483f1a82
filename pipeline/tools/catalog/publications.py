"""Publications (a case on a channel, by epochs) and the intent of every upload ever made."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from pipeline.rules.media import Fall
from pipeline.tools.catalog import schema
from pipeline.tools.catalog.engine import Transaction

_publications, _intents, _falls = schema.publications.c, schema.intents.c, schema.falls.c

OPEN = "open"
PUBLIC = "public"
WITHDRAWING = "withdrawing"
WITHDRAWN = "withdrawn"

INTENDED = "intended"
STORED = "stored"
GONE = "gone"
MAY_BE_THERE = (INTENDED, STORED)


@dataclass(frozen=True, slots=True)
class PublicationRow:
    """One epoch of a case on a channel. `basis` is what it stands on, `manifest` what is there."""

    id: int
    case_id: int
    channel: str
    epoch: int
    token: str
    state: str
    opened_at: datetime
    published_at: datetime | None
    modified_at: datetime | None
    until: date | None
    basis: dict[str, Any]
    manifest: dict[str, Any] | None
    digest: str | None
    cause: str | None
    closed_at: datetime | None
    gone_at: datetime | None
    receipt: dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class IntentRow:
    """One key that was, is or will be in public storage."""

    id: int
    publication_id: int | None
    key: str
    sha256: str
    size_bytes: int
    state: str
    at: datetime
    deadline: datetime
    gone_at: datetime | None
    last_status: str | None


def of_case(connection: sa.Connection, case_id: int) -> list[PublicationRow]:
    """Return every publication of a case, oldest first."""
    return _read(connection, _publications.case_id == case_id)


def live(connection: sa.Connection, case_id: int) -> list[PublicationRow]:
    """Return the publications of a case that are open or public."""
    return _read(
        connection,
        _publications.case_id == case_id,
        _publications.state.in_((OPEN, PUBLIC)),
    )


def by_id(connection: sa.Connection, publication_id: int) -> PublicationRow:
    """Return a publication that exists."""
    return _read(connection, _publications.id == publication_id)[0]


def in_state(connection: sa.Connection, *states: str) -> list[PublicationRow]:
    """Return all publications in one of these states, oldest first."""
    return _read(connection, _publications.state.in_(states))


def ending_by(connection: sa.Connection, *, day: date) -> list[PublicationRow]:
    """Return the live publications whose consent ends on or before a day."""
    return _read(connection, _publications.state.in_((OPEN, PUBLIC)), _publications.until <= day)


def standing_on(connection: sa.Connection, consent: str) -> list[PublicationRow]:
    """Return the live publications that stand on a record."""
    rows = _read(connection, _publications.state.in_((OPEN, PUBLIC)))
    return [row for row in rows if any(pair[0] == consent for pair in row.basis["stands_on"])]


def last_stood_on(connection: sa.Connection, consent: str) -> list[PublicationRow]:
    """Return ended publications that stood on a record and that no other epoch followed."""
    rows = _read(connection, sa.true())
    last = {(row.case_id, row.channel): row for row in rows}
    return [
        row
        for row in last.values()
        if row.state in {WITHDRAWING, WITHDRAWN} and row.cause in {"held", "narrowed"}
        if any(pair[0] == consent for pair in row.basis["stands_on"])
    ]


def open_epoch(
    tx: Transaction,
    *,
    case_id: int,
    channel: str,
    token: str,
    basis: Mapping[str, Any],
    until: date | None,
) -> PublicationRow:
    """Begin a new epoch of a case on a channel."""
    last = tx.connection.execute(
        sa.select(sa.func.max(_publications.epoch)).where(
            _publications.case_id == case_id, _publications.channel == channel
        )
    ).scalar()
    tx.connection.execute(
        schema.publications.insert().values(
            case_id=case_id,
            channel=channel,
            epoch=(last or 0) + 1,
            token=token,
            state=OPEN,
            opened_at=tx.now,
            basis=dict(basis),
            until=until,
        )
    )
    return _read(tx.connection, _publications.token == token)[0]


def change(tx: Transaction, publication_id: int, values: Mapping[str, Any]) -> None:
    """Store changed columns of a publication."""
    tx.connection.execute(
        schema.publications.update().where(_publications.id == publication_id).values(**values)
    )


def close(tx: Transaction, publication: PublicationRow, *, cause: str) -> None:
    """End an epoch: from this commit nothing of it may be uploaded, and all of it must go."""
    change(tx, publication.id, {"state": WITHDRAWING, "cause": cause, "closed_at": tx.now})


def is_live(connection: sa.Connection, publication_id: int) -> bool:
    """Tell whether an epoch still runs; asked before and after every upload."""
    state = connection.execute(
        sa.select(_publications.state).where(_publications.id == publication_id)
    ).scalar_one_or_none()
    return state in {OPEN, PUBLIC}


def add_fall(tx: Transaction, case_id: int, fall: Fall) -> None:
    """Record that a case came down because consent ended."""
    tx.connection.execute(
        schema.falls.insert().values(
            case_id=case_id,
            channel=fall.channel,
            cause=fall.cause,
            person=fall.person,
            consents=list(fall.consents),
            at=fall.at,
            received_at=fall.received_at,
        )
    )


def falls_of(connection: sa.Connection, case_id: int) -> tuple[Fall, ...]:
    """Return the falls of a case, oldest first."""
    rows = connection.execute(
        sa.select(schema.falls).where(_falls.case_id == case_id).order_by(_falls.id)
    )
    return tuple(
        Fall(row.channel, row.cause, row.person, tuple(row.consents), row.at, row.received_at)
        for row in rows
    )


def intend(
    tx: Transaction,
    publication_id: int | None,
    *,
    uploads: Iterable[tuple[str, str, int]],
    within_s: float,
) -> None:
    """Write the intent of uploads (key, SHA-256, bytes) before any of them starts.

    `within_s` is how long one of them may take; a withdrawal waits that long for those whose end
    it does not know.
    """
    deadline = tx.now + timedelta(seconds=within_s)
    for key, sha256, size in uploads:
        values = {
            "sha256": sha256,
            "size_bytes": size,
            "state": INTENDED,
            "at": tx.now,
            "deadline": deadline,
            "gone_at": None,
            "last_status": None,
        }
        known = tx.connection.execute(
            schema.intents.update()
            .where(_intents.key == key, _same_publication(publication_id))
            .values(**values)
        )
        if known.rowcount == 0:
            tx.connection.execute(
                schema.intents.insert().values(publication_id=publication_id, key=key, **values)
            )


def settle_intent(
    tx: Transaction, publication_id: int | None, *, key: str, state: str, status: str | None = None
) -> None:
    """Record what became of a key: stored, or gone with the last status that was seen."""
    values: dict[str, Any] = {"state": state, "last_status": status}
    if state == GONE:
        values["gone_at"] = tx.now
    tx.connection.execute(
        schema.intents.update()
        .where(_intents.key == key, _same_publication(publication_id))
        .values(**values)
    )


def intents_of(
    connection: sa.Connection, publication_id: int | None, *, states: Collection[str] = ()
) -> list[IntentRow]:
    """Return every intent of a publication (None: of the site's own pages), by key."""
    wanted = sa.select(schema.intents).where(_same_publication(publication_id))
    if states:
        wanted = wanted.where(_intents.state.in_(states))
    rows = connection.execute(wanted.order_by(_intents.key))
    return [IntentRow(**row._mapping) for row in rows]  # noqa: SLF001 - the public way to names


def intents_in_state(connection: sa.Connection, *states: str) -> list[IntentRow]:
    """Return all intents in one of these states, by key."""
    rows = connection.execute(
        sa.select(schema.intents).where(_intents.state.in_(states)).order_by(_intents.key)
    )
    return [IntentRow(**row._mapping) for row in rows]  # noqa: SLF001 - the public way to names


def _same_publication(publication_id: int | None) -> sa.ColumnElement[bool]:
    if publication_id is None:
        return _intents.publication_id.is_(None)
    return _intents.publication_id == publication_id


def _read(connection: sa.Connection, *which: sa.ColumnElement[bool]) -> list[PublicationRow]:
    rows = connection.execute(
        sa.select(schema.publications).where(*which).order_by(_publications.id)
    )
    return [PublicationRow(**row._mapping) for row in rows]  # noqa: SLF001 - the public way
