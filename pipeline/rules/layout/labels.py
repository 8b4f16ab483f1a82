"""Where the labels of two sides lie, so that they read as a pair and hide nothing else."""

from __future__ import annotations

from dataclasses import replace
from math import ceil

from pipeline.rules.errors import Reason
from pipeline.rules.layout.blocks import Block, Measure, block
from pipeline.rules.layout.lines import tidy
from pipeline.rules.layout.places import TITLE_SHARE, Placed
from pipeline.rules.legible import ink_on, least_font_px
from pipeline.rules.media import Box, Overlay

LEFT, RIGHT = "left", "right"


def pair_labels(
    texts: tuple[str, str],
    *,
    size: tuple[int, int],
    rooms: tuple[Box, Box],
    corners: tuple[str, str],
    avoiding: tuple[Overlay, ...],
    measure: Measure,
    colour: str,
) -> Placed:
    """Place a label in the upper left or right corner of each room, below what stands there.

    Both have letters of one size, and stand on one line where their rooms begin on one.
    """
    found: list[tuple[int, Block, Box]] = []
    problems: list[Reason] = []
    for pane, (text, room, corner) in enumerate(zip(texts, rooms, corners, strict=True)):
        pill, problem = _pill(tidy(text), room=room, size=size, measure=measure)
        if problem:
            problems.append(problem)
        if pill:
            at = _free(pill, room=room, corner=corner, avoiding=avoiding, size=size)
            found.append((pane, pill, at))
    if rooms[0].y == rooms[1].y:
        top = max((at.y for _, _, at in found), default=0)
        found = [(pane, pill, replace(at, y=top)) for pane, pill, at in found]
    overlays = []
    for pane, pill, at in found:
        inside = at.y + at.height <= rooms[pane].y + rooms[pane].height
        if inside and not any(_touch(at, each.box, gap=0) for each in avoiding):
            ink = ink_on(colour)
            overlays.append(
                Overlay("label", at, pill.lines, pill.font_px, ink=ink, ground=colour, pane=pane)
            )
        else:
            problems.append(_too_long(size))
    return Placed(tuple(overlays), tuple(problems))


def _pill(
    text: str, *, room: Box, size: tuple[int, int], measure: Measure
) -> tuple[Block | None, Reason | None]:
    least_px = least_font_px(width=size[0], height=size[1])
    if not text:
        return None, None
    missing = measure(text, least_px).missing
    if missing:
        return None, Reason("text_missing_letters", facts={"part": "label", "letters": missing})
    pill = block(
        text,
        kind="label",
        room=(room.width, room.height),
        sizes_px=(max(round(TITLE_SHARE * min(size)), least_px), least_px),
        measure=measure,
        max_lines=1,
    )
    return pill, None if pill else _too_long(size)


def _too_long(size: tuple[int, int]) -> Reason:
    return Reason("text_too_long", facts={"part": "label", "size": f"{size[0]} x {size[1]}"})


def _free(
    pill: Block, *, room: Box, corner: str, avoiding: tuple[Overlay, ...], size: tuple[int, int]
) -> Box:
    """Return the highest place in the corner at which nothing else is touched."""
    gap = ceil(0.02 * min(size))
    x = room.x if corner == LEFT else room.x + room.width - pill.width
    at = Box(x, room.y, pill.width, pill.height)
    for each in sorted(avoiding, key=lambda other: other.box.y):
        if _touch(at, each.box, gap=gap):
            at = replace(at, y=each.box.y + each.box.height + gap)
    return at


def _touch(one: Box, other: Box, *, gap: int) -> bool:
    beside = one.x + one.width + gap <= other.x or other.x + other.width + gap <= one.x
    above = one.y + one.height + gap <= other.y or other.y + other.height + gap <= one.y
    return not (beside or above)
