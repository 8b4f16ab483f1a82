"""The tables of the catalog, as SQLAlchemy sees them. Migrations make them; this names them.

Instants are stored as ISO texts in UTC of one fixed width, so that they compare alike on SQLite
and PostgreSQL; days as ISO texts; values with structure as JSON texts.
"""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
)


class Instant(TypeDecorator[datetime]):
    """An aware datetime, stored as `2026-11-23T18:00:00.000000Z`."""

    impl = String(27)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> str | None:  # noqa: ARG002 - SQLAlchemy's signature
        """Refuse naive times: they mean another moment on every machine."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs a time zone")
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")

    def process_result_value(self, value: str | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - SQLAlchemy's signature
        """Read it back, aware and in UTC."""
        return None if value is None else datetime.fromisoformat(value)


class Day(TypeDecorator[date]):
    """A day, stored as `2026-11-23`."""

    impl = String(10)
    cache_ok = True

    def process_bind_param(self, value: date | None, dialect: Dialect) -> str | None:  # noqa: ARG002 - SQLAlchemy's signature
        """Write the ISO form."""
        return None if value is None else value.isoformat()

    def process_result_value(self, value: str | None, dialect: Dialect) -> date | None:  # noqa: ARG002 - SQLAlchemy's signature
        """Read the ISO form."""
        return None if value is None else date.fromisoformat(value)


class Json(TypeDecorator[Any]):
    """A JSON value, stored as canonical text so that equal values are equal texts."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:  # noqa: ANN401, ARG002 - any JSON value; SQLAlchemy's signature
        """Write sorted keys and no spaces."""
        if value is None:
            return None
        return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:  # noqa: ANN401, ARG002 - any JSON value; SQLAlchemy's signature
        """Read it back."""
        return None if value is None else json.loads(value)


metadata = MetaData()

cases = Table(
    "cases",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", String(200), nullable=False, unique=True),
    Column("folder", Text, nullable=False),
    Column("slug", String(120), nullable=False, unique=True),
    Column("treatment", String(100), nullable=False),
    Column("subject", String(100), nullable=False),
    Column("subject_kind", String(10), nullable=False),
    Column("channels", Json),
    Column("consents", Json),
    Column("consents_named_at", Instant),
    Column("people", Json, nullable=False),
    Column("people_said", Boolean, nullable=False),
    Column("complete", Boolean, nullable=False),
    Column("claims", Json, nullable=False),
    Column("publish_after", Instant),
    Column("held_why", Text),
    Column("retracted", Boolean, nullable=False),
    Column("stage", String(10), nullable=False),
    Column("since", Instant, nullable=False),
    Column("reasons", Json, nullable=False),
    Column("states", Json, nullable=False),
    Column("arrived_at", Instant, nullable=False),
    Column("look_at", Instant),
    Index("cases_by_look", "look_at"),
    Index("cases_by_subject", "subject"),
    Index("cases_by_treatment", "treatment"),
)

