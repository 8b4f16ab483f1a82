"""Makes cleared and rendered cases public: media, then page, then indexes; each decided again."""

from __future__ import annotations

import json
import logging
import secrets
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from pipeline.rules.consent import Clearance, Moment
from pipeline.rules.plan import originals_of
from pipeline.steps import leases
from pipeline.steps.means import Means
from pipeline.steps.public.contents import Wanted, renditions_of, wanted_of
from pipeline.steps.public.indexes import want_indexes
from pipeline.steps.public.uploads import (
    WITHIN_S,
    EpochEnded,
    RenditionLost,
    Upload,
    delete_superseded,
    upload,
)
from pipeline.steps.wanted.clearing import basis_of, standing_of
from pipeline.steps.wanted.ending import why_down
from pipeline.steps.wanted.outlook import ChannelOutlook, Outlook
from pipeline.tools.catalog import cases, publications, work
from pipeline.tools.catalog.engine import Connection
from pipeline.tools.catalog.publications import PublicationRow
from pipeline.tools.pages import Pages

log = logging.getLogger(__name__)


def publish(means: Means, outlook: Outlook, *, pages: Pages, moment: Moment) -> list[str]:
    """Publish whatever of a case is wanted, rendered and approved; returns the channels changed.

    Raises:
        Unreachable: storage did not answer; the next tick goes on.
    """
    if not outlook.open or outlook.scheduled:
        return []
    changed = []
    for name, channel in outlook.channels.items():
        if not _ready(channel):
            continue
        try:
            if _publish(means, outlook, channel, pages=pages, moment=moment):
                changed.append(name)
        except EpochEnded:
            log.info("a publication on %s ended while it was uploaded", name)
        except RenditionLost as lost:
            log.warning("a rendition is lost; it is made again in the next run")
            with means.catalog.write(by=means.by, now=means.now()) as tx:
                work.forget_artifacts(tx, [lost.artifact])
                cases.look_again(tx, [outlook.standing.row.id])
    return changed


def _ready(channel: ChannelOutlook) -> bool:
    """Tell whether a channel has all it needs and nothing of it is on its way down."""
    live = channel.publication
    return (
        isinstance(channel.answer, Clearance)
        and channel.plan is not None
        and bool(channel.plan.renditions)
        and not channel.missing
        and channel.approved
        and (live is None or live.state in {publications.OPEN, publications.PUBLIC})
    )


def _publish(
    means: Means, outlook: Outlook, channel: ChannelOutlook, *, pages: Pages, moment: Moment
) -> bool:
    """Bring one channel to what is wanted; False when it already is."""
    live = channel.publication
    since = None
    if live and live.state == publications.PUBLIC and live.modified_at:
        same = wanted_of(means, outlook, channel, live, pages=pages, modified=live.modified_at)
        if same.digest == live.digest and _stands_on(channel) == (live.basis, live.until):
            if _is_whole(means, live, same):
                return False
            since = live.modified_at
    begun = _begin(means, outlook, channel, pages=pages, moment=moment, since=since)
    if begun is None:
        return False
    try:
        if begun.interrupted:
            means.public.abort_uploads(f"media/{begun.live.token}/")
        upload(means, begun.live.id, uploads=begun.due, lease=begun.lease)
        if since is None:
            _commit(means, outlook, begun)
    finally:
        leases.give_back(means, begun.lease)
    return since is None


def _is_whole(means: Means, live: PublicationRow, wanted: Wanted) -> bool:
    """Tell whether all that is wanted was stored: a killed replacement leaves other bytes."""
    with means.catalog.read() as connection:
        there = publications.intents_of(connection, live.id, states=publications.MAY_BE_THERE)
    stored = {(each.key, each.sha256) for each in there if each.state == publications.STORED}
    return {(each.key, each.sha256) for each in wanted.uploads} <= stored


def _stands_on(channel: ChannelOutlook) -> tuple[dict[str, Any], date | None]:
    """Return what a channel's publication would stand on, as it is stored, and until when."""
    answer = channel.answer
    if not isinstance(answer, Clearance):
        return {}, None
    basis = basis_of(answer, shown=originals_of(renditions_of(channel)))
    stored: dict[str, Any] = json.loads(json.dumps(basis))
    return stored, answer.until


@dataclass(frozen=True, slots=True)
class _Begun:
    """A publication whose intents are committed, and what is due."""

    live: PublicationRow
    wanted: Wanted
    due: tuple[Upload, ...]
    modified: datetime
    lease: leases.Lease
    interrupted: bool


