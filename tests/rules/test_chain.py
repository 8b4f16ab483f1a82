"""The event log: what is changed in the past no longer follows, and is found where it begins."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.rules.chain import EMPTY, GENESIS, Event, Head, first_break, seal

AT = datetime(2026, 6, 15, 12, 30, tzinfo=UTC)
Entry = tuple[str, str, str | None, dict[str, object]]
LOG: tuple[Entry, ...] = (
    ("ana", "consent_recorded", None, {"consent": "c-1", "version": 1}),
    ("ana", "decided", "dry-needling--0042", {"stage": "PUBLISHED", "channels": {"web": "public"}}),
    ("josé", "held", "dry-needling--0042", {"why": "«?»"}),
    ("watch", "closed", "dry-needling--0042", {"keys": 12, "stood_on": [["c-1", 1]]}),
)


def log(entries: Iterable[Entry] = LOG) -> list[Event]:
    """The events of a log, each sealed onto the one before."""
    head, events = EMPTY, []
    for number, (actor, verb, case, data) in enumerate(entries):
        at = AT + timedelta(minutes=number)
        event = seal(head, at=at, actor=actor, verb=verb, case=case, data=data)
        head = Head(event.seq, event.hash)
        events.append(event)
    return events


def test_a_whole_log_holds() -> None:
    """Events are numbered from one, each names the hash before it, and nothing is broken."""
    events = log()
    assert [event.seq for event in events] == [1, 2, 3, 4]
    assert [event.prev for event in events] == [GENESIS, *(event.hash for event in events[:-1])]
    assert first_break(events) is None
    assert first_break([]) is None
    assert len({event.hash for event in events}) == 4


@pytest.mark.parametrize(
    "change",
    [
        {"at": AT - timedelta(days=1)},
        {"actor": "bo"},
        {"verb": "retracted"},
        {"case": None},
        {"case": "massage--0042"},
        {"data": {}},
        {"data": {"stage": "PUBLISHED", "channels": {"web": "refused"}}},
        {"seq": 7},
        {"prev": GENESIS},
        {"hash": "f" * 64},
    ],
)
def test_a_changed_event_is_found(change: dict[str, object]) -> None:
    """Any field of a past event that is edited breaks the chain at that event."""
    events = log()
    events[1] = replace(events[1], **change)  # type: ignore[arg-type] # fields by their names
    assert first_break(events) == 2


def test_a_forged_event_is_found_at_the_next() -> None:
    """An event sealed anew after an edit no longer carries the one behind it."""
    events = log()
    head = Head(events[0].seq, events[0].hash)
    events[1] = seal(head, at=AT, actor="ana", verb="decided", case=None, data={})
    assert first_break(events) == 3


def test_missing_added_and_swapped_events_are_found() -> None:
    """An event taken out, doubled or moved breaks the chain at its place."""
    events = log()
    assert first_break(events[1:]) == 1
    assert first_break([events[0], *events[2:]]) == 2
    assert first_break([*events[:2], events[1], *events[2:]]) == 3
    assert first_break([events[0], events[2], events[1], events[3]]) == 2


def test_a_cut_end_is_seen_by_the_head_alone() -> None:
    """A log without its last events holds in itself: that is what the head outside is for."""
    events = log()
    assert first_break(events[:2]) is None
    assert Head(events[1].seq, events[1].hash) != Head(events[3].seq, events[3].hash)


def test_the_order_of_keys_does_not_matter() -> None:
    """Data read back in another order is the same event."""
    data = {"b": 1, "a": {"d": 2, "c": 3}}
    turned = {"a": {"c": 3, "d": 2}, "b": 1}
    one, other = (
        seal(EMPTY, at=AT, actor="x", verb="y", case=None, data=each) for each in (data, turned)
    )
    assert one.hash == other.hash


def test_a_hash_is_what_it_always_was() -> None:
    """The form that is hashed never changes: old logs must verify for ever."""
    assert log()[-1].hash == "5e64f93c7afecf6c39b3466c662dea56034636a326e8dec444891da7f334fc32"


texts = st.text(max_size=8)
contents = st.dictionaries(texts, texts | st.integers())


@given(st.lists(st.tuples(texts, texts, st.none() | texts, contents)), st.data())
def test_every_log_holds_and_every_cut_shows(entries: list[Entry], data: st.DataObject) -> None:
    """Logs of any content verify; without one of their inner events they do not."""
    events = log(entries)
    assert first_break(events) is None
    if len(events) > 1:
        gone = data.draw(st.integers(0, len(events) - 2))
        assert first_break(events[:gone] + events[gone + 1 :]) == gone + 1
