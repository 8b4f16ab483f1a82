"""Rows for tests of the catalog: a whole row of each kind; a test names what it is about."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from pipeline.tools.catalog import cases, publications
from pipeline.tools.catalog.engine import Catalog, Transaction
from pipeline.tools.catalog.publications import PublicationRow

NOW = datetime(2026, 11, 23, 18, 0, 0, 123456, tzinfo=UTC)


def later(seconds: float) -> datetime:
    """That many seconds after NOW."""
    return NOW + timedelta(seconds=seconds)


def add_case(tx: Transaction, name: str = "dry-needling--0042", **values: object) -> int:
    """Store a case and return its id."""
    treatment, _, subject = name.partition("--")
    row: dict[str, Any] = {
        "name": name,
        "folder": name,
        "slug": f"{treatment}-{abs(hash(name)) % 10**8:08}",
        "treatment": treatment,
        "subject": subject,
        "subject_kind": "patient",
        "people": [],
        "people_said": False,
        "complete": False,
        "claims": [],
        "retracted": False,
        "stage": "ARRIVED",
        "since": tx.now,
        "reasons": [],
        "states": {},
        "arrived_at": tx.now,
        "look_at": tx.now,
    }
    return cases.add(tx, row | values)


def add_asset(tx: Transaction, case_id: int, sha256: str = "a" * 64, **values: object) -> int:
    """Store an original and return its id."""
    row: dict[str, Any] = {
        "case_id": case_id,
        "sha256": sha256,
        "file": "before.jpg",
        "media_type": "photo",
        "role": "before",
        "view": "",
        "state": cases.USED,
        "size_bytes": 1,
        "said": {},
        "attempts": 0,
        "received_at": tx.now,
    }
    return cases.add_asset(tx, row | values)


def open_epoch(
    tx: Transaction, case_id: int, channel: str = "web", mark: str = "t1", **values: Any
) -> PublicationRow:
    """Begin an epoch of the token `mark`, which stands on the record C-1, version 1."""
    given = {"basis": {"stands_on": [["C-1", 1]], "permits": {}}, "until": None} | values
    return publications.open_epoch(tx, case_id=case_id, channel=channel, token=mark, **given)


def one_case(catalog: Catalog, name: str = "dry-needling--0042", **values: object) -> int:
    """Store a case in a transaction of its own and return its id."""
    with catalog.write(by="test", now=NOW) as tx:
        return add_case(tx, name, **values)
