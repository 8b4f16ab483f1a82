"""Makes cleared and rendered cases public: media, then page, then indexes; each decided again."""

from __future__ import annotations

import hashlib
import json
import logging
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from pipeline.rules.consent import Clearance, Moment
from pipeline.rules.media import Rendition
from pipeline.rules.plan import originals_of
from pipeline.rules.public.pictures import card_of
from pipeline.rules.public.wire import to_wire
from pipeline.steps import leases
from pipeline.steps.means import Means
from pipeline.steps.public.indexes import want_indexes
from pipeline.steps.public.showing import is_press, media_key, public_case, site_of
from pipeline.steps.public.uploads import (
    WITHIN_S,
    EpochEnded,
    Upload,
    delete_superseded,
    page,
    upload,
)
from pipeline.steps.wanted.clearing import basis_of, standing_of, why_down
from pipeline.steps.wanted.outlook import ChannelOutlook, Outlook
from pipeline.steps.wanted.treatments import copy_of
from pipeline.tools.catalog import cases, publications
from pipeline.tools.catalog.publications import PublicationRow
from pipeline.tools.markdown import BadCopy
from pipeline.tools.pages import Pages

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What a publication shall hold: its uploads in order, and what the indexes show of it."""

    uploads: tuple[Upload, ...]
    shown: dict[str, Any]

    @property
    def digest(self) -> str:
        """A hash of every key and its bytes, and of what the indexes show."""
        listed = sorted((each.key, each.sha256) for each in self.uploads)
        whole = json.dumps([listed, self.shown], sort_keys=True)
        return hashlib.sha256(whole.encode()).hexdigest()


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
    if live and live.state == publications.PUBLIC and live.modified_at:
        same = _wanted(means, outlook, channel, live, pages=pages, modified=live.modified_at)
        if same.digest == live.digest:
            return False
    begun = _begin(means, outlook, channel, pages=pages, moment=moment)
    if begun is None:
        return False
    try:
        upload(means, begun.live.id, uploads=begun.due)
        _commit(means, outlook, begun)
        delete_superseded(means, begun.live.id, keys=begun.superseded)
    finally:
        leases.give_back(means, _lease(begun.live), holder=begun.holder)
    return True


@dataclass(frozen=True, slots=True)
class _Begun:
    """A publication whose intents are committed: what is due, and what it replaces."""

    live: PublicationRow
    wanted: _Wanted
    due: tuple[Upload, ...]
    superseded: tuple[str, ...]
    modified: datetime
    holder: str


def _lease(live: PublicationRow) -> str:
    return f"publish-{live.id}"


def _begin(
    means: Means, outlook: Outlook, channel: ChannelOutlook, *, pages: Pages, moment: Moment
) -> _Begun | None:
    """Decide again on what is committed now, in the transaction that writes the intents."""
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
        basis = basis_of(answer, shown=originals_of(_renditions(channel)))
        live = channel.publication
        if live is None:
            live = publications.open_epoch(
                tx,
                case_id=row.id,
                channel=answer.channel,
                token=secrets.token_hex(16),
                basis=basis,
                until=answer.until,
            )
        elif why_down(standing, live) or not publications.is_live(tx.connection, live.id):
            return None
        holder = leases.take(tx, _lease(live), seconds=WITHIN_S)
        if holder is None:
            return None
        modified = now if live.published_at else live.opened_at
        wanted = _wanted(means, outlook, channel, live, pages=pages, modified=modified)
        there = {key: sha for key, sha, *_ in (live.manifest or {}).get("files", [])}
        due = tuple(each for each in wanted.uploads if there.get(each.key) != each.sha256)
        publications.change(tx, live.id, {"basis": basis, "until": answer.until})
        publications.intend(
            tx, live.id, uploads=[(e.key, e.sha256, e.size_bytes) for e in due], within_s=WITHIN_S
        )
        # Also what an attempt that was killed may have left, not only what was once complete.
        ever = publications.intents_of(
            tx.connection, live.id, states=(publications.INTENDED, publications.STORED)
        )
    kept = {each.key for each in wanted.uploads}
    superseded = tuple(each.key for each in ever if each.key not in kept)
    live = replace(live, basis=basis)
    return _Begun(live, wanted, due, superseded, modified, holder)


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


def _renditions(channel: ChannelOutlook) -> Sequence[Rendition]:
    return channel.plan.renditions if channel.plan else ()


def _wanted(
    means: Means,
    outlook: Outlook,
    channel: ChannelOutlook,
    live: PublicationRow,
    *,
    pages: Pages,
    modified: datetime,
) -> _Wanted:
    """Work out every object of a publication: media first, then its pages."""
    renditions = _renditions(channel)
    max_age_s = means.config.storage.public.max_age_s
    media = [
        _medium(each, channel=channel, token=live.token, max_age_s=max_age_s) for each in renditions
    ]
    if live.channel != "web":
        return _Wanted(tuple(_distinct(media)), {})
    case = public_case(
        means,
        outlook,
        renditions=renditions,
        artifacts=channel.artifacts,
        token=live.token,
        published=live.published_at or live.opened_at,
        modified=modified,
        expires=_expires(means, channel.answer),
    )
    if is_press(outlook.standing.row):
        # Works without a patient have no page of their own: their treatment's page shows them.
        return _Wanted(tuple(_distinct(media)), {"press": to_wire(case)})
    try:
        copy = copy_of(means, case.treatment)
    except BadCopy:
        copy = None
    documents = pages.of_case(case, site=site_of(means), treatment=copy)
    shown = [
        page(
            key,
            body=document.body,
            content_type=document.content_type,
            max_age_s=document.max_age_s,
        )
        for key, document in documents.items()
    ]
    return _Wanted((*_distinct(media), *shown), {"card": to_wire(card_of(case))})


def _medium(rendition: Rendition, *, channel: ChannelOutlook, token: str, max_age_s: int) -> Upload:
    artifact = channel.artifacts[rendition.key]
    return Upload(
        key=media_key(rendition, token=token, sha256=artifact.sha256),
        sha256=artifact.sha256,
        size_bytes=artifact.size_bytes,
        content_type=artifact.content_type,
        max_age_s=max_age_s,
        artifact=artifact.key,
    )


def _distinct(uploads: Iterable[Upload]) -> list[Upload]:
    """Two recipes may plan the very same bytes under one name: one object is enough."""
    return list({each.key: each for each in uploads}.values())


def _expires(means: Means, answer: object) -> datetime | None:
    """Return when the last public copy must be gone, as the pages say it."""
    if not isinstance(answer, Clearance) or answer.until is None:
        return None
    start = datetime.combine(answer.until, datetime.min.time(), means.config.clinic.zone)
    return start - timedelta(seconds=means.config.lead_s)
