"""What is written rather than painted: the clinic's logo and scanned forms with a signature."""

from __future__ import annotations

import random
from collections.abc import Sequence

from easel import Easel, Point, Shade, limb, placed, spline
from PIL import Image, ImageDraw, ImageFont

CLINIC = "Larkfern Physical Therapy"
PRIMARY, ACCENT = "#0b6e69", "#d9774f"

_FORM = (
    "I allow Larkfern Physical Therapy to use and to show to others the photographs and",
    "videos of me that are described below. The purpose is to show on the clinic's web site",
    "and social media pages how its treatments are done.",
    "",
    "What may be shown: posture photographs and movement videos, my face and my voice.",
    "Who may see it: anyone who visits the clinic's web site and its pages on the channels",
    "that I ticked.",
    "",
    "I may take this back at any time, in writing, at the front desk. What was done before",
    "the clinic received my letter cannot be undone by it.",
    "My treatment does not depend on whether I sign this form.",
    "What others receive may be passed on and may no longer be protected by privacy law.",
    "The clinic is paid nothing by anyone for showing these pictures.",
)


def draw_logo() -> Image.Image:
    """A fern frond that could be a spine, and the name, on clear ground."""
    width, height, fine = 900, 264, 3
    plate = Image.new("RGBA", (width * fine, height * fine))
    pen = ImageDraw.Draw(plate)
    stem = spline(
        [(118, 226), (106, 160), (116, 96), (152, 54), (186, 62), (180, 90)], closed=False
    )
    pen.polygon(_times(limb(stem, [13, 11, 9, 7, 5]), fine), fill=PRIMARY)
    for i, (x, y, turn, long) in enumerate(_leaflets()):
        leaf = limb([(0, 0), (long * 0.5, -4), (long, 0)], [4, 20, 16, 1])
        colour = ACCENT if i == 0 else PRIMARY
        pen.polygon(_times(placed(leaf, at=(x, y), turn=turn), fine), fill=colour)
    big, small = (ImageFont.load_default(size * fine) for size in (118, 43))
    pen.text(
        (258 * fine, 34 * fine),
        "Larkfern",
        font=big,
        fill=PRIMARY,
        stroke_width=fine,
        stroke_fill=PRIMARY,
    )
    x = 264.0
    for letter in "PHYSICAL THERAPY":
        pen.text((x * fine, 172 * fine), letter, font=small, fill="#3d4f4d")
        x += pen.textlength(letter, font=small) / fine + 8.2
    return plate.reduce(fine)


def _leaflets() -> list[tuple[float, float, float, float]]:
    """Where each leaflet sits on the stem, its turn and its length; the first is the accent."""
    spots = ((110, 190), (107, 160), (109, 130), (117, 102), (132, 76))
    leaves: list[tuple[float, float, float, float]] = []
    for i, (x, y) in enumerate(spots):
        long = 70 - i * 8.5
        leaves.append((x, y, -28 + i * 5.0, long))
        leaves.append((x, y + 6, 208 + i * 8.0, long * 0.92))
    return leaves


def draw_form(code: str, *, scale: float, seed: int) -> Image.Image:
    """A signed form as a flatbed scanner sees it: 1240 x 1650 at scale 1, a little crooked."""
    rng = random.Random(seed)  # noqa: S311 - the same scribble every time
    easel = Easel((1240, 1650), scale=scale, ground="#fdfdfb")
    sheet = easel.image
    pen = ImageDraw.Draw(sheet)

    def write(at: Point, text: str, *, size: float, ink: str = "#2b2f33") -> None:
        font = ImageFont.load_default(max(4, size * scale))
        pen.text((at[0] * scale, at[1] * scale), text, font=font, fill=ink)

    write((120, 110), CLINIC, size=34, ink=PRIMARY)
    write((120, 176), "Authorization to use photographs and video", size=44)
    write((120, 250), f"Chart number: {code}", size=27)
    easel.line([(120, 300), (1120, 300)], "#7f8a8a", width=2)
    for i, text in enumerate(_FORM):
        write((120, 340 + i * 44), text, size=25)
    for i, channel in enumerate(("Web site", "Instagram", "Facebook", "YouTube")):
        x, y = 120 + i * 250, 960
        pen.rectangle([part * scale for part in (x, y, x + 30, y + 30)], outline="#2b2f33", width=2)
        write((x + 44, y - 2), channel, size=26)
        if i < 2:
            tick = [(x + 5, y + 16), (x + 13, y + 27), (x + 34, y - 6)]
            easel.line(tick, "#23489a", width=5)
    for x, label in ((120, "Signature"), (760, "Date")):
        easel.line([(x, 1240), (x + 420 - (x > 500) * 60, 1240)], "#2b2f33", width=2)
        write((x, 1252), label, size=22)
    easel.line(_scribble(rng, (140, 1205), count=15, step=25), "#23489a", width=4)
    easel.line(_scribble(rng, (790, 1212), count=9, step=22), "#23489a", width=3.5)
    write((120, 1520), "Form LF-14 · page 1 of 1 · kept in the chart", size=20, ink="#7f8a8a")
    turned = sheet.rotate(0.9, resample=Image.Resampling.BICUBIC, fillcolor="#e4e4df")
    return _scanned(turned)


def _scanned(sheet: Image.Image) -> Image.Image:
    """Grey at the edge where the lid lets light in, and the lamp's uneven tone."""
    easel = Easel((sheet.width, sheet.height), scale=1)
    easel.image = sheet
    frame = [(0, 0), (sheet.width, 0), (sheet.width, sheet.height), (0, sheet.height)]
    dark = Shade("#9c9c95", (sheet.width * 0.008, sheet.height * 0.004), 8, 0.7)
    easel.shape(frame, "#fdfdfb", shades=[dark], opacity=0.12)
    return easel.image


def _scribble(rng: random.Random, at: Point, *, count: int, step: float) -> Sequence[Point]:
    points = [at]
    for i in range(count):
        x, _ = points[-1]
        tall = rng.uniform(8, 58) if i % 2 else -rng.uniform(0, 14)
        points.append((x + step * rng.uniform(0.55, 1.3) - (8 if i % 2 else 0), at[1] - tall))
    return spline(points, closed=False, steps=14)


def _times(points: Sequence[Point], factor: float) -> list[Point]:
    return [(x * factor, y * factor) for x, y in points]
