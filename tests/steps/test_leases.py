"""Leases: one holder at a time; who is dead holds nothing."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import makers

from pipeline.steps import leases
from pipeline.steps.leases import Lease
from pipeline.steps.means import Means
from pipeline.tools.catalog import work


def take(means: Means, name: str = "a") -> Lease | None:
    """Take a lease for a minute."""
    with means.catalog.write(by="Robin", now=means.now()) as tx:
        return leases.take(tx, name, seconds=60)


def test_one_holder_at_a_time(empty: makers.Workspace) -> None:
    """Another thread gets it only after it was given back; another lease is free."""
    with empty.opened() as means, ThreadPoolExecutor(1) as other:
        mine = take(means)
        assert mine is not None
        assert leases.is_held(means, "a")
        assert other.submit(take, means).result() is None
        assert other.submit(take, means, "b").result() is not None
        leases.give_back(means, mine)
        assert not leases.is_held(means, "a")
        assert other.submit(take, means).result() is not None


def test_a_dead_process_holds_nothing(empty: makers.Workspace) -> None:
    """A lease of a process that ended is free at once, however long it was taken for."""
    code = "from pipeline.tools.processes import this_process; print(this_process())"
    dead = subprocess.run(
        [sys.executable, "-c", code],
        cwd=makers.ROOT, capture_output=True, text=True, check=True,
    ).stdout.strip()  # fmt: skip
    with empty.opened() as means:
        with means.catalog.write(by="Robin", now=means.now()) as tx:
            assert work.take_lease(tx, "a", holder=f"{dead}#1", seconds=9999) is not None
        assert not leases.is_held(means, "a")
        assert take(means) is not None


def test_a_process_of_another_machine_holds_until_its_time_is_up(
    empty: makers.Workspace,
) -> None:
    """Nobody here can tell whether it lives, so only the clock frees its lease."""
    with empty.opened() as means:
        with means.catalog.write(by="Robin", now=means.now()) as tx:
            work.take_lease(tx, "a", holder="elsewhere:1:2#3", seconds=60)
        assert leases.is_held(means, "a")
        assert take(means) is None
        empty.clock.forward(seconds=61)
        assert not leases.is_held(means, "a")
        assert take(means) is not None
