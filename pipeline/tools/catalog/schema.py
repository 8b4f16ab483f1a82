"""The tables of the catalog, as SQLAlchemy sees them. Migrations make them; this names them.

What people write (names, codes, ids) has no length here: PostgreSQL would refuse what SQLite
keeps. Sizes are 64 bits wide: films are larger than 2 GB.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from pipeline.tools.catalog.columns import Day, Instant, Json

metadata = MetaData()

cases = Table(
    "cases",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", Text, nullable=False, unique=True),
    Column("folder", Text, nullable=False),
    Column("slug", Text, nullable=False, unique=True),
    Column("treatment", Text, nullable=False),
    Column("subject", Text, nullable=False),
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
    Column("size_bytes", BigInteger, nullable=False),
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
    Column("code", Text, primary_key=True),
    Index("asset_people_by_code", "code"),
)

asset_rights = Table(
    "asset_rights",
    metadata,
    Column("asset_id", ForeignKey("assets.id"), primary_key=True),
    Column("licence", Text, primary_key=True),
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
    Column("consent", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("subject", Text, nullable=False),
    Column("bare_subject", Text, nullable=False),
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
    Column("consent", Text, nullable=False),
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
    Column("person", Text, nullable=False),
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
    Column("size_bytes", BigInteger, nullable=False),
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
    Column("size_bytes", BigInteger, nullable=False),
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
    Column("verb", Text, nullable=False),
    Column("case", Text),
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
    Column("code", Text, nullable=False),
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
    Column("name", Text, primary_key=True),
    Column("holder", Text, nullable=False),
    Column("fence", Integer, nullable=False),
    Column("until", Instant, nullable=False),
)

marks = Table(
    "marks",
    metadata,
    Column("name", Text, primary_key=True),
    Column("value", Text, nullable=False),
)
