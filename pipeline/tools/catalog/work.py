"""What the jobs themselves need to remember: artifacts, approvals, problems, leases and marks."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from pipeline.rules.media import Artifact
from pipeline.tools.catalog import schema
from pipeline.tools.catalog.engine import Transaction

_artifacts, _leases = schema.artifacts.c, schema.leases.c
_stands = schema.artifact_originals.c


@dataclass(frozen=True, slots=True)
class ProblemRow:
    """A file that could not be used and now lies in `_problems/`."""

    id: int
    file: str
    code: str
    facts: dict[str, str]
    at: datetime


def artifacts(connection: sa.Connection, keys: Collection[str]) -> dict[str, Artifact]:
    """Return the artifacts that exist among these rendition keys."""
    rows = connection.execute(sa.select(schema.artifacts).where(_artifacts.key.in_(keys)))
    return {row.key: _artifact(row) for row in rows}


def artifacts_of(connection: sa.Connection, originals: Collection[str]) -> list[Artifact]:
    """Return the artifacts that stand on any of these originals, those of pairs included."""
    standing = sa.select(_stands.artifact).where(_stands.original.in_(originals))
    rows = connection.execute(
        sa.select(schema.artifacts).where(_artifacts.key.in_(standing)).order_by(_artifacts.key)
    )
    return [_artifact(row) for row in rows]


def add_artifact(
    tx: Transaction,
    artifact: Artifact,
    *,
    originals: Collection[str],
    versions: Mapping[str, str],
) -> None:
    """Record a rendition that was verified and stored; the same key again is the same picture.

    `originals` are all that it stands on: it is forgotten with any of them. A card of the brand's
    may come to stand on further ones.
    """
    earlier = tx.connection.execute(
        sa.select(_stands.original).where(_stands.artifact == artifact.key)
    )
    stands_on = sorted({*originals, *earlier.scalars()})
    forget_artifacts(tx, [artifact.key])
    duration = artifact.duration_s
    tx.connection.execute(
        schema.artifacts.insert().values(
            key=artifact.key,
            sha256=artifact.sha256,
            size_bytes=artifact.size_bytes,
            width=artifact.width,
            height=artifact.height,
            content_type=artifact.content_type,
            duration_ms=None if duration is None else round(duration * 1000),
            versions=dict(versions),
            made_at=tx.now,
        )
    )
    for original in stands_on:
        tx.connection.execute(
            schema.artifact_originals.insert().values(artifact=artifact.key, original=original)
        )


def forget_artifacts(tx: Transaction, keys: Collection[str]) -> None:
    """Forget renditions that are no longer in private storage."""
    tx.connection.execute(schema.artifact_originals.delete().where(_stands.artifact.in_(keys)))
    tx.connection.execute(schema.artifacts.delete().where(_artifacts.key.in_(keys)))


def _artifact(row: Any) -> Artifact:  # noqa: ANN401 - a row of SQLAlchemy's
    return Artifact(
        key=row.key,
        sha256=row.sha256,
        size_bytes=row.size_bytes,
        width=row.width,
        height=row.height,
        content_type=row.content_type,
        duration_s=None if row.duration_ms is None else row.duration_ms / 1000,
    )


def approve(tx: Transaction, case_id: int, *, judged: str) -> None:
    """Record that a person answered the flags of what `judged` stands for."""
    tx.connection.execute(
        schema.approvals.insert().values(case_id=case_id, judged=judged, at=tx.now)
    )


def approved(connection: sa.Connection, case_id: int) -> set[str]:
    """Return everything of a case that a person approved."""
    rows = connection.execute(
        sa.select(schema.approvals.c.judged).where(schema.approvals.c.case_id == case_id)
    )
    return {row.judged for row in rows}


def add_problem(tx: Transaction, *, file: str, code: str, facts: Mapping[str, str]) -> int:
    """Record a file that could not be used and return the record's id."""
    result = tx.connection.execute(
        schema.problems.insert().values(file=file, code=code, facts=dict(facts), at=tx.now)
    )
    key = result.inserted_primary_key
    if key is None:
        raise RuntimeError("the database gave no key for a problem")
    return int(key[0])


def problems(connection: sa.Connection) -> list[ProblemRow]:
    """Return all problems, oldest first."""
    rows = connection.execute(sa.select(schema.problems).order_by(schema.problems.c.id))
    return [ProblemRow(**row._mapping) for row in rows]  # noqa: SLF001 - the public way to names


def drop_problem(tx: Transaction, problem_id: int) -> None:
    """Forget a problem whose file a person took away."""
    tx.connection.execute(schema.problems.delete().where(schema.problems.c.id == problem_id))


def add_export(tx: Transaction, *, case_id: int, channel: str, folder: str) -> None:
    """Record that a case's files for a channel were handed out."""
    tx.connection.execute(
        schema.exports.insert().values(case_id=case_id, channel=channel, folder=folder, at=tx.now)
    )


def exports_of(connection: sa.Connection, case_id: int) -> list[tuple[str, str, datetime]]:
    """Return the (channel, folder, time) of every export of a case."""
    rows = connection.execute(sa.select(schema.exports).where(schema.exports.c.case_id == case_id))
    return [(row.channel, row.folder, row.at) for row in rows]


def take_lease(tx: Transaction, name: str, *, holder: str, seconds: float) -> int | None:
    """Take or renew a lease; returns its fencing token, or None while another holds it."""
    row = tx.connection.execute(
        sa.select(schema.leases).where(_leases.name == name).with_for_update()
    ).first()
    if row and row.holder != holder and row.until > tx.now:
        return None
    fence = (row.fence if row else 0) + (0 if row and row.holder == holder else 1)
    values = {"holder": holder, "fence": fence, "until": tx.now + timedelta(seconds=seconds)}
    if row:
        tx.connection.execute(schema.leases.update().where(_leases.name == name).values(**values))
    else:
        tx.connection.execute(schema.leases.insert().values(name=name, **values))
    return fence


def give_lease_back(tx: Transaction, name: str, *, holder: str) -> None:
    """End a lease at once."""
    tx.connection.execute(
        schema.leases.update()
        .where(_leases.name == name, _leases.holder == holder)
        .values(until=tx.now, holder="")
    )


def holder_of(connection: sa.Connection, name: str) -> str | None:
    """Return who took a lease last."""
    return connection.execute(
        sa.select(_leases.holder).where(_leases.name == name)
    ).scalar_one_or_none()


def live_holder(connection: sa.Connection, name: str, *, now: datetime) -> str:
    """Return who holds a lease that has not run out, empty when nobody does."""
    holder = connection.execute(
        sa.select(_leases.holder).where(_leases.name == name, _leases.until > now)
    ).scalar_one_or_none()
    return holder or ""


def void_lease(tx: Transaction, name: str) -> None:
    """Take a lease from a holder that is known to be dead."""
    tx.connection.execute(
        schema.leases.update().where(_leases.name == name).values(until=tx.now, holder="")
    )


def mark(connection: sa.Connection, name: str) -> str | None:
    """Return a named value of the installation."""
    return connection.execute(
        sa.select(schema.marks.c.value).where(schema.marks.c.name == name)
    ).scalar_one_or_none()


def set_mark(tx: Transaction, name: str, value: str) -> None:
    """Store a named value of the installation."""
    done = tx.connection.execute(
        schema.marks.update().where(schema.marks.c.name == name).values(value=value)
    )
    if done.rowcount == 0:
        tx.connection.execute(schema.marks.insert().values(name=name, value=value))
