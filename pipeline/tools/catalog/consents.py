"""Consent records in all their versions, and the ends that were put to them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa

from pipeline.rules.consent import Consent, Revocation
from pipeline.rules.errors import Reason
from pipeline.rules.signed.records import read_record
from pipeline.tools.catalog import schema
from pipeline.tools.catalog.engine import Transaction

_records, _endings = schema.records.c, schema.endings.c
_NEWEST = _records.newest.is_(sa.true())


@dataclass(frozen=True, slots=True)
class RecordRow:
    """One version of a record as it was handed in."""

    consent: str
    version: int
    subject: str
    body: dict[str, object]
    recorded_at: datetime


def add(tx: Transaction, *, consent: str, subject: str, body: dict[str, object]) -> int:
    """Store a record as its next version and return that number.

    The same body again is no new version: importing a file twice changes nothing.
    """
    newest = _newest(tx.connection, consent)
    if newest and newest.body == body:
        return newest.version
    tx.connection.execute(
        schema.records.update().where(_records.consent == consent).values(newest=False)
    )
    version = newest.version + 1 if newest else 1
    tx.connection.execute(
        schema.records.insert().values(
            consent=consent,
            version=version,
            subject=subject,
            bare_subject=subject.lstrip("0"),
            body=body,
            newest=True,
            recorded_at=tx.now,
        )
    )
    return version


def revoke(tx: Transaction, consent: str, *, received_at: datetime) -> None:
    """Put an end to a record in all its versions, past and future."""
    tx.connection.execute(
        schema.endings.insert().values(
            consent=consent, kind="revoked", received_at=received_at, recorded_at=tx.now
        )
    )


def end(tx: Transaction, consent: str, *, day: date) -> None:
    """Record that the event named in a record took place; `day` is the first without consent."""
    tx.connection.execute(
        schema.endings.insert().values(consent=consent, kind="ended", day=day, recorded_at=tx.now)
    )


def newest(connection: sa.Connection, consent: str) -> Consent | None:
    """Return a record's newest version with its ends."""
    return next(iter(_read(connection, _records.consent == consent, _NEWEST)), None)


def every(connection: sa.Connection) -> list[Consent]:
    """Return the newest version of all records, by id."""
    return _read(connection, _NEWEST)


def of_subject(connection: sa.Connection, subject: str) -> list[Consent]:
    """Return the newest version of a subject's records."""
    return _read(connection, _records.subject == subject, _NEWEST)


def concerning(
    connection: sa.Connection, *, people: Collection[str], licences: Collection[str]
) -> list[Consent]:
    """Return what `rules.consent.decide` asks for: these people's records, their codes' twins'
    (alike up to leading zeros), and all licences of the works that these licences are for.

    Of a revoked record every version: a later one with another scope must not outlive the notice.
    """  # noqa: D205 - one sentence that a blank line would break
    bare = sa.select(_records.bare_subject).where(_records.consent.in_(licences))
    people_bare = {code.lstrip("0") for code in people}
    revoked = sa.select(_endings.consent).where(_endings.kind == "revoked")
    return _read(
        connection,
        sa.or_(_records.bare_subject.in_(people_bare), _records.bare_subject.in_(bare)),
        sa.or_(_NEWEST, _records.consent.in_(revoked)),
    )


def versions(connection: sa.Connection, consent: str) -> list[RecordRow]:
    """Return every version of a record, first to last."""
    rows = connection.execute(
        sa.select(
            _records.consent,
            _records.version,
            _records.subject,
            _records.body,
            _records.recorded_at,
        )
        .where(_records.consent == consent)
        .order_by(_records.version)
    )
    return [RecordRow(**row._mapping) for row in rows]  # noqa: SLF001 - the public way to names


def _newest(connection: sa.Connection, consent: str) -> RecordRow | None:
    return next(reversed(versions(connection, consent)), None)


def _read(connection: sa.Connection, *which: sa.ColumnElement[bool]) -> list[Consent]:
    rows = connection.execute(
        sa.select(_records.consent, _records.version, _records.body, _records.recorded_at)
        .where(*which)
        .order_by(_records.consent, _records.version)
    ).all()
    ends = connection.execute(
        sa.select(schema.endings)
        .where(_endings.consent.in_([row.consent for row in rows]))
        .order_by(_endings.id)
    ).all()
    found = []
    for row in rows:
        record = read_record(row.body)
        if isinstance(record, Reason):
            raise RuntimeError(f"record {row.consent} was stored without an id or subject")  # noqa: TRY004 - a broken row, no wrong argument
        mine = [each for each in ends if each.consent == row.consent]
        revoked = [each for each in mine if each.kind == "revoked"]
        found.append(
            Consent(
                record=record,
                version=row.version,
                recorded_at=row.recorded_at,
                # Several notices may have come in: the last one is the strictest on signatures.
                revocation=Revocation(
                    received_at=max(each.received_at for each in revoked),
                    recorded_at=min(each.recorded_at for each in revoked),
                )
                if revoked
                else None,
                ended_on=min((each.day for each in mine if each.kind == "ended"), default=None),
            )
        )
    return found
