"""Leases: one holder at a time; who is dead holds nothing."""

from __future__ import annotations

import socket
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import makers
import pytest
from servers import S3Service

from pipeline.steps import leases
from pipeline.steps.leases import Lease, LeaseLost
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


def test_a_process_of_this_machine_holds_for_as_long_as_it_lives(empty: makers.Workspace) -> None:
    """A stopped process may go on hours later in the middle of what it did: time frees nothing."""
    code = "from pipeline.tools.processes import this_process; print(this_process(), flush=True)"
    with subprocess.Popen(
        [sys.executable, "-c", f"{code}; input()"],
        cwd=makers.ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    ) as process, empty.opened() as means:  # fmt: skip
        assert process.stdout
        holder = f"{process.stdout.readline().strip()}#1"
        with means.catalog.write(by="Robin", now=means.now()) as tx:
            work.take_lease(tx, "a", holder=holder, seconds=60)
        empty.clock.forward(hours=5)
        assert leases.is_held(means, "a")
        assert take(means) is None
        process.kill()
        process.wait(30)
        assert not leases.is_held(means, "a")
        assert take(means) is not None


def test_who_lost_a_lease_stops(empty: makers.Workspace) -> None:
    """What another one took over is neither renewed nor gone on with."""
    with empty.opened() as means:
        mine = take(means)
        assert mine is not None
        with means.catalog.write(by="Robin", now=means.now()) as tx:
            leases.renew(tx, mine, seconds=60)
            work.void_lease(tx, "a")
            work.take_lease(tx, "a", holder="elsewhere:1:2#3", seconds=60)
        with means.catalog.read() as connection, pytest.raises(LeaseLost):
            leases.insist(connection, mine)
        leases.give_back(means, mine)
        assert leases.is_held(means, "a"), "the other one's is not ours to give back"


def test_a_dead_uploader_to_a_bucket_is_waited_for(
    empty: makers.Workspace, s3_service: S3Service
) -> None:
    """A request that was on its way when its sender died may still arrive: its time has to pass."""
    empty.configure(storage=makers.s3_storage(s3_service))
    with empty.opened() as means:
        with means.catalog.write(by="Robin", now=means.now()) as tx:
            work.take_lease(tx, "a", holder=f"{socket.gethostname()}:4194305:1#1", seconds=60)
        assert leases.is_held(means, "a")
        empty.clock.forward(seconds=61)
        assert not leases.is_held(means, "a")
