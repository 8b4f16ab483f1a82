"""What a publication shall hold: every object, its key and its bytes, in the order of upload."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from pipeline.rules.consent import Clearance
from pipeline.rules.media import Rendition
from pipeline.rules.public.pictures import card_of
from pipeline.rules.public.wire import to_wire
from pipeline.steps.means import Means
from pipeline.steps.public.showing import is_press, media_key, public_case, site_of
from pipeline.steps.public.uploads import Upload, page, private_key
from pipeline.steps.wanted.outlook import ChannelOutlook, Outlook
from pipeline.steps.wanted.treatments import copy_of
from pipeline.tools.catalog.publications import PublicationRow
from pipeline.tools.markdown import BadCopy
from pipeline.tools.pages import Pages


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a publication shall hold: its uploads in order, and what the indexes show of it."""

    uploads: tuple[Upload, ...]
    shown: dict[str, Any]

    @property
    def digest(self) -> str:
        """A hash of every key and its bytes, and of what the indexes show."""
        listed = sorted((each.key, each.sha256) for each in self.uploads)
        whole = json.dumps([listed, self.shown], sort_keys=True)
        return hashlib.sha256(whole.encode()).hexdigest()


def renditions_of(channel: ChannelOutlook) -> Sequence[Rendition]:
    """Return what is planned for a channel."""
    return channel.plan.renditions if channel.plan else ()


def wanted_of(
    means: Means,
    outlook: Outlook,
    channel: ChannelOutlook,
    live: PublicationRow,
    *,
    pages: Pages,
    modified: datetime,
) -> Wanted:
    """Work out every object of a publication: media first, then its pages."""
    renditions = renditions_of(channel)
    max_age_s = means.config.storage.public.max_age_s
    media = [
        _medium(each, channel=channel, token=live.token, max_age_s=max_age_s) for each in renditions
    ]
    if live.channel != "web":
        return Wanted(tuple(_distinct(media)), {})
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
        return Wanted(tuple(_distinct(media)), {"press": to_wire(case)})
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
    return Wanted((*_distinct(media), *shown), {"card": to_wire(card_of(case))})


def _medium(rendition: Rendition, *, channel: ChannelOutlook, token: str, max_age_s: int) -> Upload:
    artifact = channel.artifacts[rendition.key]
    return Upload(
        key=media_key(rendition, token=token, sha256=artifact.sha256),
        sha256=artifact.sha256,
        size_bytes=artifact.size_bytes,
        content_type=artifact.content_type,
        max_age_s=max_age_s,
        private=private_key(artifact.key, originals=rendition.originals),
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
