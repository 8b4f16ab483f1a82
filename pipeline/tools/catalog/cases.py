"""Cases and their originals, as rows."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from pipeline.tools.catalog import schema
from pipeline.tools.catalog.engine import Transaction

_cases, _assets = schema.cases.c, schema.assets.c

USED = "active"
PAPER = "paper"
SKIPPED = "skip"
TAKEN_OUT = "taken_out"
REPLACED = "replaced"
FAILED = "failed"


@dataclass(frozen=True, slots=True)
class CaseRow:
    """One case as it is stored. `look_at` is when it is to be looked at next; None is never."""

    id: int
    name: str
    folder: str
    slug: str
    treatment: str
    subject: str
    subject_kind: str
    channels: list[str] | None
    consents: list[str] | None
    consents_named_at: datetime | None
    people: list[str]
    people_said: bool
    complete: bool
    claims: list[dict[str, str]]
    publish_after: datetime | None
    held_why: str | None
    retracted: bool
    stage: str
    since: datetime
    reasons: list[dict[str, Any]]
    states: dict[str, dict[str, Any]]
    arrived_at: datetime
    look_at: datetime | None


@dataclass(frozen=True, slots=True)
class AssetRow:
    """One original as it is stored. `state` is active, paper, skip, taken_out, replaced, failed.

    `said` is what staff said of its people and rights, None where they said nothing; `people` and
    `rights` are what follows from that.
    """

    id: int
    case_id: int
    sha256: str
    file: str
    media_type: str
    role: str | None
    view: str
    state: str
    size_bytes: int
    facts: dict[str, Any] | None
    reason: dict[str, Any] | None
    said: dict[str, Any]
    attempts: int
    received_at: datetime
    people: tuple[str, ...]
    rights: tuple[str, ...]


def find(connection: sa.Connection, name: str) -> CaseRow | None:
    """Return the case of a name or public slug."""
    row = connection.execute(
        sa.select(schema.cases).where(sa.or_(_cases.name == name, _cases.slug == name))
    ).first()
    return CaseRow(**row._mapping) if row else None  # noqa: SLF001 - the public way to names


def by_id(connection: sa.Connection, case_id: int) -> CaseRow:
    """Return a case that exists."""
    row = connection.execute(sa.select(schema.cases).where(_cases.id == case_id)).one()
    return CaseRow(**row._mapping)  # noqa: SLF001 - the public way to names


def every(connection: sa.Connection) -> list[CaseRow]:
    """Return all cases in the order of their arrival."""
    rows = connection.execute(sa.select(schema.cases).order_by(_cases.id))
    return [CaseRow(**row._mapping) for row in rows]  # noqa: SLF001 - the public way to names


def due(connection: sa.Connection, *, now: datetime) -> list[CaseRow]:
    """Return the cases that are to be looked at, longest waiting first."""
    rows = connection.execute(
        sa.select(schema.cases)
        .where(_cases.look_at.is_not(None), _cases.look_at <= now)
        .order_by(_cases.look_at, _cases.id)
    )
    return [CaseRow(**row._mapping) for row in rows]  # noqa: SLF001 - the public way to names


def concerning(connection: sa.Connection, subject: str) -> list[CaseRow]:
    """Return the cases in which a person is seen or heard, or a licensed work is used."""
    bare = subject.lstrip("0")
    people, rights, records = schema.asset_people.c, schema.asset_rights.c, schema.records.c
    by_people = sa.select(people.asset_id).where(sa.func.ltrim(people.code, "0") == bare)
    by_rights = (
        sa.select(rights.asset_id)
        .join(schema.records, records.consent == rights.licence)
        .where(records.subject == subject)
    )
    wanted = sa.select(_assets.case_id).where(
        sa.or_(_assets.id.in_(by_people), _assets.id.in_(by_rights))
    )
    rows = connection.execute(
        sa.select(schema.cases)
        .where(sa.or_(_cases.id.in_(wanted), sa.func.ltrim(_cases.subject, "0") == bare))
        .order_by(_cases.id)
    )
    return [CaseRow(**row._mapping) for row in rows]  # noqa: SLF001 - the public way to names


def every_subject(connection: sa.Connection) -> list[str]:
    """Return the subject codes of all cases."""
    return list(connection.execute(sa.select(_cases.subject).distinct()).scalars())


def treatments(connection: sa.Connection) -> list[str]:
    """Return the treatments that have a public case."""
    public = sa.select(schema.publications.c.case_id).where(schema.publications.c.state == "public")
    rows = connection.execute(sa.select(_cases.treatment).where(_cases.id.in_(public)).distinct())
    return [row.treatment for row in rows]


def add(tx: Transaction, values: Mapping[str, Any]) -> int:
    """Store a new case and return its id."""
    result = tx.connection.execute(schema.cases.insert().values(**values))
    key = result.inserted_primary_key
    if key is None:
        raise RuntimeError("the database gave no key for a new case")
    return int(key[0])


def change(tx: Transaction, case_id: int, values: Mapping[str, Any]) -> None:
    """Store changed columns of a case."""
    tx.connection.execute(schema.cases.update().where(_cases.id == case_id).values(**values))


def settle(tx: Transaction, row: CaseRow, values: Mapping[str, Any]) -> bool:
    """Store what a look came to, unless somebody asked for another look meanwhile."""
    unchanged = _cases.look_at.is_(None) if row.look_at is None else _cases.look_at == row.look_at
    done = tx.connection.execute(
        schema.cases.update().where(_cases.id == row.id, unchanged).values(**values)
    )
    return done.rowcount == 1


def look_again(tx: Transaction, case_ids: Collection[int]) -> None:
    """Ask that these cases are looked at in the next tick."""
    tx.connection.execute(
        schema.cases.update().where(_cases.id.in_(case_ids)).values(look_at=tx.now)
    )


def look_at_all(tx: Transaction) -> None:
    """Ask that every case is looked at in the next tick: the configuration changed."""
    tx.connection.execute(schema.cases.update().values(look_at=tx.now))


def assets_of(connection: sa.Connection, case_id: int) -> list[AssetRow]:
    """Return the originals of a case in the order of their arrival."""
    return _with_people(
        connection,
        connection.execute(
            sa.select(schema.assets).where(_assets.case_id == case_id).order_by(_assets.id)
        ).all(),
    )


def assets_by_hash(connection: sa.Connection, sha256: str) -> list[AssetRow]:
    """Return every asset of these bytes, in whichever case."""
    return _with_people(
        connection,
        connection.execute(sa.select(schema.assets).where(_assets.sha256 == sha256)).all(),
    )


def every_original(connection: sa.Connection) -> list[tuple[str, int]]:
    """Return the (SHA-256, size) of all originals."""
    rows = connection.execute(sa.select(_assets.sha256, _assets.size_bytes).distinct())
    return [(row.sha256, row.size_bytes) for row in rows]


def _with_people(connection: sa.Connection, rows: Sequence[Any]) -> list[AssetRow]:
    ids = [row.id for row in rows]
    people, rights = schema.asset_people.c, schema.asset_rights.c
    codes: dict[int, list[str]] = {}
    for row in connection.execute(
        sa.select(people.asset_id, people.code)
        .where(people.asset_id.in_(ids))
        .order_by(people.code)
    ):
        codes.setdefault(row.asset_id, []).append(row.code)
    licences: dict[int, list[str]] = {}
    for row in connection.execute(
        sa.select(rights.asset_id, rights.licence)
        .where(rights.asset_id.in_(ids))
        .order_by(rights.licence)
    ):
        licences.setdefault(row.asset_id, []).append(row.licence)
    return [
        AssetRow(
            **row._mapping,  # noqa: SLF001 - the public way to names
            people=tuple(codes.get(row.id, ())),
            rights=tuple(licences.get(row.id, ())),
        )
        for row in rows
    ]


def add_asset(tx: Transaction, values: Mapping[str, Any]) -> int:
    """Store a new original and return its id."""
    result = tx.connection.execute(schema.assets.insert().values(**values))
    key = result.inserted_primary_key
    if key is None:
        raise RuntimeError("the database gave no key for a new original")
    return int(key[0])


def change_asset(tx: Transaction, asset_id: int, values: Mapping[str, Any]) -> None:
    """Store changed columns of an original."""
    tx.connection.execute(schema.assets.update().where(_assets.id == asset_id).values(**values))


def set_people(
    tx: Transaction, asset_id: int, *, people: Collection[str], rights: Collection[str]
) -> None:
    """Store who is seen or heard in an original, and whose licences it needs."""
    for table, column, wanted in (
        (schema.asset_people, "code", people),
        (schema.asset_rights, "licence", rights),
    ):
        tx.connection.execute(table.delete().where(table.c.asset_id == asset_id))
        for value in sorted(set(wanted)):
            tx.connection.execute(table.insert().values(asset_id=asset_id, **{column: value}))
