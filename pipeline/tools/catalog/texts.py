"""The words of cases and their originals: those in use, and those that were."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from pipeline.tools.catalog import schema
from pipeline.tools.catalog.engine import Transaction

_texts = schema.texts.c


@dataclass(frozen=True, slots=True)
class TextRow:
    """A title, caption or alt text in use. `asset_id` is None for the case's own."""

    id: int
    asset_id: int | None
    field: str
    language: str
    text: str
    source: str
    approved_by: str | None


def texts_of(connection: sa.Connection, case_id: int) -> list[TextRow]:
    """Return the words in use of a case and its originals."""
    rows = connection.execute(
        sa.select(
            _texts.id,
            _texts.asset_id,
            _texts.field,
            _texts.language,
            _texts.text,
            _texts.source,
            _texts.approved_by,
        )
        .where(_texts.case_id == case_id, _texts.state == "current")
        .order_by(_texts.id)
    )
    return [TextRow(**row._mapping) for row in rows]  # noqa: SLF001 - the public way to names


def set_text(
    tx: Transaction,
    case_id: int,
    *,
    asset_id: int | None,
    field: str,
    language: str,
    text: str | None,
    source: str,
) -> str | None:
    """Put words in use and keep the old ones as rows; None takes them away. Returns the old."""
    place = sa.and_(
        _texts.case_id == case_id,
        _texts.asset_id.is_(None) if asset_id is None else _texts.asset_id == asset_id,
        _texts.field == field,
        _texts.language == language,
        _texts.state == "current",
    )
    old = tx.connection.execute(sa.select(_texts.text).where(place)).scalar_one_or_none()
    if old == text:
        return old
    tx.connection.execute(schema.texts.update().where(place).values(state="old"))
    if text is not None:
        tx.connection.execute(
            schema.texts.insert().values(
                case_id=case_id,
                asset_id=asset_id,
                field=field,
                language=language,
                text=text,
                source=source,
                state="current",
                at=tx.now,
            )
        )
    return old


def approve_texts(tx: Transaction, case_id: int) -> None:
    """Record on the words in use of a case who approved them."""
    tx.connection.execute(
        schema.texts.update()
        .where(_texts.case_id == case_id, _texts.state == "current")
        .values(approved_by=tx.actor)
    )
