"""Which files will be made of a cleared case: every name, size, crop and word before any pixel.

Pure over facts. Nothing can be planned without a `Clearance`, and what it does not permit is not
in the plan.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from itertools import groupby

from pipeline.rules.canvases import blank_canvas, sizes_of
from pipeline.rules.consent import Clearance, Permit
from pipeline.rules.errors import Reason
from pipeline.rules.layout import Measure
from pipeline.rules.media import Asset, Canvas, Case, Kind, Recipe, Rendition
from pipeline.rules.networks import Network, fitting
from pipeline.rules.planned.composites import Pair, composes, composite
from pipeline.rules.planned.renditions import (
    MOST_GAIN_DB,
    RENDER_VERSION,
    SOCIAL_LUFS,
    WEB_LUFS,
    Sayings,
    Style,
    gain_db_of,
    keyed,
    overlays_on,
    quality_of,
    sound_of,
)
from pipeline.rules.work import Output, Sheet

__all__ = [
    "ENDINGS",
    "MOST_GAIN_DB",
    "RENDER_VERSION",
    "SOCIAL_LUFS",
    "WEB_LUFS",
    "Plan",
    "Sayings",
    "Style",
    "originals_of",
    "plan",
    "sheets_of",
]

ENDINGS = {"avif": "avif", "webp": "webp", "jpeg": "jpg", "mp4": "mp4"}


@dataclass(frozen=True, slots=True)
class Plan:
    """What will be made for one channel.

    `waits` are originals that must not be made yet; `tells` are worth listing and stop nothing;
    `off` says why the channel has nothing to publish although it is cleared.
    """

    channel: str
    renditions: tuple[Rendition, ...]
    waits: tuple[Reason, ...] = ()
    tells: tuple[Reason, ...] = ()
    off: Reason | None = None


def plan(
    case: Case,
    *,
    clearance: Clearance,
    recipes: Sequence[Recipe],
    style: Style,
    sayings: Mapping[str, Sayings],
    measure: Measure,
    network: Network,
) -> Plan:
    """Plan the renditions of a case on the channel of its clearance.

    `sayings` are by original (SHA-256). A permit that asks for a cover which no tool here can
    make lets its original, and the other half of its pair, wait. What the channel's network does
    not take is left out and told.
    """
    permits = {permit.sha256: permit for permit in clearance.permits}
    covered = {sha for sha, permit in permits.items() if "face" in permit.redactions}
    waiting = covered | {sha for pair in case.pairs if covered & set(pair) for sha in pair}
    shown = [a for a in case.assets if a.sha256 in permits and a.sha256 not in waiting]
    waits = tuple(
        Reason("face_cover_missing", file=asset.file, channel=clearance.channel)
        for asset in case.assets
        if asset.sha256 in covered
    )
    by_sha = {asset.sha256: asset for asset in shown}
    serving = [recipe for recipe in recipes if clearance.channel in recipe.channels]
    renditions: list[Rendition] = []
    tells: list[Reason] = []
    pairs = [
        Pair(by_sha[before], by_sha[after], permits, sayings, clearance.channel)
        for before, after in case.pairs
        if before in by_sha and after in by_sha
    ]
    for pair in pairs:
        for recipe in serving:
            if composes(recipe, kind=pair.before.kind):
                made, said = composite(recipe, pair=pair, style=style, measure=measure)
                renditions += made
                tells += said
    paired = {side.sha256 for pair in pairs for side in pair.sides}
    for asset in shown:
        for recipe in serving:
            if not _suits(recipe, asset, paired=asset.sha256 in paired):
                continue
            made, said = _of_recipe(
                recipe,
                asset=asset,
                permit=permits[asset.sha256],
                channel=clearance.channel,
                style=style,
                says=_says(sayings, recipe=recipe, asset=asset, case=case),
                measure=measure,
            )
            renditions += made
            tells += said
    names = {asset.sha256: asset.file for asset in shown}
    fit, beyond = fitting(renditions, network=network, files=names)
    off = None
    if not fit and not waits:
        off = Reason("network_off" if beyond else "channel_off", channel=clearance.channel)
    return Plan(clearance.channel, fit, waits, tuple(dict.fromkeys([*tells, *beyond])), off)


def _says(sayings: Mapping[str, Sayings], *, recipe: Recipe, asset: Asset, case: Case) -> Sayings:
    """Return what stands in a picture of a recipe.

    Two photos that a page lays over one another carry no captions: in the slider one would be cut
    by the other, and the page says both as text.
    """
    says = sayings.get(asset.sha256, Sayings())
    paired = any(asset.sha256 in pair for pair in case.pairs)
    if recipe.widths and paired and asset.kind is Kind.PHOTO:
        return replace(says, caption="")
    return says


def originals_of(renditions: Iterable[Rendition]) -> tuple[str, ...]:
    """Return every original that some rendition stands on."""
    return tuple(sorted({sha for each in renditions for sha in each.originals}))


def sheets_of(renditions: Iterable[Rendition]) -> tuple[Sheet, ...]:
    """Group renditions of the same originals by the canvas they share, largest file first."""
    ordered = sorted(renditions, key=lambda r: (_canvas_key(r.canvas), -r.width, r.format, r.key))
    return tuple(
        Sheet(
            canvas=same[0].canvas,
            outputs=tuple(
                Output(
                    key=each.key,
                    name=each.name,
                    width=each.width,
                    height=each.height,
                    format=each.format,
                    quality=each.quality,
                    sound=each.sound,
                    gain_db=each.gain_db,
                    gains_db=each.gains_db,
                    frame_rate=each.frame_rate,
                    duration_s=each.duration_s,
                )
                for each in same
            ),
        )
        for same in (
            list(group) for _, group in groupby(ordered, key=lambda r: _canvas_key(r.canvas))
        )
    )


def _canvas_key(canvas: Canvas) -> str:
    return json.dumps(asdict(canvas), sort_keys=True)


def _suits(recipe: Recipe, asset: Asset, *, paired: bool) -> bool:
    """Tell whether a recipe makes a file of an original alone: of a side of a pair, it may not."""
    if recipe.layout != "single" or asset.kind not in recipe.sources:
        return False
    if paired and composes(recipe, kind=asset.kind):
        return False
    return not recipe.roles or asset.role in recipe.roles


def _of_recipe(
    recipe: Recipe,
    *,
    asset: Asset,
    permit: Permit,
    channel: str,
    style: Style,
    says: Sayings,
    measure: Measure,
) -> tuple[list[Rendition], list[Reason]]:
    """Plan the files of one recipe and one original."""
    films = asset.kind is Kind.VIDEO and recipe.codec is not None
    step = 2 if films else 1
    canvas = blank_canvas(recipe, facts=asset.facts, ground=style.ground, step=step)
    if asset.kind is Kind.VIDEO and not films:
        canvas = replace(canvas, at_s=asset.facts.poster_at_s or 0.0)
    overlays, tells = overlays_on(recipe, canvas=canvas, style=style, says=says, measure=measure)
    canvas = replace(canvas, overlays=overlays)
    formats = ("mp4",) if films else recipe.formats
    return [
        keyed(
            Rendition(
                key="",
                name=size.name,
                originals=(asset.sha256,),
                canvas=canvas,
                width=size.width,
                height=size.height,
                format=form,
                quality=quality_of(recipe, form),
                frame_rate=asset.facts.frame_rate if films else None,
                duration_s=asset.facts.duration_s if films else None,
                sound=sound_of(asset, permit=permit, channel=channel) if films else "none",
                gain_db=gain_db_of(asset, channel=channel) if films else 0.0,
                redactions=tuple(sorted(permit.redactions)),
            ),
            style=style,
        )
        for size in sizes_of(recipe, facts=asset.facts, step=step)
        for form in formats
    ], [Reason(t.code, file=asset.file, channel=channel, facts=t.facts) for t in tells]
