"""Takes publications down and proves that they are gone: the reverse order of publishing.

Closing an epoch is one commit; from then on nothing of it may be uploaded. Carrying it out tries
every step even when an earlier one fails, and is complete only when every key that was ever
intended is gone, as credentials and an anonymous reader see it. Until then it is pending.
"""

from __future__ import annotations

import hashlib
import json
import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pipeline.rules.consent import Moment
from pipeline.rules.errors import Unreachable, UsageError
from pipeline.steps import leases
from pipeline.steps.means import Means
from pipeline.steps.public.indexes import want_indexes, write_indexes
from pipeline.steps.public.showing import packaged_pages, site_of
from pipeline.steps.public.uploads import WITHIN_S, forget_renditions, page, upload
from pipeline.steps.wanted.clearing import Standing
from pipeline.steps.wanted.ending import REVOKED, falls_from, why_down
from pipeline.tools.catalog import cases, publications, work
from pipeline.tools.catalog.engine import Transaction
from pipeline.tools.catalog.publications import IntentRow, PublicationRow
from pipeline.tools.pages import Pages

log = logging.getLogger(__name__)

TOMBSTONES = ("index.html", "embed.html")
INDEXES_FIRST_S = 2.0
GONE_STATUSES = {403, 404, 410}


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of every key of a publication. `pending` are those without proof yet."""

    case: str
    url: str
    channel: str
    cause: str
    keys: tuple[dict[str, str], ...]
    pending: tuple[str, ...]
    exports: tuple[str, ...] = ()

    @property
    def complete(self) -> bool:
        """Whether all of it is gone."""
        return not self.pending


def close_ended(tx: Transaction, standing: Standing, *, moment: Moment) -> list[PublicationRow]:
    """Close every live publication of a case that may not stay; returns those closed."""
    closed = []
    for live in publications.live(tx.connection, standing.row.id):
        cause = why_down(standing, live)
        if cause is None:
            continue
        publications.close(tx, live, cause=cause)
        for fall in falls_from(standing, live, cause=cause, moment=moment):
            publications.add_fall(tx, standing.row.id, fall)
        if live.channel == "web":
            want_indexes(tx)
        tx.event(
            "closed",
            case=standing.row.name,
            data={
                "channel": live.channel,
                "epoch": live.epoch,
                "cause": cause,
                "stood_on": live.basis["stands_on"],
            },
        )
        closed.append(live)
    if closed:
        cases.look_again(tx, [standing.row.id])
    return closed


def withdraw(means: Means, *, pages: Pages, wait_s: float = 0.0) -> list[Receipt]:
    """Carry out every closed epoch; `wait_s` bounds the wait for an upload that is in flight.

    Never raises for storage that does not answer: the receipt of such a publication is pending.
    """
    with means.catalog.read() as connection:
        closed = publications.in_state(connection, publications.WITHDRAWING)
    if not closed:
        return []
    with means.catalog.read() as connection:
        slugs = {each.case_id: cases.by_id(connection, each.case_id).slug for each in closed}
    deadline = time.monotonic() + wait_s
    _without(means, closed, pages=pages, patience_s=INDEXES_FIRST_S)
    uploading = {each.id for each in closed if leases.is_held(means, f"publish-{each.id}")}
    lost = {each.id: _delete(means, each, slug=slugs[each.case_id], pages=pages) for each in closed}
    # Only now, with all of it deleted once, others are waited for.
    for each in closed:
        if each.id not in uploading:
            continue
        if _in_flight(means, each, deadline=deadline):
            lost[each.id].add("upload in flight")
        else:
            # Whoever was uploading has stopped: what came in after the first pass goes now.
            lost[each.id] = _delete(means, each, slug=slugs[each.case_id], pages=pages)
    _without(means, closed, pages=pages, patience_s=max(0.0, deadline - time.monotonic()))
    return [_prove(means, each, lost=lost[each.id], pages=pages) for each in closed]


def _without(
    means: Means, closed: Sequence[PublicationRow], *, pages: Pages, patience_s: float
) -> None:
    """Take the cases out of the indexes; the objects go even when this fails."""
    if any(each.channel == "web" for each in closed):
        try:
            try:
                write_indexes(means, pages=pages, patience_s=patience_s)
            except UsageError:
                # A page that a slip in a template spoiled must not name a withdrawn case.
                write_indexes(means, pages=packaged_pages(means), patience_s=patience_s)
        except Exception:
            log.warning("the indexes could not be written before a withdrawal", exc_info=True)


def _prove(means: Means, closed: PublicationRow, *, lost: set[str], pages: Pages) -> Receipt:
    """Look at every key that was ever intended, and write down what became of it."""
    with means.catalog.read() as connection:
        row = cases.by_id(connection, closed.case_id)
        exports = work.exports_of(connection, closed.case_id)
        intents = publications.intents_of(connection, closed.id)
    seen = [(intent, _status(means, intent, slug=row.slug, pages=pages)) for intent in intents]
    pending = [intent.key for intent, (gone, _) in seen if not gone] + sorted(lost)
    if closed.cause == REVOKED:
        pending += forget_renditions(means, originals=list(closed.basis["permits"]))
    if indexes_pending(means, slug=row.slug) and closed.channel == "web":
        pending.append("index.html")
    receipt = Receipt(
        case=row.folder,
        url=row.slug,
        channel=closed.channel,
        cause=closed.cause or "",
        keys=tuple(
            {"key": intent.key, "status": status, "at": means.now().isoformat()}
            for intent, (_, status) in seen
        ),
        pending=tuple(dict.fromkeys(pending)),
        exports=tuple(folder for channel, folder, _ in exports if channel == closed.channel),
    )
    _record(means, closed, receipt, name=row.name, seen=seen)
    return receipt


def _delete(means: Means, closed: PublicationRow, *, slug: str, pages: Pages) -> set[str]:
    """Delete pages first, then media, in all versions, and end unfinished uploads.

    Returns what storage did not answer for.
    """
    lost: set[str] = set()
    with means.catalog.read() as connection:
        intents = publications.intents_of(connection, closed.id)
    ordered = sorted(intents, key=lambda intent: intent.key.startswith("media/"))
    for intent in ordered:
        try:
            if _is_tombstone(means, intent.key, slug=slug):
                _bury(means, intent.key, pages=pages)
            else:
                means.public.delete(intent.key)
        except UsageError:
            # A broken template must not keep a page up: no page at all is gone too.
            means.public.delete(intent.key)
            lost.add(intent.key)
        except Unreachable as error:
            log.warning("a withdrawal could not delete an object: %s", error.text)
            lost.add(intent.key)
    try:
        means.public.abort_uploads(f"media/{closed.token}/")
    except Unreachable:
        lost.add("unfinished uploads")
    return lost


def _is_tombstone(means: Means, key: str, *, slug: str) -> bool:
    wanted = means.config.storage.public.tombstone
    return wanted and key in {f"cases/{slug}/{name}" for name in TOMBSTONES}


def _bury(means: Means, key: str, *, pages: Pages) -> None:
    """Leave the constant page in place of a case's page, and no older version of it."""
    stone = pages.tombstone(site_of(means))
    wanted = page(key, body=stone.body, content_type=stone.content_type, max_age_s=stone.max_age_s)
    with means.catalog.write(by=means.by, now=means.now()) as tx:
        publications.intend(
            tx, None, uploads=[(key, wanted.sha256, wanted.size_bytes)], within_s=WITHIN_S
        )
    stat = means.public.stat(key)
    if stat and stat.size_bytes == wanted.size_bytes and means.public.sha256(key) == wanted.sha256:
        with means.catalog.write(by=means.by, now=means.now()) as tx:
            publications.settle_intent(tx, None, key=key, state=publications.STORED)
        return
    means.public.delete(key)
    upload(means, None, uploads=[wanted])


