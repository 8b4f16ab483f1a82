"""Pictures of a pair: both sides on one canvas, and the divider between them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PIL import Image, ImageDraw

from pipeline.rules.errors import BadMedia, Reason
from pipeline.rules.media import Box, Canvas, Facts
from pipeline.tools.images.originals import decode
from pipeline.tools.images.renditions import Shown, branded, files, placed

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from pipeline.rules.work import Made, Rights, Sheet

_SMOOTH = 4
_LINE, _KNOB, _ARROW = 0.0055, 0.052, 0.3  # of the canvas's short side; of the knob


def render_pair(
    sources: tuple[Path, Path],
    *,
    facts: tuple[Facts, Facts],
    sheets: Sequence[Sheet],
    rights: Rights,
    font: Path,
    out: Path,
    progress: Callable[[float], None] | None = None,
) -> list[Made]:
    """Make all still files of a pair in the folder `out`, in the order of the sheets' outputs.

    Raises:
        BadMedia: an original cannot be decoded, or is not the one that was measured.
        VerificationFailed: a file does not read back as planned.
    """
    pictures = [decode(source) for source in sources]
    for picture, measured in zip(pictures, facts, strict=True):
        if (picture.width, picture.height) != (measured.width, measured.height):
            raise BadMedia(Reason("photo_broken"), "the size is not the measured one")
    drawn = (
        (
            branded(
                [
                    Shown(picture, crop=crop, place=place)
                    for picture, (crop, place) in zip(pictures, sides(sheet.canvas), strict=True)
                ],
                canvas=sheet.canvas,
                font=font,
            ),
            sheet.outputs,
        )
        for sheet in sheets
    )
    total = sum(len(sheet.outputs) for sheet in sheets)
    return files(drawn, rights=rights, out=out, progress=progress, total=total)


def sides(canvas: Canvas) -> tuple[tuple[Box, Box], tuple[Box, Box]]:
    """Return crop and place of both sides of a canvas. Raises ValueError if it has only one."""
    if canvas.second is None:
        raise ValueError("a canvas of one picture")
    return (canvas.crop, canvas.place), (canvas.second.crop, canvas.second.place)


def draw_side(source: Path, *, crop: Box, place: Box, ground: str, to: Path) -> None:
    """Write one side of a photo pair as a PNG of the size at which it is shown, for a film.

    Raises:
        BadMedia: the original cannot be decoded.
    """
    shown = Shown(decode(source), crop=crop, place=place)
    placed(shown, ground=ground).save(to, format="PNG", compress_level=1)


def draw_divider(size: tuple[int, int], *, colour: str, to: Path) -> int:
    """Write the divider of a canvas of that size as a PNG as tall as it; return its width."""
    short, height = min(size), size[1]
    knob = round(_KNOB * short) * 2
    line = max(2, round(_LINE * short))
    large = Image.new("RGBA", (knob * _SMOOTH, height), (255, 255, 255, 0))
    pen = ImageDraw.Draw(large)
    middle = large.width / 2
    pen.rectangle(
        (middle - line * 1.1 * _SMOOTH, 0, middle + line * 1.1 * _SMOOTH, height), (0, 0, 0, 46)
    )
    pen.rectangle(
        (middle - line * _SMOOTH / 2, 0, middle + line * _SMOOTH / 2, height), (255, 255, 255, 255)
    )
    sheet = large.resize((knob, height), Image.Resampling.BOX)
    handle = _handle(knob * _SMOOTH, colour=colour).resize((knob, knob), Image.Resampling.BOX)
    sheet.alpha_composite(handle, (0, (height - knob) // 2))
    sheet.save(to, format="PNG", compress_level=1)
    return knob


def _handle(side: int, *, colour: str) -> Image.Image:
    """A round handle with an arrow to each side."""
    handle = Image.new("RGBA", (side, side), (255, 255, 255, 0))
    pen = ImageDraw.Draw(handle)
    edge = side // 26
    pen.ellipse((0, 0, side - 1, side - 1), "#ffffff")
    pen.ellipse((edge, edge, side - 1 - edge, side - 1 - edge), colour)
    reach, middle = side * _ARROW, side / 2
    for way in (-1, 1):
        tip = middle + way * reach
        base = middle + way * reach * 0.42
        pen.polygon(
            [(tip, middle), (base, middle - reach * 0.5), (base, middle + reach * 0.5)], "#ffffff"
        )
    return handle
