"""The drawing surface: smooth shapes with soft shading, in units that do not depend on the size.

All coordinates are design units of the picture that is drawn; the easel multiplies them by its
scale. Each shape is drawn at twice the size in its own small patch and shrunk, so that edges are
smooth and a big picture costs no big canvas.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from PIL import Image, ImageChops, ImageColor, ImageDraw, ImageFilter

Point = tuple[float, float]
Points = Sequence[Point]

_FINE = 2  # shapes are drawn this many times larger and shrunk


@dataclass(frozen=True, slots=True)
class Shade:
    """A soft second tone inside a shape's edge, on the side that `toward` points to."""

    colour: str
    toward: Point
    blur: float
    strength: float = 1.0


class Easel:
    """A picture of `size` design units, drawn at `scale` pixels a unit."""

    def __init__(self, size: tuple[float, float], *, scale: float, ground: str = "#ffffff") -> None:
        """Start with a plain ground."""
        self.scale = scale
        pixels = (max(1, round(size[0] * scale)), max(1, round(size[1] * scale)))
        self.image = Image.new("RGB", pixels, ground)

    def copy(self) -> Easel:
        """The same picture again, to go on from a finished background."""
        other = Easel((1, 1), scale=self.scale)
        other.image = self.image.copy()
        return other

    def shape(
        self,
        points: Points,
        colour: str,
        *,
        lower: str | None = None,
        shades: Iterable[Shade] = (),
        opacity: float = 1.0,
    ) -> None:
        """Fill a closed outline; `lower` makes it a gradient from top to bottom."""
        patch = _mask(points, scale=self.scale)
        if patch is None:
            return
        mask, corner = patch
        if opacity < 1:
            mask = mask.point(lambda value: round(value * opacity))
        self.image.paste(ImageColor.getrgb(colour), (*corner, *_far(corner, mask.size)), mask)
        if lower is not None:
            ramp = Image.linear_gradient("L").resize(mask.size)
            self._tint(lower, corner, ImageChops.multiply(mask, ramp))
        for shade in shades:
            self._tint(shade.colour, corner, self._shadow(mask, shade))

    def shadow(
        self,
        points: Points,
        colour: str,
        *,
        blur: float,
        strength: float,
        within: Points | None = None,
    ) -> None:
        """A blurred shape, darker or lighter than what lies below it, only `within` an outline."""
        patch = _mask(points, scale=self.scale, margin=blur * 2.5)
        if patch is None:
            return
        mask, corner = patch
        soft = mask.filter(ImageFilter.BoxBlur(blur * self.scale * 0.6))
        soft = soft.filter(ImageFilter.BoxBlur(blur * self.scale * 0.6))
        faint = soft.point(lambda value: round(value * strength))
        fence = _mask(within, scale=self.scale) if within is not None else None
        if fence is not None:
            limit = Image.new("L", faint.size)
            limit.paste(fence[0], (fence[1][0] - corner[0], fence[1][1] - corner[1]))
            faint = ImageChops.multiply(faint, limit)
        self._tint(colour, corner, faint)

    def line(self, points: Points, colour: str, *, width: float, opacity: float = 1.0) -> None:
        """A line with round ends and joints, as one shape."""
        self.shape(ribbon(points, [width] * len(points)), colour, opacity=opacity)

    def blur(self, radius: float) -> None:
        """Blur all that was drawn so far."""
        self.image = self.image.filter(ImageFilter.GaussianBlur(radius * self.scale))

    def _tint(self, colour: str, corner: tuple[int, int], mask: Image.Image) -> None:
        self.image.paste(ImageColor.getrgb(colour), (*corner, *_far(corner, mask.size)), mask)

    def _shadow(self, mask: Image.Image, shade: Shade) -> Image.Image:
        """The part of `mask` that its own copy, moved away from the shade, does not cover."""
        dx, dy = (round(-part * self.scale) for part in shade.toward)
        moved = Image.new("L", mask.size)
        moved.paste(mask, (dx, dy))
        radius = shade.blur * self.scale * 0.6
        soft = moved.filter(ImageFilter.BoxBlur(radius)).filter(ImageFilter.BoxBlur(radius))
        rest = soft.point(lambda value: round((255 - value) * shade.strength))
        return ImageChops.multiply(mask, rest)


def spline(points: Points, *, closed: bool = True, steps: int = 10) -> list[Point]:
    """A smooth line through all the points (centripetal enough for drawing: Catmull-Rom)."""
    count = len(points)
    smooth: list[Point] = []
    for i in range(count if closed else count - 1):
        a, b, c, d = (points[_wrap(i + k, count, closed=closed)] for k in (-1, 0, 1, 2))
        for step in range(steps):
            t = step / steps
            smooth.append((_cubic(a[0], b[0], c[0], d[0], t), _cubic(a[1], b[1], c[1], d[1], t)))
    if not closed:
        smooth.append(points[-1])
    return smooth


def ellipse(centre: Point, across: float, down: float, *, turn: float = 0.0) -> list[Point]:
    """An ellipse of two radii, turned clockwise by degrees."""
    cos, sin = math.cos(math.radians(turn)), math.sin(math.radians(turn))
    points = []
    for step in range(48):
        angle = math.tau * step / 48
        x, y = across * math.cos(angle), down * math.sin(angle)
        points.append((centre[0] + x * cos - y * sin, centre[1] + x * sin + y * cos))
    return points


