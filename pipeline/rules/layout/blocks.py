"""A text set as a block: broken into lines at the largest size at which its box fits a room."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING, Protocol

from pipeline.rules.layout.lines import wrap

if TYPE_CHECKING:
    from collections.abc import Iterator

# Space between a text and its box's edge (left and right, above and below), of the font's height.
_PADS = {"label": (0.70, 0.10), "logo": (0.50, 0.12)}
_CARD_PAD = (0.46, 0.22)


@dataclass(frozen=True, slots=True)
class Extent:
    """What a line of text takes, in whole pixels: all its ink lies within.

    `ascent` and `descent` are measured from the baseline. `missing` are the letters that the font
    does not have.
    """

    width: int
    ascent: int
    descent: int
    missing: str = ""


class Measure(Protocol):
    """Measures one line of text in the font that will draw it."""

    def __call__(self, text: str, font_px: int, /) -> Extent:
        """Return what the line takes at that height of the font."""


@dataclass(frozen=True, slots=True)
class Block:
    """A text broken into lines at a size, with the size of the box around it."""

    lines: tuple[str, ...]
    font_px: int
    width: int
    height: int


def text_pad(kind: str, font_px: int) -> tuple[int, int]:
    """Return the space (left and right, above and below) between a text and its box's edge."""
    across, along = _PADS.get(kind, _CARD_PAD)
    return ceil(across * font_px), ceil(along * font_px)


def block(
    text: str,
    *,
    kind: str,
    room: tuple[int, int],
    sizes_px: tuple[int, int],
    measure: Measure,
    max_lines: int = 2,
) -> Block | None:
    """Break a text at the largest size at which its box fits into `room`.

    `room` is a width and a height, `sizes_px` the comfortable and the least height of the font.
    One line that is a little smaller is better than two.
    """
    start_px, least_px = sizes_px
    sizes = list(_sizes(start_px, least_px=least_px))
    tries = [(px, 1) for px in sizes if max_lines == 1 or px >= 0.8 * start_px]
    tries += [(px, max_lines) for px in sizes if max_lines > 1]
    for font_px, count in tries:
        found = _set(text, kind=kind, font_px=font_px, room=room, max_lines=count, measure=measure)
        if found is not None:
            return found
    return None


def _set(
    text: str,
    *,
    kind: str,
    font_px: int,
    room: tuple[int, int],
    max_lines: int,
    measure: Measure,
) -> Block | None:
    pad_x, pad_y = text_pad(kind, font_px)
    lines = wrap(
        text,
        max_width=room[0] - 2 * pad_x,
        max_lines=max_lines,
        width_of=lambda line: measure(line, font_px).width,
    )
    if not lines:
        return None
    extents = [measure(line, font_px) for line in lines]
    pitch = max(each.ascent for each in extents) + max(each.descent for each in extents)
    width = max(each.width for each in extents) + 2 * pad_x
    height = pitch * len(lines) + 2 * pad_y
    return Block(lines, font_px, width, height) if height <= room[1] else None


def _sizes(start_px: int, *, least_px: int) -> Iterator[int]:
    """Yield font heights from comfortable down to the least, in steps of about 4 %."""
    font_px = start_px
    while font_px > least_px:
        yield font_px
        font_px -= max(font_px // 24, 1)
    yield least_px
