"""A head that can turn: ellipsoids and curves in three dimensions, drawn flat with soft shading.

Head units: half the head's height is 1, x to the right, y up, z towards the viewer. A head that
faces the viewer has a yaw of 0; it looks to the picture's right with a positive yaw.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from easel import Easel, Point, Points, Shade, ellipse, hull, ribbon, spline
from PIL import Image, ImageColor

Space = tuple[float, float, float]

_CRANIUM = ((0.0, 0.24, -0.08), (0.66, 0.74, 0.80))
_JAW = ((0.0, -0.22, 0.15), (0.59, 0.56, 0.56))
_CHIN = ((0.0, -0.79, 0.44), (0.28, 0.20, 0.19))
_HAIR = ((0.0, 0.28, -0.12), (0.745, 0.85, 0.90))
_AROUND = (
    -180.0,
    -120.0,
    -100.0,
    -82.0,
    -62.0,
    -38.0,
    -14.0,
    30.0,
    62.0,
    82.0,
    100.0,
    120.0,
    180.0,
)
_HAIRLINES = {  # the lowest hair, by degrees around the head from the middle of the forehead
    "bun": (-0.5, -0.46, -0.2, 0.04, 0.12, 0.36, 0.66, 0.56, 0.16, 0.04, -0.2, -0.46, -0.5),
    "bob": (-1.0, -0.9, -0.5, -0.2, 0.1, 0.36, 0.58, 0.66, 0.34, -0.15, -0.5, -0.9, -1.0),
    "short": (-0.42, -0.36, -0.1, 0.1, 0.3, 0.5, 0.6, 0.62, 0.4, 0.1, -0.1, -0.36, -0.42),
}


@dataclass(frozen=True, slots=True)
class Person:
    """The look of somebody invented: colours and a way to wear the hair."""

    skin: str
    skin_shade: str
    lips: str
    hair: str
    hair_light: str
    shirt: str
    shirt_shade: str
    trousers: str = "#46566b"
    trousers_shade: str = "#364457"
    style: str = "bun"


@dataclass(frozen=True, slots=True)
class Pose:
    """Where a head is and how it is turned: yaw and roll in degrees, `size` is half its height."""

    at: Point
    size: float
    yaw: float = 0.0
    roll: float = 0.0

    def seen(self, point: Space) -> Point:
        """Where a point of the head lies in the picture."""
        x, y, _ = self.turned(point)
        cos, sin = math.cos(math.radians(self.roll)), math.sin(math.radians(self.roll))
        return (
            self.at[0] + self.size * (x * cos + y * sin),
            self.at[1] + self.size * (x * sin - y * cos),
        )

    def turned(self, point: Space) -> Space:
        """The point after the turn, still in head units."""
        cos, sin = math.cos(math.radians(self.yaw)), math.sin(math.radians(self.yaw))
        return point[0] * cos + point[2] * sin, point[1], -point[0] * sin + point[2] * cos

    def round(self, centre: Space, radii: Space) -> list[Point]:
        """The outline of an ellipsoid."""
        cos, sin = math.cos(math.radians(self.yaw)), math.sin(math.radians(self.yaw))
        across = math.hypot(radii[0] * cos, radii[2] * sin)
        down = radii[1] * self.size
        return ellipse(self.seen(centre), across * self.size, down, turn=self.roll)


def draw_back_of_head(easel: Easel, person: Person, pose: Pose) -> None:
    """What lies behind the neck: hair at the nape, a knot."""
    if person.style == "bun":
        knot = ((0.0, 0.60, -0.98), (0.30, 0.29, 0.28))
        easel.shape(
            pose.round(*knot),
            person.hair,
            shades=[Shade(person.hair_light, (-0.08 * pose.size, -0.1 * pose.size), 16, 0.5)],
        )
    if person.style == "bob":
        low = [
            *pose.round((0.0, -0.1, -0.30), (0.74, 0.6, 0.62)),
            *pose.round((0.0, -0.66, -0.32), (0.68, 0.42, 0.5)),
        ]
        easel.shape(hull(low), person.hair)
    easel.shape(pose.round(*_HAIR), person.hair)


def draw_head(easel: Easel, person: Person, pose: Pose) -> None:
    """The head itself, in front of the neck."""
    size = pose.size
    for side in (-1, 1):
        if pose.turned((side * 0.66, 0, -0.08))[2] <= -0.2:
            _ear(easel, person, pose, side)
    skin = hull([*pose.round(*_CRANIUM), *pose.round(*_JAW), *pose.round(*_CHIN)])
    easel.shape(
        skin, person.skin, shades=[Shade(person.skin_shade, (0.17 * size, 0.10 * size), 26, 0.75)]
    )
    _cheeks(easel, person, pose, skin)
    _mouth(easel, person, pose, skin)
    for side in (-1, 1):
        _eye(easel, person, pose, side)
    _nose(easel, person, pose, skin)
    _hair(easel, person, pose)
    for side in (-1, 1):
        if person.style != "bob" and pose.turned((side * 0.66, 0, -0.08))[2] > -0.2:
            _ear(easel, person, pose, side)


def _patch(pose: Pose, at: Space, points: Points) -> tuple[list[Point], float]:
    """A small flat drawing laid on the face at `at`, and how much it faces the viewer (to 1)."""
    around = math.atan2(at[0], at[2])
    cos, sin = math.cos(around), math.sin(around)
    laid = [pose.seen((at[0] + u * cos, at[1] + v, at[2] - u * sin)) for u, v in points]
    return laid, math.cos(around + math.radians(pose.yaw))


def _eye(easel: Easel, person: Person, pose: Pose, side: int) -> None:
    at = (side * 0.275, 0.02, 0.66)
    almond = spline([(-0.13, 0.0), (-0.05, 0.048), (0.06, 0.046), (0.13, 0.0), (0.0, -0.05)])
    laid, facing = _patch(pose, at, almond)
    if facing < 0.16:
        return
    easel.shape(laid, "#fdfaf6", shades=[Shade("#b9a99b", (0, -0.05 * pose.size), 4, 0.8)])
    look = 0.035 * math.sin(math.radians(pose.yaw))
    iris, _ = _patch(pose, at, [(x + look, y) for x, y in ellipse((0, -0.002), 0.052, 0.052)])
    easel.shape(iris, "#3a2a22")
    glint, _ = _patch(pose, at, [(x + look, y) for x, y in ellipse((-0.02, 0.024), 0.015, 0.015)])
    easel.shape(glint, "#ffffff")
    lash = spline([(-0.145, -0.008), (-0.05, 0.052), (0.06, 0.05), (0.145, -0.005)], closed=False)
    lid, _ = _patch(pose, at, ribbon(lash, _tapered(len(lash), 0.03)))
    easel.shape(lid, "#33241e")
    brow = spline([(-side * 0.15, 0.165), (side * 0.03, 0.205), (side * 0.18, 0.15)], closed=False)
    arch, _ = _patch(pose, at, ribbon(brow, _tapered(len(brow), 0.05)))
    easel.shape(arch, person.hair, opacity=0.9)


def _nose(easel: Easel, person: Person, pose: Pose, skin: Points) -> None:
    size = pose.size
    balls = [
        ((0.0, 0.12, 0.66), 0.06),
        ((0.0, -0.25, 0.775), 0.088),
        ((-0.10, -0.28, 0.68), 0.075),
        ((0.10, -0.28, 0.68), 0.075),
    ]
    outline = hull([p for at, r in balls for p in pose.round(at, (r, r, r))])
    tip = pose.seen((0.0, -0.34, 0.74))
    below = ellipse(tip, 0.15 * size, 0.05 * size)
    easel.shadow(below, person.skin_shade, blur=0.035 * size, strength=0.8, within=skin)
    lean = 0.07 if pose.yaw < 35 else -0.03
    easel.shape(
        outline, person.skin, shades=[Shade(person.skin_shade, (lean * size, 0.05 * size), 9, 0.6)]
    )
    for side in (-1, 1):
        hole, facing = _patch(pose, (side * 0.062, -0.335, 0.76), ellipse((0, 0), 0.03, 0.014))
        if facing > 0.3:
            easel.shape(hole, person.skin_shade)


def _mouth(easel: Easel, person: Person, pose: Pose, skin: Points) -> None:
    upper = [(-0.18, 0.02), (-0.06, 0.045), (0.0, 0.032), (0.06, 0.045), (0.18, 0.02), (0.0, -0.01)]
    lower = [
        (-0.17, 0.01),
        (0.0, -0.012),
        (0.17, 0.01),
        (0.08, -0.07),
        (0.0, -0.08),
        (-0.08, -0.07),
    ]
    curve = 1.6
    yaw = math.radians(pose.yaw)
    edge = math.cos(yaw) / (2 * curve * max(abs(math.sin(yaw)), 0.01))  # beyond it lies hidden

    def seen(u: float, y: float, z: float) -> Point:
        u = min(u, edge) if yaw > 0 else max(u, -edge)
        return pose.seen((u, y, z - curve * u * u))

    for points, opacity in ((spline(upper), 1.0), (spline(lower), 0.75)):
        easel.shape([seen(u, -0.53 + v, 0.70) for u, v in points], person.lips, opacity=opacity)
    seam = [
        seen(u, -0.538 + u * u, 0.71) for u in _steps(-0.2, 0.2) if abs(u) < edge or u * yaw < 0
    ]
    if len(seam) > 1:
        easel.line(seam, "#6d3530", width=0.017 * pose.size, opacity=0.8)
    under = ellipse(pose.seen((0.0, -0.68, 0.60)), 0.13 * pose.size, 0.02 * pose.size)
    easel.shadow(under, person.skin_shade, blur=0.03 * pose.size, strength=0.7, within=skin)


def _cheeks(easel: Easel, person: Person, pose: Pose, skin: Points) -> None:
    for side in (-1, 1):
        blush, facing = _patch(pose, (side * 0.37, -0.28, 0.52), ellipse((0, 0), 0.13, 0.09))
        if facing > 0.1:
            easel.shadow(blush, person.lips, blur=0.065 * pose.size, strength=0.22, within=skin)


def _ear(easel: Easel, person: Person, pose: Pose, side: int) -> None:
    at = (side * 0.655, -0.06, -0.10)
    easel.shape(
        pose.round(at, (0.085, 0.2, 0.13)),
        person.skin,
        shades=[Shade(person.skin_shade, (0.05 * pose.size, 0.03 * pose.size), 6, 0.8)],
    )
    if abs(pose.turned((side * 1.0, 0, 0))[2]) > 0.35:
        fold = pose.round((side * 0.72, -0.03, -0.10), (0.02, 0.12, 0.06))
        easel.shape(fold, person.skin_shade, opacity=0.55)


def _hair(easel: Easel, person: Person, pose: Pose) -> None:
    """The hair in front: where the viewer's ray meets the hair's ellipsoid above the hairline."""
    (_, centre_y, centre_z), radii = _HAIR
    reach = 1.0 * pose.size
    left = round((pose.at[0] - reach) * easel.scale)
    top = round((pose.at[1] - 1.2 * pose.size) * easel.scale)
    width, height = round(2 * reach * easel.scale), round(2.3 * pose.size * easel.scale)
    if width < 2 or height < 2:
        return
    unit = pose.size * easel.scale
    columns = np.arange(width, dtype=np.float32)[None, :] + (0.5 + left)
    rows = np.arange(height, dtype=np.float32)[:, None] + (0.5 + top)
    across = (columns - pose.at[0] * easel.scale) / unit
    down = (rows - pose.at[1] * easel.scale) / unit
    roll, yaw = math.radians(pose.roll), math.radians(pose.yaw)
    seen_x = across * math.cos(roll) + down * math.sin(roll)
    seen_y = across * math.sin(roll) - down * math.cos(roll)
    cos, sin = math.cos(yaw), math.sin(yaw)
    rx, ry, rz = radii
    base_x, base_z = seen_x * cos, seen_x * sin - centre_z
    a = (sin / rx) ** 2 + (cos / rz) ** 2
    b = base_z * cos / rz**2 - base_x * sin / rx**2
    c = (base_x / rx) ** 2 + ((seen_y - centre_y) / ry) ** 2 + (base_z / rz) ** 2 - 1
    inside = b * b - a * c
    depth = (-b + np.sqrt(np.maximum(inside, 0))) / a
    x, z = base_x - depth * sin, base_z + depth * cos
    around = np.degrees(np.arctan2(x, z))
    line = np.interp(around, *_hairline(person.style)).astype(np.float32)
    edge = 1.2 / unit
    cover = np.clip((seen_y - line) / (edge * 2) + 0.5, 0, 1) * np.clip(inside / (edge * 2.5), 0, 1)
    normal_y = (seen_y - centre_y) / ry
    lit = -0.45 * (seen_x / 0.8) + 0.75 * normal_y + 0.25 * depth
    strands = 0.06 * np.sin(around * 0.55 + 3 * seen_y)
    shine = np.clip((lit + strands - 0.35) / 0.75, 0, 1)[..., None]
    dark, light = (
        np.array(ImageColor.getrgb(tone), np.float32) for tone in (person.hair, person.hair_light)
    )
    colours = (dark + (light - dark) * shine * 0.8).astype(np.uint8)
    mask = Image.fromarray((cover * 255).astype(np.uint8))
    easel.image.paste(Image.fromarray(colours), (left, top), mask)


@functools.cache
def _hairline(style: str) -> tuple[list[float], list[float]]:
    """The hairline as a smooth table: degrees around the head, height."""
    curve = spline(list(zip(_AROUND, _HAIRLINES[style], strict=True)), closed=False, steps=8)
    return [around for around, _ in curve], [height for _, height in curve]


def _tapered(count: int, width: float) -> list[float]:
    return [width * (0.35 + 0.65 * math.sin(math.pi * i / (count - 1))) for i in range(count)]


def _steps(start: float, end: float) -> Sequence[float]:
    return [start + (end - start) * i / 12 for i in range(13)]