def box(x: float, y: float, width: float, height: float, *, radius: float = 0.0) -> list[Point]:
    """A rectangle, with round corners if a radius is given."""
    if not radius:
        return [(x, y), (x + width, y), (x + width, y + height), (x, y + height)]
    points = []
    corners = ((width, 0, -90), (width, height, 0), (0, height, 90), (0, 0, 180))
    for right, bottom, start in corners:
        cx = x + radius if not right else x + width - radius
        cy = y + radius if not bottom else y + height - radius
        for step in range(9):
            angle = math.radians(start + step * 90 / 8)
            points.append((cx + radius * math.cos(angle), cy + radius * math.sin(angle)))
    return points


def hull(points: Points) -> list[Point]:
    """The convex outline around points."""
    ordered = sorted(set(points))
    half: list[Point] = []
    outline: list[Point] = []
    for sweep in (ordered, ordered[::-1]):
        half = []
        for point in sweep:
            while len(half) > 1 and _turn(half[-2], half[-1], point) <= 0:
                half.pop()
            half.append(point)
        outline += half[:-1]
    return outline


def ribbon(points: Points, widths: Sequence[float]) -> list[Point]:
    """The outline of a band along points whose width changes, with round ends."""
    left, right = _edges(points, widths)
    return [*left, *_cap(left[-1], right[-1]), *right[::-1], *_cap(right[0], left[0])]


def tube(points: Points, widths: Sequence[float]) -> list[Point]:
    """A ribbon that is cut straight at its far end: a sleeve, a trouser leg."""
    left, right = _edges(points, widths)
    return [*left, *right[::-1], *_cap(right[0], left[0])]


def _edges(points: Points, widths: Sequence[float]) -> tuple[list[Point], list[Point]]:
    left: list[Point] = []
    right: list[Point] = []
    for i, (x, y) in enumerate(points):
        before, after = points[max(i - 1, 0)], points[min(i + 1, len(points) - 1)]
        length = math.hypot(after[0] - before[0], after[1] - before[1]) or 1.0
        nx, ny = -(after[1] - before[1]) / length, (after[0] - before[0]) / length
        half = widths[i] / 2
        left.append((x + nx * half, y + ny * half))
        right.append((x - nx * half, y - ny * half))
    return left, right


def limb(joints: Points, widths: Sequence[float]) -> list[Point]:
    """A limb through its joints: smooth along its length and smooth in its width."""
    path = spline(joints, closed=False, steps=12)
    count = len(path) - 1
    spread = []
    for i in range(len(path)):
        at = i / count * (len(widths) - 1)
        k = min(int(at), len(widths) - 2)
        part = at - k
        eased = part * part * (3 - 2 * part)
        spread.append(widths[k] + (widths[k + 1] - widths[k]) * eased)
    return ribbon(path, spread)


def placed(points: Points, *, at: Point, size: float = 1.0, turn: float = 0.0) -> list[Point]:
    """Points of a small drawing, sized, turned clockwise by degrees and moved to `at`."""
    cos, sin = math.cos(math.radians(turn)), math.sin(math.radians(turn))
    return [
        (at[0] + size * (x * cos - y * sin), at[1] + size * (x * sin + y * cos)) for x, y in points
    ]


def _mask(
    points: Points, *, scale: float, margin: float = 0.0
) -> tuple[Image.Image, tuple[int, int]] | None:
    edge = margin * scale + 2
    left = math.floor(min(x for x, _ in points) * scale - edge)
    top = math.floor(min(y for _, y in points) * scale - edge)
    width = math.ceil(max(x for x, _ in points) * scale + edge) - left
    height = math.ceil(max(y for _, y in points) * scale + edge) - top
    if width < 1 or height < 1:
        return None
    fine = Image.new("L", (width * _FINE, height * _FINE))
    outline = [((x * scale - left) * _FINE, (y * scale - top) * _FINE) for x, y in points]
    ImageDraw.Draw(fine).polygon(outline, fill=255)
    return fine.reduce(_FINE), (left, top)


def _far(corner: tuple[int, int], size: tuple[int, int]) -> tuple[int, int]:
    return corner[0] + size[0], corner[1] + size[1]


def _wrap(index: int, count: int, *, closed: bool) -> int:
    return index % count if closed else min(max(index, 0), count - 1)


def _cubic(a: float, b: float, c: float, d: float, t: float) -> float:
    return 0.5 * (
        2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * (b - c) + d - a) * t**3
    )


def _cap(start: Point, end: Point) -> list[Point]:
    """Half a circle from one edge of a ribbon to the other."""
    cx, cy = (start[0] + end[0]) / 2, (start[1] + end[1]) / 2
    radius = math.hypot(start[0] - cx, start[1] - cy)
    first = math.atan2(start[1] - cy, start[0] - cx)
    return [
        (cx + radius * math.cos(first - a), cy + radius * math.sin(first - a))
        for a in (math.pi * step / 14 for step in range(1, 14))
    ]


def _turn(a: Point, b: Point, c: Point) -> float:
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])
