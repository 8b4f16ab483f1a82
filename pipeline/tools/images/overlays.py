"""Drawing what stands on a picture: logo, label, caption and disclosure, as `layout` placed them.

Texts are measured and drawn by the same font in the same way, so a text fills the box that was
planned for it and no letter is cut.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image, ImageDraw, ImageFont, ImageStat, features

from pipeline.rules.layout import LOGO_PAD, Extent, text_pad
from pipeline.rules.legible import SCRIM, ink_on
from pipeline.tools.fonts import missing_glyphs
from pipeline.tools.images.colour import to_srgb
from pipeline.tools.images.originals import decode

if TYPE_CHECKING:
    from pipeline.rules.layout import Measure
    from pipeline.rules.media import Overlay

# Semi-bold, because thin strokes vanish on a picture; a little narrow, because a phone is.
_STYLE = ((b"weight", 600.0), (b"width", 85.0))
_OPACITY = {"label": 0.94, "caption": 0.70, "disclosure": 0.70, "logo": 0.62, "words": 0.0}
_PLATE_OPACITY = 0.88
_SMOOTH = 4  # corners are drawn this many times larger and shrunk
_ENGINE = ImageFont.Layout.RAQM if features.check("raqm") else ImageFont.Layout.BASIC


def measure_text(text: str, font_px: int, *, font: Path) -> Extent:
    """Return what one line of text takes, all ink included, and which letters the font lacks."""
    face = _face(font, font_px)
    left, top, right, bottom = face.getbbox(text, anchor="ls")
    above, below = face.getmetrics()
    width = max(right, face.getlength(text)) - min(left, 0)
    return Extent(
        width=-int(-width // 1),
        ascent=max(above, -int(top // 1)),
        descent=max(below, -int(-bottom // 1)),
        missing=missing_glyphs(text, font),
    )


def measure_with(font: Path) -> Measure:
    """Return the measure that `layout` takes, for one font; it remembers what it measured."""

    @lru_cache(maxsize=4096)
    def measure(text: str, font_px: int, /) -> Extent:
        return measure_text(text, font_px, font=font)

    return measure


def draw_overlay(overlay: Overlay, *, font: Path) -> Image.Image:
    """Draw one overlay as an RGBA picture of exactly its box's size.

    `overlay.image`, where set, is the path of the logo's file.

    Raises:
        BadMedia: the logo cannot be read.
    """
    size = (overlay.box.width, overlay.box.height)
    if overlay.image is not None:
        on = overlay.ground if overlay.kind == "mark" else None
        return _logo(Path(overlay.image), size=size, on=on)
    if overlay.kind == "bar":
        return _rounded(size, colour=overlay.ground, opacity=1.0, radius=size[1] / 2)
    return _text(overlay, font=font, size=size)


def draw_png(overlay: Overlay, *, font: Path, to: Path) -> None:
    """Write one overlay as a PNG with transparency, for ffmpeg to lay over footage."""
    draw_overlay(overlay, font=font).save(to, format="PNG", compress_level=1)


def _text(overlay: Overlay, *, font: Path, size: tuple[int, int]) -> Image.Image:
    face = _face(font, overlay.font_px)
    opacity = _OPACITY[overlay.kind]
    sheet = _rounded(size, colour=overlay.ground, opacity=opacity, radius=_radius(overlay))
    _, pad_y = text_pad(overlay.kind, overlay.font_px)
    pitch = (size[1] - 2 * pad_y) / len(overlay.lines)
    extents = [measure_text(line, overlay.font_px, font=font) for line in overlay.lines]
    # The eye takes the middle between small letters and capitals for the middle of a line.
    lift = face.getbbox("x", anchor="ls")[1] * 0.5 + face.getbbox("H", anchor="ls")[1] * 0.5
    ascent = max(each.ascent for each in extents)
    descent = max(each.descent for each in extents)
    middle = (ascent - descent) / 2
    shift = min(max(-lift / 2 - middle, -pad_y), pad_y)
    canvas = ImageDraw.Draw(sheet)
    for at, (line, extent) in enumerate(zip(overlay.lines, extents, strict=True)):
        left = min(face.getbbox(line, anchor="ls")[0], 0)
        x = (size[0] - extent.width) // 2 - left
        y = round(pad_y + at * pitch + ascent + shift)
        canvas.text((x, y), line, font=face, fill=overlay.ink, anchor="ls")
    return sheet


def _radius(overlay: Overlay) -> float:
    """Labels are pills; longer texts have the corners of a card."""
    if overlay.kind == "label":
        return overlay.box.height / 2
    return min(0.42 * overlay.font_px, overlay.box.height / 2)


def _logo(path: Path, *, size: tuple[int, int], on: str | None) -> Image.Image:
    """Draw the logo on a plate that it stands out from, whatever the picture below.

    Straight on the colour `on`, where it is known and the plate would be as light or as dark.
    """
    colours, alpha = _mark(path)
    pad = round(LOGO_PAD * size[1])
    room = (max(size[0] - 2 * pad, 1), max(size[1] - 2 * pad, 1))
    scale = min(room[0] / colours.width, room[1] / colours.height)
    target = (max(round(colours.width * scale), 1), max(round(colours.height * scale), 1))
    ground = _plate_colour(colours, alpha=alpha)
    bare = on is not None and alpha is not None and ink_on(on) == ink_on(ground)
    plate = _rounded(
        size,
        colour=ground,
        opacity=1.0 if alpha is None else _PLATE_OPACITY * (not bare),
        radius=0.16 * size[1],
    )
    mark = colours.convert("RGBA")
    if alpha is not None:
        mark.putalpha(alpha)
    mark = mark.resize(target, Image.Resampling.LANCZOS, reducing_gap=3.0)
    plate.alpha_composite(mark, ((size[0] - target[0]) // 2, (size[1] - target[1]) // 2))
    return plate


def _mark(path: Path) -> tuple[Image.Image, Image.Image | None]:
    """Return the logo's colours in sRGB and its transparency, None where it has none."""
    picture = decode(path)
    if picture.image.mode not in {"LA", "RGBA"}:
        return to_srgb(picture.image, icc=picture.icc, ground="#ffffff"), None
    alpha = picture.image.getchannel("A")
    opaque = picture.image.convert("RGB" if picture.image.mode == "RGBA" else "L")
    colours = to_srgb(opaque, icc=picture.icc, ground="#ffffff")
    return colours, None if alpha.getextrema() == (255, 255) else alpha


