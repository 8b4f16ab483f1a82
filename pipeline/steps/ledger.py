"""Keeps the head of the event log outside the database, so that an old backup cannot revive.

The head is written after the commit: a head behind the database is repaired, a head ahead of it
means that the database is older than what was already decided, and then everything is held.
"""

from __future__ import annotations

import json
import logging

from pipeline.rules.chain import EMPTY, Head
from pipeline.rules.errors import ClinicmediaError, Reason
from pipeline.steps.means import Means
from pipeline.tools.catalog import events
from pipeline.tools.catalog.engine import Catalog
from pipeline.tools.storage import NotThere, Storage

log = logging.getLogger(__name__)

KEY = "ledger/head.json"


def mirror(catalog: Catalog, *, private: Storage) -> None:
    """Let every commit that holds events write its head to private storage."""

    def write(_head: Head) -> None:
        try:
            if _compare(catalog, private=private) is not None:
                # What an old backup goes on with must never look newer than what was decided.
                log.error("the catalog is older than the event log: its head stays as it is")
        except ClinicmediaError as error:
            # The act is committed; the next tick repairs a head that lags behind.
            log.warning("the head of the event log was not written: %s", error.text)

    catalog.after_events = write


def check(means: Means) -> Reason | None:
    """Compare both heads: repair one that lags; a reason to hold everything otherwise.

    Raises:
        Unreachable: private storage did not answer; nothing may be published then.
    """
    return _compare(means.catalog, private=means.private)


def _compare(catalog: Catalog, *, private: Storage) -> Reason | None:
    """Bring the outer head up to the inner one if it is of the same log; else say why not."""
    outside = _outside(private)
    with catalog.read() as connection:
        inside = events.head(connection)
        there = events.hash_at(connection, outside.seq) if outside.seq else EMPTY.hash
    if outside.seq > inside.seq or there != outside.hash:
        return Reason(
            "catalog_older_than_log", facts={"inside": str(inside.seq), "outside": str(outside.seq)}
        )
    if outside != inside:
        _put(private, inside)
    return None


def _outside(private: Storage) -> Head:
    try:
        raw = json.loads(private.get(KEY))
        return Head(int(raw["seq"]), str(raw["hash"]))
    except NotThere:
        return EMPTY
    except (ValueError, KeyError, TypeError) as error:
        raise ClinicmediaError(
            f"{KEY} in private storage is damaged.",
            remedy="Run 'clinicmedia verify'; nothing is published until it is understood.",
        ) from error


def _put(private: Storage, head: Head) -> None:
    body = json.dumps({"seq": head.seq, "hash": head.hash}).encode()
    private.put(KEY, body, content_type="application/json")
