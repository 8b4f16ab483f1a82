"""Has missing renditions made by workers and keeps what they verified in private storage."""

from __future__ import annotations

import logging
import shutil
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from pipeline.rules.errors import Reason, Unreachable
from pipeline.rules.media import Asset, Kind, Rendition
from pipeline.rules.plan import sheets_of
from pipeline.rules.work import Done, Job, Outcome, Refused, Sheet
from pipeline.steps.arriving.measuring import (
    BLOCKED,
    do_all,
    limits_for,
    raise_if_blocked,
    why_failed,
)
from pipeline.steps.means import Means
from pipeline.steps.public.uploads import (
    forget_renditions,
    keep_private,
    original_key,
    private_key,
)
from pipeline.steps.wanted.branding import font_file, logo_path, style_of
from pipeline.steps.wanted.drawing import draw_cards
from pipeline.steps.wanted.ending import may_be_shown
from pipeline.steps.wanted.outlook import Outlook
from pipeline.steps.wanted.stored import reason_to
from pipeline.tools.catalog import cases, work
from pipeline.tools.catalog.engine import Connection
from pipeline.tools.scratch import scratch_folder

log = logging.getLogger(__name__)


AT_ONCE = 4


@dataclass(frozen=True, slots=True)
class _Order:
    """All that is missing of one original, or of one pair, for every case that shows it."""

    assets: tuple[Asset, ...]
    renditions: tuple[Rendition, ...]


def render(means: Means, outlooks: Iterable[Outlook]) -> int:
    """Make what is missing; returns how many renditions were made.

    Raises:
        Unreachable: storage or the catalog did not answer, or the disk is full.
        ToolMissing: a program is not installed.
    """
    orders = _orders(outlooks)
    # A few at a time: their originals lie in scratch meanwhile, and what is made is kept at once.
    return sum(
        _render(means, orders[start : start + AT_ONCE]) for start in range(0, len(orders), AT_ONCE)
    )


def _render(means: Means, orders: Sequence[_Order]) -> int:
    with scratch_folder(means.scratch) as scratch:
        drawn = draw_cards(means, [r for order in orders for r in order.renditions], to=scratch)
        jobs = [
            _job(means, order, scratch=scratch / str(n), drawn=drawn)
            for n, order in enumerate(orders)
        ]
        outcomes = do_all(means, jobs, what="Rendering")
        made = sum(
            _keep(means, order, outcomes[job.id]) for order, job in zip(orders, jobs, strict=True)
        )
    raise_if_blocked(outcomes.values())
    return made


def _orders(outlooks: Iterable[Outlook]) -> list[_Order]:
    """Gather what is missing by original, so that each is decoded once, and then by pair."""
    missing: dict[tuple[str, ...], dict[str, Rendition]] = {}
    assets: dict[str, Asset] = {}
    for outlook in outlooks:
        if not outlook.open:
            continue
        assets |= {asset.sha256: asset for asset in outlook.standing.case.assets}
        for channel in outlook.channels.values():
            for each in channel.missing:
                missing.setdefault(each.originals, {})[each.key] = each
    return [
        _Order(tuple(assets[sha] for sha in originals), tuple(found.values()))
        for originals, found in missing.items()
    ]


def _job(means: Means, order: _Order, *, scratch: Path, drawn: Path) -> Job:
    """Lay out a folder that holds an original or a pair, and describe what is to be made of it."""
    out = scratch / "out"
    out.mkdir(parents=True)
    sources = [scratch / name for name in ("original", "second")]
    for asset, source in zip(order.assets, sources, strict=False):
        means.private.fetch(original_key(asset.sha256), to=source, sha256=asset.sha256)
    asset, *others = order.assets
    second = others[0] if others else None
    films = any(each.format == "mp4" for each in order.renditions)
    logo = logo_path(means)
    if logo:
        logo = Path(shutil.copyfile(logo, scratch / "logo"))
    return Job(
        id="+".join(each.sha256 for each in order.assets),
        verb="render",
        kind=asset.kind,
        source=str(sources[0]),
        facts=asset.facts,
        sheets=tuple(_with_logo(each, logo=logo) for each in sheets_of(order.renditions)),
        rights=style_of(means).rights,
        font=str(font_file(means)),
        out=str(out),
        limits=limits_for(Kind.VIDEO if films else asset.kind),
        second=str(sources[1]) if second else None,
        second_facts=second.facts if second else None,
        drawn=str(drawn),
    )


def _with_logo(sheet: Sheet, *, logo: Path | None) -> Sheet:
    """Name the logo by its file instead of its hash, as a worker needs it."""
    overlays = tuple(
        replace(each, image=str(logo)) if each.image else each for each in sheet.canvas.overlays
    )
    return replace(sheet, canvas=replace(sheet.canvas, overlays=overlays))


def _keep(means: Means, order: _Order, outcome: Outcome) -> int:
    """Store what was made, its record last; a refusal or a third death fails the original."""
    if isinstance(outcome, Refused) and outcome.reason.code in BLOCKED:
        return 0
    originals = [asset.sha256 for asset in order.assets]
    if not isinstance(outcome, Done):
        for asset in order.assets:
            _fail(means, asset, outcome)
        return 0
    try:
        for made in outcome.made:
            keep_private(
                means,
                private_key(made.artifact.key, originals=originals),
                Path(made.file),
                content_type=made.artifact.content_type,
                originals=originals[1:],
            )
    except Unreachable:
        with means.catalog.read() as connection:
            if not _barred(means, connection, originals):
                raise
        # A withdrawal called the storing off: consent ended, and nothing of it is to be kept.
        forget_renditions(means, originals=originals)
        return 0
    with means.catalog.write(by=means.by, now=means.now()) as tx:
        barred = _barred(means, tx.connection, originals)
        if not barred:
            for made in outcome.made:
                work.add_artifact(
                    tx, made.artifact, originals=originals, versions=dict(outcome.versions)
                )
            tx.event("rendered", data={"originals": originals, "files": len(outcome.made)})
    if barred:
        # Consent ended while a worker was at it: nothing of it stays.
        forget_renditions(means, originals=barred)
        return 0
    return len(outcome.made)


def _barred(means: Means, connection: Connection, originals: Sequence[str]) -> list[str]:
    """Return those originals that may be shown nowhere any more."""
    moment = means.moment()
    return [
        sha
        for sha in originals
        if not may_be_shown(connection, sha, config=means.config, moment=moment)
    ]


def _fail(means: Means, asset: Asset, outcome: Outcome) -> None:
    code = why_failed(outcome)
    log.warning("an original could not be rendered: %s", code)
    with means.catalog.write(by=means.by, now=means.now()) as tx:
        for row in cases.assets_by_hash(tx.connection, asset.sha256):
            if row.state != cases.USED:
                continue
            reason = reason_to(Reason(code, file=row.file))
            cases.change_asset(tx, row.id, {"state": cases.FAILED, "reason": reason})
            case = cases.by_id(tx.connection, row.case_id)
            tx.event("failed", case=case.name, data={"original": asset.sha256, "code": code})
            cases.look_again(tx, [case.id])
