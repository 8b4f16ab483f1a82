"""The event log's one shape and its hash chain, so that an edited past does not verify."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

GENESIS = "0" * 64


@dataclass(frozen=True, slots=True)
class Head:
    """The last event of a log: how many there are, and the hash that stands for all of them."""

    seq: int
    hash: str


EMPTY = Head(0, GENESIS)


@dataclass(frozen=True, slots=True)
class Event:
    """One decision or act. `data` holds ids, keys and figures only, never a name of a person."""

    seq: int
    at: datetime
    actor: str
    verb: str
    case: str | None
    data: Mapping[str, object]
    prev: str
    hash: str


def seal(
    head: Head, *, at: datetime, actor: str, verb: str, case: str | None, data: Mapping[str, object]
) -> Event:
    """Make the event that follows `head`."""
    seq = head.seq + 1
    body = json.dumps(
        [seq, at.isoformat(), actor, verb, case, data],
        sort_keys=True,
        ensure_ascii=False,
        separators=(",", ":"),
    )
    digest = hashlib.sha256(f"{head.hash}\n{body}".encode()).hexdigest()
    return Event(seq, at, actor, verb, case, data, head.hash, digest)


def first_break(events: Iterable[Event]) -> int | None:
    """Return the number of the first event that does not follow from the one before it."""
    head = EMPTY
    for event in events:
        expected = seal(
            head, at=event.at, actor=event.actor, verb=event.verb, case=event.case, data=event.data
        )
        if expected != event:
            return head.seq + 1
        head = Head(event.seq, event.hash)
    return None
