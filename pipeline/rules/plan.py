"""Which files will be made of a cleared case: every name, size, crop and word before any pixel.

Pure over facts. Nothing can be planned without a `Clearance`, and what it does not permit is not
in the plan.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from itertools import groupby

from pipeline.rules.canvases import blank_canvas, sizes_of
from pipeline.rules.consent import Clearance, Permit
from pipeline.rules.errors import Reason
from pipeline.rules.layout import Logo, Measure, Words, layout
from pipeline.rules.legible import safe_zone
from pipeline.rules.media import Asset, Canvas, Case, Kind, Overlay, Recipe, Rendition
from pipeline.rules.networks import Network, fitting
from pipeline.rules.work import Output, Rights, Sheet

# Raised by hand when the same plan should give another picture (tool versions do not decide).
RENDER_VERSION = {"photo": 1, "video": 1}

WEB_LUFS = -16.0
SOCIAL_LUFS = -14.0
MOST_GAIN_DB = 20.0
ENDINGS = {"avif": "avif", "webp": "webp", "jpeg": "jpg", "mp4": "mp4"}


@dataclass(frozen=True, slots=True)
class Style:
    """How a clinic's pictures look and whose they are; `font` is the hash of the font's file."""

    name: str
    primary: str
    ground: str
    logo: Logo | None
    font: str
    rights: Rights


@dataclass(frozen=True, slots=True)
class Sayings:
    """What stands in the pictures of one original: its label ("Before") and its caption."""

    label: str = ""
    caption: str = ""
    disclosure: str = ""


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
    serving = [recipe for recipe in recipes if clearance.channel in recipe.channels]
    renditions: list[Rendition] = []
    tells: list[Reason] = []
    for asset in shown:
        for recipe in serving:
            if not _suits(recipe, asset):
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


def sheets_of(renditions: Iterable[Rendition]) -> tuple[Sheet, ...]:
    """Group renditions of one original by the canvas they share, largest file first."""
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


def _suits(recipe: Recipe, asset: Asset) -> bool:
    if recipe.layout != "single" or asset.kind not in recipe.sources:
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
    overlays, tells = _overlays(recipe, canvas=canvas, style=style, says=says, measure=measure)
    canvas = replace(canvas, overlays=overlays)
    formats = ("mp4",) if films else recipe.formats
    return [
        _keyed(
            Rendition(
                key="",
                name=size.name,
                original=asset.sha256,
                canvas=canvas,
                width=size.width,
                height=size.height,
                format=form,
                quality=_quality(recipe, form),
                frame_rate=asset.facts.frame_rate if films else None,
                duration_s=asset.facts.duration_s if films else None,
                sound=_sound(asset, permit=permit, channel=channel) if films else "none",
                gain_db=_gain_db(asset, channel=channel) if films else 0.0,
                redactions=tuple(sorted(permit.redactions)),
            ),
            style=style,
        )
        for size in sizes_of(recipe, facts=asset.facts, step=step)
        for form in formats
    ], [Reason(t.code, file=asset.file, channel=channel, facts=t.facts) for t in tells]


def _overlays(
    recipe: Recipe,
    *,
    canvas: Canvas,
    style: Style,
    says: Sayings,
    measure: Measure,
) -> tuple[tuple[Overlay, ...], tuple[Reason, ...]]:
    """Lay out what the recipe asks for."""
    wants = recipe.overlay
    words = Words(
        label=says.label if "label" in wants else "",
        caption=says.caption if "caption" in wants else "",
        disclosure=says.disclosure if "disclosure" in wants else "",
        name=style.name if "logo" in wants else "",
        logo=style.logo if "logo" in wants else None,
        primary=style.primary,
    )
    if not (words.label or words.caption or words.disclosure or words.name):
        return (), ()
    ratio = canvas.width / canvas.height
    zone = ("vertical" if ratio < 0.7 else "feed") if recipe.size else "web"
    placed = layout(
        words,
        width=canvas.width,
        height=canvas.height,
        zone=safe_zone(zone, width=canvas.width, height=canvas.height),
        measure=measure,
    )
    return placed.overlays, placed.problems


def _quality(recipe: Recipe, form: str) -> tuple[tuple[str, str], ...]:
    """Keep those settings that the format understands."""
    known = dict(recipe.quality)
    if form == "mp4":
        return tuple((name, known[name]) for name in ("preset", "crf") if name in known)
    return (("quality", known[form]),) if form in known else ()


def _sound(asset: Asset, *, permit: Permit, channel: str) -> str:
    """Keep, silence or leave out the sound; networks refuse films without a sound track."""
    if asset.facts.has_audio and "voice" not in permit.redactions:
        return "keep"
    return "none" if channel == "web" else "silence"


def _gain_db(asset: Asset, *, channel: str) -> float:
    if asset.facts.loudness_lufs is None:
        return 0.0
    target = WEB_LUFS if channel == "web" else SOCIAL_LUFS
    return round(min(MOST_GAIN_DB, target - asset.facts.loudness_lufs), 2)


def _keyed(rendition: Rendition, *, style: Style) -> Rendition:
    """Name a rendition by everything that decides its bytes."""
    parts = asdict(rendition) | {
        "key": None,
        "name": None,
        "version": RENDER_VERSION["video" if rendition.format == "mp4" else "photo"],
        "rights": asdict(style.rights),
        "font": style.font,
    }
    digest = hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()
    return replace(rendition, key=digest)
