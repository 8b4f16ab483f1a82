"""The pages that name many cases: first page, treatments, sitemap, feed, and the assets.

They are built whole from the catalog by one writer at a time, so that a late writer can never put
a withdrawn case back. A number that rises with every change tells whether they are up to date.
"""

from __future__ import annotations

import time

from pipeline.rules.errors import Unreachable
from pipeline.rules.public.site import CaseCard, PublicCase, Treatment
from pipeline.rules.public.wire import card_from, case_from
from pipeline.steps import leases
from pipeline.steps.leases import Lease
from pipeline.steps.means import Means
from pipeline.steps.public.showing import site_of
from pipeline.steps.public.uploads import WITHIN_S, Upload, page, upload
from pipeline.steps.wanted.treatments import copy_of, plain_page, with_copy
from pipeline.tools.catalog import publications, work
from pipeline.tools.catalog.engine import Transaction
from pipeline.tools.markdown import BadCopy
from pipeline.tools.pages import Pages

LEASE = "indexes"
WANTED, WRITTEN = "indexes-wanted", "indexes-written"
PATIENCE_S = 60.0


def want_indexes(tx: Transaction) -> None:
    """Ask for new indexes: the set of public cases changed in this transaction."""
    wanted = int(work.mark(tx.connection, WANTED) or 0)
    work.set_mark(tx, WANTED, str(wanted + 1))


def indexes_due(means: Means) -> bool:
    """Tell whether the indexes are behind."""
    with means.catalog.read() as connection:
        return work.mark(connection, WANTED) != work.mark(connection, WRITTEN)


def write_indexes(means: Means, *, pages: Pages, patience_s: float | None = None) -> bool:
    """Bring all indexes up to date; False when they already were.

    `patience_s` is how long another writer is waited for, a minute if nothing is said.

    Raises:
        Unreachable: storage did not answer, or another writer holds on for too long.
    """
    if not indexes_due(means):
        return False
    lease = _alone(means, patience_s=PATIENCE_S if patience_s is None else patience_s)
    try:
        with means.catalog.read() as connection:
            wanted = work.mark(connection, WANTED)
            live = publications.in_state(connection, publications.PUBLIC)
            known = {
                intent.key: intent
                for intent in publications.intents_of(connection, None)
                if intent.state != publications.GONE
            }
        shown = [row.manifest or {} for row in live if row.channel == "web"]
        cards = [card_from(each["card"]) for each in shown if "card" in each]
        press = [case_from(each["press"]) for each in shown if "press" in each]
        documents = _documents(means, cards=cards, press=press, pages=pages)
        due = [
            each
            for key, each in documents.items()
            if key not in known
            or known[key].sha256 != each.sha256
            or known[key].state != publications.STORED
        ]
        with means.catalog.write(by=means.by, now=means.now()) as tx:
            publications.intend(
                tx, None, uploads=[(e.key, e.sha256, e.size_bytes) for e in due], within_s=WITHIN_S
            )
        upload(means, None, uploads=due, lease=lease)
        _remove(means, keys=[key for key in known if _is_index(key) and key not in documents])
        with means.catalog.write(by=means.by, now=means.now()) as tx:
            work.set_mark(tx, WRITTEN, wanted or "0")
    finally:
        leases.give_back(means, lease)
    return True


def _alone(means: Means, *, patience_s: float) -> Lease:
    """Wait until nobody else writes the indexes."""
    deadline = time.monotonic() + patience_s
    while True:
        with means.catalog.write(by=means.by, now=means.now()) as tx:
            lease = leases.take(tx, LEASE, seconds=WITHIN_S)
        if lease is not None:
            return lease
        if time.monotonic() > deadline:
            raise Unreachable(
                "Another process is writing the index pages and does not finish.",
                remedy="It is tried again by itself; if this stays, restart 'clinicmedia run'.",
            )
        time.sleep(0.2)


def _documents(
    means: Means, *, cards: list[CaseCard], press: list[PublicCase], pages: Pages
) -> dict[str, Upload]:
    """Return every index page and asset by key."""
    site = site_of(means)
    shown = [*(card.treatment for card in cards), *(case.treatment for case in press)]
    slugs = [*with_copy(means), *shown]
    treatments = [_treatment(means, slug) for slug in dict.fromkeys(slugs)]
    documents = pages.of_site(treatments=treatments, cards=cards, site=site)
    for treatment in treatments:
        own = [each for each in press if each.treatment == treatment.slug]
        documents |= pages.of_treatment(treatment, cards=cards, press=own, site=site)
    return {
        key: page(key, body=each.body, content_type=each.content_type, max_age_s=each.max_age_s)
        for key, each in documents.items()
    }


def _treatment(means: Means, slug: str) -> Treatment:
    try:
        return copy_of(means, slug) or plain_page(slug)
    except BadCopy:
        # A refused text that never had a good version: the page shows the cases alone.
        return plain_page(slug)


def _is_index(key: str) -> bool:
    return not key.startswith(("cases/", "media/"))


def _remove(means: Means, *, keys: list[str]) -> None:
    for key in keys:
        means.public.delete(key)
        with means.catalog.write(by=means.by, now=means.now()) as tx:
            publications.settle_intent(
                tx, None, key=key, state=publications.GONE, status="no longer wanted"
            )
