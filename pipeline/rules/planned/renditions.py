"""What the plans of all renditions share: style and words, quality, sound, overlays and the key."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, replace

from pipeline.rules.consent import Permit
from pipeline.rules.errors import Reason
from pipeline.rules.layout import Logo, Measure, Words, layout
from pipeline.rules.legible import safe_zone
from pipeline.rules.media import Asset, Canvas, Overlay, Recipe, Rendition
from pipeline.rules.work import Rights

# Raised by hand when the same plan should give another picture (tool versions do not decide).
RENDER_VERSION = {"photo": 1, "video": 1, "card": 1}

WEB_LUFS = -16.0
SOCIAL_LUFS = -14.0
MOST_GAIN_DB = 20.0


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
    """What stands in the pictures of one original: its label ("Before") and its caption.

    `title` is the case's; it stands in the pictures that two originals make.
    """

    label: str = ""
    caption: str = ""
    disclosure: str = ""
    title: str = ""


def overlays_on(
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


def quality_of(recipe: Recipe, form: str) -> tuple[tuple[str, str], ...]:
    """Keep those settings that the format understands."""
    known = dict(recipe.quality)
    if form == "mp4":
        return tuple((name, known[name]) for name in ("preset", "crf") if name in known)
    return (("quality", known[form]),) if form in known else ()


def sound_of(asset: Asset, *, permit: Permit, channel: str) -> str:
    """Keep, silence or leave out the sound; networks refuse films without a sound track."""
    if asset.facts.has_audio and "voice" not in permit.redactions:
        return "keep"
    return "none" if channel == "web" else "silence"


def gain_db_of(asset: Asset, *, channel: str) -> float:
    """Return what brings an original to the loudness of a channel, in dB."""
    if asset.facts.loudness_lufs is None:
        return 0.0
    target = WEB_LUFS if channel == "web" else SOCIAL_LUFS
    return round(min(MOST_GAIN_DB, target - asset.facts.loudness_lufs), 2)


def keyed(rendition: Rendition, *, style: Style) -> Rendition:
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