def _plate_colour(colours: Image.Image, *, alpha: Image.Image | None) -> str:
    """Return the ground for a logo: its own corner's, else white, or near black for a pale one."""
    if alpha is None:
        corner = colours.crop((0, 0, 1, 1)).tobytes()
        return f"#{corner.hex()}"
    solid = alpha.point(lambda value: 255 * (value > 127))
    light = ImageStat.Stat(colours.convert("L"), mask=solid)
    return SCRIM if light.count[0] and light.mean[0] > 170 else "#ffffff"


def _rounded(size: tuple[int, int], *, colour: str, opacity: float, radius: float) -> Image.Image:
    """Return a box with round, smooth corners in one colour."""
    large = Image.new("L", (size[0] * _SMOOTH, size[1] * _SMOOTH), 0)
    edge = (0, 0, large.width - 1, large.height - 1)
    level = round(255 * opacity)
    ImageDraw.Draw(large).rounded_rectangle(edge, radius=radius * _SMOOTH, fill=level)
    sheet = Image.new("RGBA", size, colour)
    sheet.putalpha(large.resize(size, Image.Resampling.BOX))
    return sheet


@lru_cache(maxsize=64)
def _face(font: Path, font_px: int) -> ImageFont.FreeTypeFont:
    face = ImageFont.truetype(str(font), font_px, layout_engine=_ENGINE)
    try:
        axes = face.get_variation_axes()
    except OSError:  # a font of one weight
        return face
    face.set_variation_by_axes([_on_axis(axis) for axis in axes])
    return face


def _on_axis(axis: ImageFont.Axis) -> float:
    name = (axis["name"] or b"").lower()
    wish = next((value for word, value in _STYLE if word in name), axis["default"] or 0)
    return min(max(wish, axis["minimum"] or 0), axis["maximum"] or wish)
