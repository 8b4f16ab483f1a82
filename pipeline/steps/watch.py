"""Finds what ended (consent, a hold, a file taken out) and takes it down, without any decoder.

Needs neither templates nor fonts to decide; a broken template can delay a tombstone, never a
deletion.
"""

from __future__ import annotations

import logging

from pipeline.rules.errors import Unreachable
from pipeline.steps.means import Means
from pipeline.steps.wanted.clearing import standing_of
from pipeline.steps.withdraw import Receipt, close_ended, withdraw
from pipeline.tools.catalog import cases, publications
from pipeline.tools.pages import Pages

log = logging.getLogger(__name__)


def watch(means: Means, *, pages: Pages, wait_s: float = 0.0) -> list[Receipt]:
    """Close every publication that may not stay, then carry the withdrawals out.

    Raises:
        Unreachable: the catalog did not answer.
    """
    close_all_ended(means)
    return withdraw(means, pages=pages, wait_s=wait_s)


def close_all_ended(means: Means) -> int:
    """Commit the end of every epoch that ended; returns how many."""
    moment = means.moment()
    with means.catalog.read() as connection:
        due = {row.id for row in cases.due(connection, now=moment.now)}
        ending = publications.ending_by(connection, day=moment.last_day_needed)
        wanted = due | {each.case_id for each in ending}
        live = publications.in_state(connection, publications.OPEN, publications.PUBLIC)
    count = 0
    for case_id in sorted({each.case_id for each in live} & wanted):
        try:
            with means.catalog.write(by=means.by, now=moment.now) as tx:
                row = cases.by_id(tx.connection, case_id)
                standing = standing_of(tx.connection, row, config=means.config, moment=moment)
                count += len(close_ended(tx, standing, moment=moment))
        except Unreachable:
            raise
        except Exception:
            # One case that cannot be understood must not keep the others up; it is tried again.
            log.exception("a case could not be checked")
    return count
