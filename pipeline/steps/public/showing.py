"""Builds the values that pages show out of a case's rows: what is public, and nothing else."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime

from pipeline.rules.errors import UsageError
from pipeline.rules.media import Artifact, Asset, Kind, Rendition, Role
from pipeline.rules.plan import ENDINGS, originals_of
from pipeline.rules.public.site import Comparison, PublicCase, PublicFile, PublicMedia, Site
from pipeline.rules.spelling import fold
from pipeline.steps.means import Means
from pipeline.steps.wanted.outlook import Outlook
from pipeline.steps.wanted.treatments import title_of
from pipeline.tools.catalog.cases import CaseRow
from pipeline.tools.documents import read_mapping
from pipeline.tools.pages import Pages, open_pages


def pages_of(means: Means) -> Pages:
    """Open the templates of the public pages in the clinic's language, the workspace's first."""
    own = means.templates[0] if len(means.templates) > 1 else None
    return open_pages(own, language=means.config.clinic.language, read_mapping=read_mapping)


def packaged_pages(means: Means) -> Pages:
    """Open the templates that came with Clinicmedia, whatever the workspace's look like."""
    return open_pages(None, language=means.config.clinic.language, read_mapping=read_mapping)


def pages_in_need(means: Means) -> Pages:
    """Open the workspace's templates, or the packaged ones when those cannot be used at all."""
    try:
        return pages_of(means)
    except UsageError:
        return packaged_pages(means)


def media_key(rendition: Rendition, *, token: str, sha256: str) -> str:
    """Return the public name of a rendition: the same bytes get another name in every epoch."""
    mark = hashlib.sha256(f"{token}{sha256}".encode()).hexdigest()[:8]
    return f"media/{token}/{rendition.name}-{mark}.{ENDINGS[rendition.format]}"


def is_press(row: CaseRow) -> bool:
    """Tell whether a case is a treatment's press folder, which shows on its page only."""
    return fold(row.subject) == "press"


def site_of(means: Means) -> Site:
    """Return the clinic and its public folder, as pages see them."""
    clinic, public = means.config.clinic, means.config.storage.public
    return Site(
        name=clinic.name,
        url=clinic.url,
        base_url=public.base_url,
        language=clinic.language,
        zone=clinic.zone,
        contact=clinic.contact,
        colours={"primary": means.config.brand.colours.primary},
        max_age_s=public.max_age_s,
    )


def public_case(
    means: Means,
    outlook: Outlook,
    *,
    renditions: Sequence[Rendition],
    artifacts: Mapping[str, Artifact],
    token: str,
    published: datetime,
    modified: datetime,
    expires: datetime | None,
) -> PublicCase:
    """Return a case as its pages show it."""
    standing = outlook.standing
    shown = set(originals_of(renditions))
    ordered = [asset for asset in _in_order(standing.case.assets) if asset.sha256 in shown]
    # A view is often made of a file's name, which may say what nobody wrote for the public: what
    # becomes public is only which media share a view.
    views = list(dict.fromkeys(asset.view for asset in ordered))
    media = {
        asset.sha256: _medium(
            asset,
            outlook=outlook,
            renditions=renditions,
            artifacts=artifacts,
            token=token,
            view=str(views.index(asset.view) + 1),
        )
        for asset in ordered
    }
    share = [r for r in renditions if r.canvas.recipe == "og" and r.format == "jpeg"]
    share.sort(key=lambda each: -len(each.originals))  # both sides of a pair say more than one
    row = standing.row
    return PublicCase(
        slug=row.slug,
        title=outlook.words.title,
        treatment=row.treatment,
        treatment_title=title_of(means, row.treatment),
        published=published,
        modified=modified,
        expires=expires,
        media=tuple(media.values()),
        comparisons=tuple(
            Comparison(
                kind=media[before].kind,
                caption=_in_one(media[before].caption, media[after].caption),
                alt=_in_one(media[before].alt, media[after].alt),
                before=media[before],
                after=media[after],
                files=tuple(
                    _file(each, artifacts=artifacts, token=token)
                    for each in renditions
                    if each.originals == (before, after) and each.canvas.recipe != "og"
                ),
            )
            for before, after in standing.case.pairs
            if before in media and after in media
        ),
        share_image=_file(share[0], artifacts=artifacts, token=token) if share else None,
        # A disclosure limits what a patient's result tells; press shows none.
        disclosure="" if is_press(row) else outlook.words.disclosure,
        credits=credits_of(outlook, shown=shown),
        language=means.config.clinic.language,
    )


def _in_one(before: str, after: str) -> str:
    """Put the words of both sides into one text, each a sentence of its own."""
    said = [text.strip() for text in (before, after) if text.strip()]
    return " ".join(text if text[-1] in ".!?…" else f"{text}." for text in said)


def _in_order(assets: Sequence[Asset]) -> list[Asset]:
    """Order as a story is told: before, during, after, the rest; then by name."""
    order = [Role.BEFORE, Role.DURING, Role.AFTER, Role.SINGLE, Role.PRESS]
    return sorted(assets, key=lambda asset: (order.index(asset.role), asset.file))


def _medium(
    asset: Asset,
    *,
    outlook: Outlook,
    renditions: Sequence[Rendition],
    artifacts: Mapping[str, Artifact],
    token: str,
    view: str,
) -> PublicMedia:
    own = [each for each in renditions if each.originals == (asset.sha256,)]
    whole = [each for each in own if _own_aspect(each, asset=asset)]
    stills = [each for each in whole if asset.kind is Kind.VIDEO and each.format != "mp4"]
    files = [each for each in whole if each not in stills]
    poster = max(stills, key=lambda each: each.width, default=None)
    words = outlook.words
    return PublicMedia(
        role=asset.role,
        view=view,
        kind=asset.kind,
        caption=words.captions.get(asset.sha256, ""),
        alt=words.alts.get(asset.sha256, ""),
        files=tuple(_file(each, artifacts=artifacts, token=token) for each in files),
        poster=_file(poster, artifacts=artifacts, token=token) if poster else None,
    )


def _own_aspect(rendition: Rendition, *, asset: Asset) -> bool:
    """Tell whether a rendition shows the whole original and nothing around it."""
    canvas, facts = rendition.canvas, asset.facts
    filled = (canvas.place.width, canvas.place.height) == (canvas.width, canvas.height)
    return filled and (canvas.crop.width, canvas.crop.height) == (facts.width, facts.height)


def _file(rendition: Rendition, *, artifacts: Mapping[str, Artifact], token: str) -> PublicFile:
    artifact = artifacts[rendition.key]
    return PublicFile(
        recipe=rendition.name,
        key=media_key(rendition, token=token, sha256=artifact.sha256),
        type=artifact.content_type,
        width=artifact.width,
        height=artifact.height,
        size_bytes=artifact.size_bytes,
        sha256=artifact.sha256,
        duration_s=artifact.duration_s,
    )


def credits_of(outlook: Outlook, *, shown: set[str]) -> tuple[str, ...]:
    """Return the credits of the licences of what is shown."""
    licences = {
        licence
        for asset in outlook.standing.case.assets
        if asset.sha256 in shown
        for licence in asset.rights
    }
    found = [
        consent.record.credit
        for consent in outlook.standing.consents
        if consent.record.id in licences and consent.record.credit
    ]
    return tuple(dict.fromkeys(found))
