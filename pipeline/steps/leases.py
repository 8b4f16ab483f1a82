"""Who may do a thing that only one may do at a time; a dead holder is no holder.

A lease ends when it is given back, when its holder is known to be dead, and, of a holder on
another host, when its time is up. On the holder's own host the time does not count: a process that
was stopped for an hour may go on in the middle of what it was doing.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass

from pipeline.rules.errors import Unreachable
from pipeline.steps.means import Means
from pipeline.tools.catalog import work
from pipeline.tools.catalog.engine import Connection, Transaction
from pipeline.tools.processes import is_dead, is_here, this_process

# What this very process is doing now: a lease that it could not give back is not held.
_DOING: set[tuple[str, str]] = set()


@dataclass(frozen=True, slots=True)
class Lease:
    """A lease that was taken."""

    name: str
    holder: str


class LeaseLost(Unreachable):
    """Another process took a lease over while its holder was away."""


def take(tx: Transaction, name: str, *, seconds: float) -> Lease | None:
    """Take a lease, or None while someone who may be alive holds it."""
    holder = f"{this_process()}#{threading.get_ident()}"
    other = work.holder_of(tx.connection, name)
    if other and other != holder and is_here(_process(other)):
        if _is_at_it(name, other):
            return None
        work.void_lease(tx, name)
    if work.take_lease(tx, name, holder=holder, seconds=seconds) is None:
        return None
    _DOING.add((name, holder))
    return Lease(name, holder)


def renew(tx: Transaction, lease: Lease, *, seconds: float) -> None:
    """Hold a lease for longer.

    Raises:
        LeaseLost: somebody else has it now.
    """
    insist(tx.connection, lease)
    work.take_lease(tx, lease.name, holder=lease.holder, seconds=seconds)


def insist(connection: Connection, lease: Lease) -> None:
    """Go on only while a lease is still ours.

    Raises:
        LeaseLost: somebody else has it now.
    """
    if work.holder_of(connection, lease.name) != lease.holder:
        raise LeaseLost(
            "Another process took over what this one was doing.",
            remedy="Nothing is lost: the other one finishes it.",
        )


def give_back(means: Means, lease: Lease) -> None:
    """End a lease at once."""
    _DOING.discard((lease.name, lease.holder))
    with means.catalog.write(by=means.by, now=means.now()) as tx:
        work.give_lease_back(tx, lease.name, holder=lease.holder)


def is_held(means: Means, name: str) -> bool:
    """Tell whether someone may still be doing what a lease is for.

    A holder that died on this host does nothing more, but a request of its that is on its way to
    a server may still arrive until the lease's time is up.
    """
    with means.catalog.read() as connection:
        holder = work.holder_of(connection, name)
        in_time = bool(work.live_holder(connection, name, now=means.now()))
    if not holder:
        return False
    if is_here(_process(holder)):
        remote = means.config.storage.public.kind != "local"
        return _is_at_it(name, holder) or (remote and in_time)
    return in_time


def _is_at_it(name: str, holder: str) -> bool:
    if _process(holder) == this_process():
        return (name, holder) in _DOING
    return not is_dead(_process(holder))


def _process(holder: str) -> str:
    return holder.split("#", maxsplit=1)[0]
