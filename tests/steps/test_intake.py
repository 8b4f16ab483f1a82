"""Intake: what has settled is taken in; whoever asked decides how long to wait for the rest."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass

import makers
import pytest
from makers import photo, record

from pipeline.rules.errors import ClinicmediaError
from pipeline.steps.arriving.looks import Patience, Sightings
from pipeline.steps.arriving.taking import Taken
from pipeline.steps.intake import intake

SETTLE_S, QUIET_S = 5.0, 120.0


@dataclass
class Seconds:
    """A monotonic clock that a test winds, and how often somebody slept by it."""

    now: float = 1000.0
    slept: int = 0

    def __call__(self) -> float:
        """Tell the time."""
        return self.now

    def sleep(self, seconds: float) -> None:
        """Let time go by."""
        self.now += seconds
        self.slept += 1


@pytest.fixture
def clinic(empty: makers.Workspace) -> makers.Workspace:
    """A workspace with the usual patience."""
    empty.configure(inbox={"path": "inbox", "settle_s": SETTLE_S, "case_quiet_s": QUIET_S})
    return empty


def take(
    clinic: makers.Workspace, clock: Seconds, *, patience: Patience, sightings: Sightings
) -> Taken:
    """Take in once."""
    with clinic.opened() as means:
        return intake(means, patience=patience, sightings=sightings, sleep=clock.sleep)


def test_the_schedule_waits_until_the_folder_is_quiet(clinic: makers.Workspace) -> None:
    """Not at first sight, not before 120 s, not when a file changed; records need 5 s only."""
    clinic.drop("massage--1", {"one.jpg": photo()})
    clinic.sign(record("1"))
    clock = Seconds()
    sightings = Sightings(clock)
    for wait, cases, records in ((0, 0, 0), (6, 0, 1), (110, 0, 0)):
        clock.now += wait
        taken = take(clinic, clock, patience=Patience.SCHEDULED, sightings=sightings)
        assert (len(taken.cases), len(taken.records)) == (cases, records)
    clinic.drop("massage--1", {"two skip.jpg": photo("two")})
    clock.now += 119
    take(clinic, clock, patience=Patience.SCHEDULED, sightings=sightings)
    clock.now += 119
    assert not take(clinic, clock, patience=Patience.SCHEDULED, sightings=sightings).cases
    clock.now += 2
    taken = take(clinic, clock, patience=Patience.SCHEDULED, sightings=sightings)
    assert taken.cases == ["massage--1"]
    assert clock.slept == 0, "the schedule never sleeps"
    assert not (clinic.inbox / "massage--1").exists()


def test_a_person_waits_for_settling_alone(clinic: makers.Workspace) -> None:
    """One wait of `settle_s` is enough for what lies still."""
    clinic.drop("massage--1", {"one.jpg": photo()})
    clock = Seconds()
    taken = take(clinic, clock, patience=Patience.PERSON, sightings=Sightings(clock))
    assert taken.cases == ["massage--1"]
    assert clock.slept == 1


def test_a_person_waits_at_most_three_times(clinic: makers.Workspace) -> None:
    """A file that goes on growing is left where it is after the third look."""
    folder = clinic.drop("massage--1", {"one.jpg": photo()})
    clock = Seconds()

    def grow(seconds: float) -> None:
        clock.sleep(seconds)
        with (folder / "one.jpg").open("ab") as growing:
            growing.write(b"more")

    with clinic.opened() as means:
        taken = intake(means, patience=Patience.PERSON, sightings=Sightings(clock), sleep=grow)
    assert clock.slept == 3
    assert taken.cases == []
    assert (folder / "one.jpg").exists()


def test_the_schedule_leaves_half_a_file_alone(clinic: makers.Workspace) -> None:
    """A cut file waits with words long after the rest is quiet, then it is set aside."""
    clinic.drop("massage--1", {"one.jpg": photo()[:-200]})
    clock = Seconds()
    sightings = Sightings(clock)
    take(clinic, clock, patience=Patience.SCHEDULED, sightings=sightings)
    clock.now += QUIET_S + 1
    taken = take(clinic, clock, patience=Patience.SCHEDULED, sightings=sightings)
    assert [(name, r[0].code) for name, r in taken.waiting] == [("massage--1", "still_arriving")]
    clock.now += 5 * QUIET_S
    taken = take(clinic, clock, patience=Patience.SCHEDULED, sightings=sightings)
    assert [reason.code for _, reason in taken.aside] == ["photo_broken"]


def test_loose_files_that_name_no_case(empty: makers.Workspace) -> None:
    """A picture waits with a question, a text goes aside, and a second look says the same."""
    (empty.inbox / "holiday.jpg").write_bytes(photo())
    (empty.inbox / "todo.txt").write_text("milk", encoding="utf-8")
    clock = Seconds()
    with empty.opened() as means:
        taken = intake(means, patience=Patience.PERSON, sightings=Sightings(clock))
        assert [(n, r[0].code) for n, r in taken.waiting] == [
            ("holiday.jpg", "loose_name_too_few_parts")
        ]
        assert [(n, r.code) for n, r in taken.aside] == [("todo.txt", "unknown_format")]
        again = intake(means, patience=Patience.PERSON, sightings=Sightings(clock))
    assert again.waiting == taken.waiting
    assert again.aside == []


def test_an_inbox_that_is_not_there_is_said_not_taken_for_empty(empty: makers.Workspace) -> None:
    """A share that is not connected is an error with a remedy; nothing is forgotten by it."""
    with empty.opened() as means:
        shutil.rmtree(empty.inbox)
        with pytest.raises(ClinicmediaError, match="connected"):
            intake(means, patience=Patience.PERSON, sightings=Sightings(Seconds()))


def test_a_hard_link_keeps_nobody_waiting(empty: makers.Workspace) -> None:
    """A second name of a file elsewhere goes aside with words; the next case is taken in."""
    folder = empty.drop("massage--1", {"one.jpg": photo()})
    os.link(folder / "one.jpg", empty.folder / "elsewhere.jpg")
    empty.drop("massage--2", {"two.jpg": photo("two")})
    with empty.opened() as means:
        taken = intake(means, patience=Patience.PERSON, sightings=Sightings(Seconds()))
    assert [(name, reason.code) for name, reason in taken.aside] == [("one.jpg", "hard_link")]
    assert taken.cases == ["massage--2"]


def test_a_scan_that_cannot_be_opened_stops_no_revocation(empty: makers.Workspace) -> None:
    """A record whose document has an impossible name is kept, with its revocation."""
    empty.sign(record("1", document="x" * 300 + ".pdf", revoked_on="2026-01-09"))
    with empty.opened() as means:
        taken = intake(means, patience=Patience.PERSON, sightings=Sightings(Seconds()))
    assert len(taken.records) == 1
