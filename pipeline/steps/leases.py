"""Who may do a thing that only one may do at a time; a dead holder is no holder."""

from __future__ import annotations

import threading

from pipeline.steps.means import Means
from pipeline.tools.catalog import work
from pipeline.tools.catalog.engine import Transaction
from pipeline.tools.processes import is_dead, this_process


def take(tx: Transaction, name: str, *, seconds: float) -> str | None:
    """Take a lease and return its holder's name, or None while someone alive holds it."""
    holder = f"{this_process()}#{threading.get_ident()}"
    other = work.holder_of(tx.connection, name)
    if other and other != holder and is_dead(other.split("#")[0]):
        work.void_lease(tx, name)
    fence = work.take_lease(tx, name, holder=holder, seconds=seconds)
    return None if fence is None else holder


def give_back(means: Means, name: str, *, holder: str) -> None:
    """End a lease at once."""
    with means.catalog.write(by=means.by, now=means.now()) as tx:
        work.give_lease_back(tx, name, holder=holder)


def is_held(means: Means, name: str) -> bool:
    """Tell whether someone who may be alive holds a lease that has not run out."""
    with means.catalog.read() as connection:
        holder = work.live_holder(connection, name, now=means.now())
    return bool(holder) and not is_dead(holder.split("#")[0])