def _in_flight(means: Means, closed: PublicationRow, *, deadline: float) -> bool:
    """Wait, but not for long, until nobody uploads for this epoch any more."""
    while leases.is_held(means, f"publish-{closed.id}"):
        if time.monotonic() >= deadline:
            return True
        time.sleep(0.1)
    return False


def _status(means: Means, intent: IntentRow, *, slug: str, pages: Pages) -> tuple[bool, str]:
    """Tell whether a key is gone, and what was last seen of it."""
    try:
        if _is_tombstone(means, intent.key, slug=slug):
            stone = pages.tombstone(site_of(means)).body
            if means.public.sha256(intent.key) != hashlib.sha256(stone).hexdigest():
                return False, "still there"
            return _as_stranger(means, intent.key, stone=stone)
        if not means.public.absent(intent.key):
            return False, "still there"
        return _as_stranger(means, intent.key, stone=None)
    except Exception as error:  # noqa: BLE001 - whatever happens, no answer is no proof
        log.warning("a key could not be checked: %s", type(error).__name__)
        return False, "no answer"


def _as_stranger(means: Means, key: str, *, stone: bytes | None) -> tuple[bool, str]:
    """Ask without credentials; of a folder only when the configuration says so."""
    public = means.config.storage.public
    if public.kind == "local" and not public.probe:
        return True, "tombstone" if stone else "absent"
    answer = means.public.anonymous_get(key)
    if answer is None:
        return False, "no answer"
    if answer.status in GONE_STATUSES:
        return True, str(answer.status)
    same = stone is not None and bool(answer.body_start) and stone.startswith(answer.body_start)
    return same, f"{answer.status} tombstone" if same else str(answer.status)


def indexes_pending(means: Means, *, slug: str) -> bool:
    """Tell whether an index that may still name a case waits to be written."""
    with means.catalog.read() as connection:
        wanted, written = (
            work.mark(connection, name) for name in ("indexes-wanted", "indexes-written")
        )
    return bool(slug) and wanted != written


def _record(
    means: Means,
    closed: PublicationRow,
    receipt: Receipt,
    *,
    name: str,
    seen: Sequence[tuple[IntentRow, tuple[bool, str]]],
) -> None:
    body: dict[str, Any] = {"keys": list(receipt.keys), "pending": list(receipt.pending)}
    with means.catalog.write(by=means.by, now=means.now()) as tx:
        if publications.by_id(tx.connection, closed.id).state != publications.WITHDRAWING:
            return  # another process finished it meanwhile, and said so
        for intent, (gone, status) in seen:
            state = publications.GONE if gone else intent.state
            publications.settle_intent(tx, closed.id, key=intent.key, state=state, status=status)
        values: dict[str, Any] = {"receipt": body}
        if receipt.complete:
            values |= {"state": publications.WITHDRAWN, "gone_at": tx.now}
            digest = hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()
            tx.event(
                "withdrawn",
                case=name,
                data={
                    "channel": closed.channel,
                    "epoch": closed.epoch,
                    "cause": closed.cause,
                    "keys": len(receipt.keys),
                    "receipt": digest,
                },
            )
            cases.look_again(tx, [closed.case_id])
        publications.change(tx, closed.id, values)
