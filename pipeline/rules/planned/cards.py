"""The moving cards of a reel: which words stand where on them, known before anything is drawn.

The title card says whose and what, the end card what limits the claim; a lower third is a caption
that slides in; the matte is the divider's way. Each is drawn once per brand and text.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, replace

from pipeline.rules.errors import Reason
from pipeline.rules.layout import Block, Measure, block
from pipeline.rules.layout.lines import tidy
from pipeline.rules.legible import ink_on, least_font_px, safe_zone
from pipeline.rules.media import Box, Card, Overlay
from pipeline.rules.planned.renditions import RENDER_VERSION, Style

MOVES_S = 0.5  # how long something moves on a title or end card, and a lower third into place
_LINES = {"title": 4, "end": 7}
_START_SHARES = {"title": 0.078, "end": 0.060}  # of the short side: where the font's height begins
_LOGO_SHARE = 0.17  # of the short side: a card has room


@dataclass(frozen=True, slots=True)
class Stage:
    """The canvas that cards are made for: size, frame rate, style and the measure of its font."""

    width: int
    height: int
    frame_rate: float
    style: Style
    measure: Measure

    @property
    def zone(self) -> Box:
        """Where words may stand."""
        name = "vertical" if self.width / self.height < 0.7 else "feed"
        return safe_zone(name, width=self.width, height=self.height)


def text_card(kind: str, text: str, *, stage: Stage) -> tuple[Card, tuple[Reason, ...]]:
    """Return a title or end card: the logo or the name, a bar, and the text in the middle."""
    style, zone = stage.style, stage.zone
    least_px = least_font_px(width=stage.width, height=stage.height)
    short = min(stage.width, stage.height)
    start_px = max(round(_START_SHARES[kind] * short), least_px)
    body, problems = _set(
        text, lines=_LINES[kind], sizes=(start_px, least_px), stage=stage, kind=kind
    )
    stack: list[tuple[str, int, int, Block | None]] = []
    if style.logo:
        high = round(_LOGO_SHARE * short)
        wide = round(high * style.logo.width / style.logo.height)
        factor = min(1.0, 0.8 * zone.width / wide)
        stack.append(("logo", round(wide * factor), round(high * factor), None))
    else:
        name_px = max(round(0.7 * start_px), least_px)
        name, _ = _set(style.name, lines=2, sizes=(name_px, least_px), stage=stage, kind="name")
        if name:
            stack.append(("words", name.width, name.height, name))
    if body:
        stack.append(("bar", round(0.12 * short) // 2 * 2, max(4, round(0.007 * short)), None))
        stack.append(("words", body.width, body.height, body))
    gap = round(0.035 * short)
    y = zone.y + (zone.height - sum(each[2] for each in stack) - gap * (len(stack) - 1)) // 2
    overlays = []
    for part, width, height, found in stack:
        box = Box(zone.x + (zone.width - width) // 2, y, width, height)
        y += height + gap
        overlays.append(_part(part, box, found, style=style))
    card = Card(
        key="",
        kind=kind,
        width=stage.width,
        height=stage.height,
        frame_rate=stage.frame_rate,
        frames=round(MOVES_S * stage.frame_rate),
        ground=style.ground,
        accent=style.primary,
        overlays=tuple(overlays),
    )
    return keyed_card(card, font=style.font), problems


def _part(part: str, box: Box, found: Block | None, *, style: Style) -> Overlay:
    if part == "logo" and style.logo:
        return Overlay("mark", box, ground=style.ground, image=style.logo.sha256)
    if found is None:
        return Overlay("bar", box, ground=style.primary)
    ink = ink_on(style.ground)
    return Overlay("words", box, found.lines, found.font_px, ink=ink, ground=style.ground)


def _set(
    text: str, *, lines: int, sizes: tuple[int, int], stage: Stage, kind: str
) -> tuple[Block | None, tuple[Reason, ...]]:
    """Break a text for a card; a text that cannot stand there comes back as a reason."""
    line = tidy(text)
    if not line:
        return None, ()
    missing = stage.measure(line, sizes[1]).missing
    if missing:
        return None, (Reason("text_missing_letters", facts={"part": kind, "letters": missing}),)
    found = block(
        line,
        kind="words",
        room=(stage.zone.width, round(0.72 * stage.zone.height)),
        sizes_px=sizes,
        measure=stage.measure,
        max_lines=lines,
    )
    if found is None:
        facts = {"part": kind, "size": f"{stage.width} x {stage.height}"}
        return None, (Reason("text_too_long", facts=facts),)
    return found, ()


def matte(stage: Stage, *, frames: int) -> Card:
    """Return the way of the divider over a canvas: white where the second side is seen."""
    size = (stage.width, stage.height)
    card = Card("", "matte", *size, stage.frame_rate, frames, accent=stage.style.primary)
    return keyed_card(card, font="")


def lower_third(overlay: Overlay, *, stage: Stage) -> Card:
    """Return a caption that was placed on a canvas as one that slides into its place."""
    box = overlay.box
    card = Card(
        key="",
        kind="lower",
        width=box.width,
        height=box.height,
        frame_rate=stage.frame_rate,
        frames=round(MOVES_S * stage.frame_rate),
        overlays=(replace(overlay, box=replace(box, x=0, y=0), pane=None),),
        at=(box.x, box.y),
        pane=overlay.pane,
    )
    return keyed_card(card, font=stage.style.font)


def keyed_card(card: Card, *, font: str) -> Card:
    """Name a card by all that decides its pixels; where it lies is not among it."""
    drawn = asdict(card) | {"key": None, "at": None, "pane": None}
    parts = [drawn, font, RENDER_VERSION["card"]]
    return replace(card, key=hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest())