def _begin(
    means: Means,
    outlook: Outlook,
    channel: ChannelOutlook,
    *,
    pages: Pages,
    moment: Moment,
    since: datetime | None,
) -> _Begun | None:
    """Decide again on what is committed now, in the transaction that writes the intents.

    `since` is when it was last modified, if that is to stay: then a killed attempt is mended.
    """
    now = means.now()
    row = outlook.standing.row
    with means.catalog.write(by=means.by, now=now) as tx:
        standing = standing_of(
            tx.connection,
            cases.by_id(tx.connection, row.id),
            config=means.config,
            moment=Moment(now, moment.zone, moment.lead_s),
        )
        answer = standing.answers.get(channel.answer.channel)
        if standing.questions or standing.stopped or answer != channel.answer:
            return None
        if not isinstance(answer, Clearance):
            return None
        basis, until = _stands_on(channel)
        live = channel.publication
        if live is None:
            live = publications.open_epoch(
                tx,
                case_id=row.id,
                channel=answer.channel,
                token=secrets.token_hex(16),
                basis=basis,
                until=until,
            )
        elif why_down(standing, live) or not publications.is_live(tx.connection, live.id):
            return None
        lease = leases.take(tx, _lease(live.id), seconds=WITHIN_S)
        if lease is None:
            return None
        modified = since or (now if live.published_at else live.opened_at)
        wanted = wanted_of(means, outlook, channel, live, pages=pages, modified=modified)
        ever = publications.intents_of(tx.connection, live.id, states=publications.MAY_BE_THERE)
        stored = {each.key: each.sha256 for each in ever if each.state == publications.STORED}
        due = tuple(each for each in wanted.uploads if stored.get(each.key) != each.sha256)
        publications.change(tx, live.id, {"basis": _both(live.basis, basis)})
        publications.intend(
            tx, live.id, uploads=[(e.key, e.sha256, e.size_bytes) for e in due], within_s=WITHIN_S
        )
    interrupted = len(stored) < len(ever)
    live = replace(live, basis=basis, until=until)
    return _Begun(live, wanted, due, modified, lease, interrupted)


def clear_replaced(means: Means, case_id: int) -> None:
    """Delete what newer versions of a case's publications replaced, and what killed ones left.

    The indexes must have been written before: they named it.

    Raises:
        Unreachable: storage did not answer; the case is still due.
    """
    with means.catalog.read() as connection:
        live = publications.live(connection, case_id)
    for each in live:
        with means.catalog.read() as connection:
            if not _left_over(connection, each.id):
                continue
        with means.catalog.write(by=means.by, now=means.now()) as tx:
            lease = leases.take(tx, _lease(each.id), seconds=WITHIN_S)
            keys = _left_over(tx.connection, each.id)
        if lease is None:
            continue
        try:
            delete_superseded(means, each.id, keys=keys)
        finally:
            leases.give_back(means, lease)


def _left_over(connection: Connection, publication_id: int) -> list[str]:
    """Return the keys that may be there although the publication, as completed, has them not."""
    live = publications.by_id(connection, publication_id)
    if live.state != publications.PUBLIC or live.manifest is None:
        return []
    files = {key for key, *_ in live.manifest["files"]}
    ever = publications.intents_of(connection, live.id, states=publications.MAY_BE_THERE)
    return [each.key for each in ever if each.key not in files]


def _lease(publication_id: int) -> str:
    return f"publish-{publication_id}"


def _both(old: dict[str, Any], new: dict[str, Any]) -> dict[str, Any]:
    """While something is replaced both stand there: the end of either takes all of it down."""
    pairs = {tuple(pair) for pair in [*old["stands_on"], *new["stands_on"]]}
    return {"permits": old["permits"] | new["permits"], "stands_on": sorted(pairs)}


def _commit(means: Means, outlook: Outlook, begun: _Begun) -> None:
    """Record that all of it is there; from now on the indexes may name it."""
    live, wanted = begun.live, begun.wanted
    files = [[e.key, e.sha256, e.size_bytes, e.content_type] for e in wanted.uploads]
    with means.catalog.write(by=means.by, now=means.now()) as tx:
        if not publications.is_live(tx.connection, live.id):
            raise EpochEnded
        publications.change(
            tx,
            live.id,
            {
                "state": publications.PUBLIC,
                "basis": live.basis,
                "until": live.until,
                "published_at": live.published_at or live.opened_at,
                "modified_at": begun.modified,
                "manifest": {"files": files, **wanted.shown},
                "digest": wanted.digest,
            },
        )
        if live.channel == "web":
            want_indexes(tx)
        tx.event(
            "replaced" if live.published_at else "published",
            case=outlook.standing.row.name,
            data={
                "channel": live.channel,
                "epoch": live.epoch,
                "stands_on": live.basis["stands_on"],
                "digest": wanted.digest,
                "files": len(files),
            },
        )