assets = Table(
    "assets",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("case_id", ForeignKey("cases.id"), nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("file", Text, nullable=False),
    Column("media_type", String(10), nullable=False),
    Column("role", String(10)),
    Column("view", Text, nullable=False),
    Column("state", String(10), nullable=False),
    Column("size_bytes", Integer, nullable=False),
    Column("facts", Json),
    Column("reason", Json),
    Column("said", Json, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("received_at", Instant, nullable=False),
    UniqueConstraint("case_id", "sha256"),
    Index("assets_by_hash", "sha256"),
)

asset_people = Table(
    "asset_people",
    metadata,
    Column("asset_id", ForeignKey("assets.id"), primary_key=True),
    Column("code", String(100), primary_key=True),
    Index("asset_people_by_code", "code"),
)

asset_rights = Table(
    "asset_rights",
    metadata,
    Column("asset_id", ForeignKey("assets.id"), primary_key=True),
    Column("licence", String(100), primary_key=True),
    Index("asset_rights_by_licence", "licence"),
)

texts = Table(
    "texts",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("case_id", ForeignKey("cases.id"), nullable=False),
    Column("asset_id", ForeignKey("assets.id")),
    Column("field", String(10), nullable=False),
    Column("language", String(8), nullable=False),
    Column("text", Text, nullable=False),
    Column("source", String(10), nullable=False),
    Column("state", String(10), nullable=False),
    Column("approved_by", Text),
    Column("at", Instant, nullable=False),
    Index("texts_by_case", "case_id", "state"),
)

records = Table(
    "records",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("consent", String(100), nullable=False),
    Column("version", Integer, nullable=False),
    Column("subject", String(100), nullable=False),
    Column("bare_subject", String(100), nullable=False),
    Column("body", Json, nullable=False),
    Column("newest", Boolean, nullable=False),
    Column("recorded_at", Instant, nullable=False),
    UniqueConstraint("consent", "version"),
    Index("records_by_subject", "bare_subject", "newest"),
)

endings = Table(
    "endings",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("consent", String(100), nullable=False),
    Column("kind", String(10), nullable=False),
    Column("received_at", Instant),
    Column("day", Day),
    Column("recorded_at", Instant, nullable=False),
    Index("endings_by_consent", "consent"),
)

publications = Table(
    "publications",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("case_id", ForeignKey("cases.id"), nullable=False),
    Column("channel", String(20), nullable=False),
    Column("epoch", Integer, nullable=False),
    Column("token", String(40), nullable=False, unique=True),
    Column("state", String(12), nullable=False),
    Column("opened_at", Instant, nullable=False),
    Column("published_at", Instant),
    Column("modified_at", Instant),
    Column("until", Day),
    Column("basis", Json, nullable=False),
    Column("manifest", Json),
    Column("digest", String(64)),
    Column("cause", String(12)),
    Column("closed_at", Instant),
    Column("gone_at", Instant),
    Column("receipt", Json),
    UniqueConstraint("case_id", "channel", "epoch"),
    Index("publications_by_state", "state"),
)

falls = Table(
    "falls",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("case_id", ForeignKey("cases.id"), nullable=False),
    Column("channel", String(20), nullable=False),
    Column("cause", String(12), nullable=False),
    Column("person", String(100), nullable=False),
    Column("consents", Json, nullable=False),
    Column("at", Instant, nullable=False),
    Column("received_at", Instant, nullable=False),
    Index("falls_by_case", "case_id"),
)

intents = Table(
    "intents",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("publication_id", ForeignKey("publications.id")),
    Column("key", Text, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("size_bytes", Integer, nullable=False),
    Column("state", String(10), nullable=False),
    Column("at", Instant, nullable=False),
    Column("deadline", Instant, nullable=False),
    Column("gone_at", Instant),
    Column("last_status", Text),
    Index("intents_by_publication", "publication_id"),
    Index("intents_by_key", "key", "state"),
)

artifacts = Table(
    "artifacts",
    metadata,
    Column("key", String(64), primary_key=True),
    Column("sha256", String(64), nullable=False),
    Column("size_bytes", Integer, nullable=False),
    Column("width", Integer, nullable=False),
    Column("height", Integer, nullable=False),
    Column("content_type", String(40), nullable=False),
    Column("duration_ms", Integer),
    Column("versions", Json, nullable=False),
    Column("made_at", Instant, nullable=False),
)

artifact_originals = Table(
    "artifact_originals",
    metadata,
    Column("artifact", ForeignKey("artifacts.key"), primary_key=True),
    Column("original", String(64), primary_key=True),
    Index("artifact_originals_by_original", "original"),
)

events = Table(
    "events",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("at", Instant, nullable=False),
    Column("actor", Text, nullable=False),
    Column("verb", String(40), nullable=False),
    Column("case", String(200)),
    Column("data", Json, nullable=False),
    Column("prev", String(64), nullable=False),
    Column("hash", String(64), nullable=False),
    Index("events_by_case", "case"),
)

approvals = Table(
    "approvals",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("case_id", ForeignKey("cases.id"), nullable=False),
    Column("judged", String(64), nullable=False),
    Column("at", Instant, nullable=False),
    Index("approvals_by_case", "case_id"),
)

problems = Table(
    "problems",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("file", Text, nullable=False),
    Column("code", String(40), nullable=False),
    Column("facts", Json, nullable=False),
    Column("at", Instant, nullable=False),
)

exports = Table(
    "exports",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("case_id", ForeignKey("cases.id"), nullable=False),
    Column("channel", String(20), nullable=False),
    Column("folder", Text, nullable=False),
    Column("at", Instant, nullable=False),
)

leases = Table(
    "leases",
    metadata,
    Column("name", String(60), primary_key=True),
    Column("holder", String(80), nullable=False),
    Column("fence", Integer, nullable=False),
    Column("until", Instant, nullable=False),
)

marks = Table(
    "marks",
    metadata,
    Column("name", String(60), primary_key=True),
    Column("value", Text, nullable=False),
)
