"""Backgrounds: the places of an invented clinic, drawn soft so that the person stands out."""

from __future__ import annotations

import math
import random

from easel import Easel, Point, Points, Shade, box, ellipse, limb

WALL, WALL_LOW = "#e9efe9", "#d3ddd6"
WOOD, WOOD_SHADE = "#c99f72", "#a37c52"
CLOTH, CLOTH_SHADE = "#3f7f7a", "#2d625e"


def draw_treatment_room(size: Point, *, scale: float) -> Easel:
    """A calm room: window light from the left, a treatment table, a shelf, a plant."""
    width, height = size
    easel = Easel(size, scale=scale)
    easel.shape(box(-20, -20, width + 40, height + 40), WALL, lower=WALL_LOW)
    _light_from_window(easel, width, height)
    _draw_window(easel, -0.16 * width, 0.07 * height, 0.34 * width, 0.40 * height)
    _draw_shelf(easel, 0.66 * width, 0.17 * height, 0.28 * width)
    _draw_floor(easel, width, height, at=0.90 * height)
    _draw_table(easel, 0.02 * width, 0.66 * height, 0.96 * width, 0.30 * height)
    _draw_plant(easel, (0.90 * width, 0.66 * height), 0.24 * width)
    easel.blur(2.2)
    return easel


def draw_posture_wall(size: Point, *, scale: float) -> Easel:
    """A plain wall with a posture grid and a plumb line, and a floor."""
    width, height = size
    easel = Easel(size, scale=scale)
    easel.shape(box(-20, -20, width + 40, height + 40), "#eef1ee", lower="#dde5e1")
    floor = 0.905 * height
    left, top, right, step = 0.11 * width, 0.05 * height, 0.89 * width, 0.0975 * width
    easel.shadow(
        box(left + 8, top + 10, right - left, floor - top - 50), "#8fa39b", blur=18, strength=0.5
    )
    easel.shape(box(left, top, right - left, floor - top - 60), "#fbfcfa", lower="#f0f4f1")
    columns = round((right - left) / step)
    for i in range(columns + 1):
        x = left + i * step
        easel.line([(x, top), (x, floor - 60)], "#b9cdc6", width=2.2)
    rows = int((floor - 60 - top) / step)
    for i in range(rows + 1):
        y = top + i * step
        strong = i % 5 == 0
        colour = "#8fb0a6" if strong else "#b9cdc6"
        easel.line([(left, y), (right, y)], colour, width=4 if strong else 2.2)
    easel.line([(width / 2, top), (width / 2, floor - 60)], "#d9774f", width=5, opacity=0.9)
    easel.shape(box(-20, floor, width + 40, height - floor + 20), "#d8c3a5", lower="#c2a680")
    easel.shape(box(-20, floor - 46, width + 40, 46), "#f7f8f6", lower="#dfe5e1")
    easel.line([(-10, floor), (width + 10, floor)], "#a98d68", width=3)
    for x in (0.2, 0.55, 0.85):
        easel.line([(x * width, floor), ((x * 1.6 - 0.3) * width, height)], "#b4966d", width=2)
    beam = [(0, 0), (0.44 * width, 0), (0.18 * width, height), (0, height)]
    easel.shadow(beam, "#fffbe9", blur=60, strength=0.22)
    return easel


def draw_exercise_room(size: Point, *, scale: float) -> Easel:
    """A bright room with wall bars and exercise balls."""
    width, height = size
    easel = Easel(size, scale=scale)
    easel.shape(box(-20, -20, width + 40, height + 40), "#e6edf1", lower="#cfdbe2")
    _light_from_window(easel, width, height)
    x, top, across, down = 0.07 * width, 0.12 * height, 0.22 * width, 0.80 * height
    for post in (x, x + across):
        easel.shape(box(post - 14, top, 28, down), WOOD, shades=[Shade(WOOD_SHADE, (8, 0), 8)])
    for i in range(13):
        y = top + 30 + i * 0.056 * height
        easel.shape(
            box(x - 6, y, across + 12, 20, radius=9),
            "#dcb78b",
            shades=[Shade(WOOD_SHADE, (0, 7), 6)],
        )
    _draw_floor(easel, width, height, at=0.86 * height)
    for at, radius, colour, dark in (
        ((0.86 * width, 0.83 * height), 0.115 * width, "#7fb2a9", "#4f857c"),
        ((0.70 * width, 0.875 * height), 0.06 * width, "#e2b25b", "#b98836"),
    ):
        easel.shadow(
            ellipse((at[0] + 14, at[1] + radius), radius, radius * 0.18),
            "#6d5f4a",
            blur=10,
            strength=0.5,
        )
        shade = Shade(dark, (0.35 * radius, 0.35 * radius), 30, 0.9)
        easel.shape(ellipse(at, radius, radius), colour, shades=[shade])
        shine = (at[0] - 0.4 * radius, at[1] - 0.45 * radius)
        easel.shadow(ellipse(shine, 0.2 * radius, 0.14 * radius), "#ffffff", blur=12, strength=0.7)
    easel.blur(3.0)
    return easel


def draw_quiet_room(size: Point, *, scale: float) -> Easel:
    """A wide room with a treatment table seen from the side; the table's top is at 0.66."""
    width, height = size
    easel = Easel(size, scale=scale)
    easel.shape(box(-20, -20, width + 40, height + 40), "#f0ebe3", lower="#ddd3c6")
    _light_from_window(easel, width, height)
    _draw_window(easel, 0.03 * width, 0.08 * height, 0.22 * width, 0.34 * height)
    _frame(easel, 0.72 * width, 0.10 * height, 0.15 * width, 0.22 * height)
    _draw_floor(easel, width, height, at=0.87 * height)
    _draw_plant(easel, (0.945 * width, 0.88 * height), 0.12 * width)
    easel.blur(2.6)
    _draw_table(easel, 0.08 * width, 0.66 * height, 0.80 * width, 0.25 * height)
    return easel


def _light_from_window(easel: Easel, width: float, height: float) -> None:
    """Warm light that falls through the window onto the wall."""
    pane = [(0.30, 0.12), (0.62, 0.20), (0.52, 0.62), (0.20, 0.52)]
    light = [(x * width, y * height) for x, y in pane]
    easel.shadow(light, "#fff6dc", blur=0.03 * width, strength=0.85)
    easel.shadow(
        ellipse((0, 0.2 * height), 0.5 * width, 0.4 * height), "#ffffff", blur=90, strength=0.45
    )


def _draw_window(easel: Easel, x: float, y: float, width: float, height: float) -> None:
    easel.shape(box(x - 14, y - 14, width + 28, height + 28, radius=4), "#ffffff")
    easel.shape(box(x, y, width, height), "#d8ecf2", lower="#f7fbf3")
    rng = random.Random(11)  # noqa: S311 - leaves outside a window, the same every time
    for _ in range(26):
        at = (x + rng.random() * width, y + height * (0.55 + 0.45 * rng.random()))
        leaf = ellipse(at, 0.10 * width, 0.06 * width, turn=rng.random() * 180)
        inside = [(min(max(a, x), x + width), min(max(b, y), y + height)) for a, b in leaf]
        easel.shape(inside, rng.choice(["#a9cfae", "#bcdcb9", "#96c3a1"]), opacity=0.6)
    for part in (0.5,):
        easel.line([(x + part * width, y), (x + part * width, y + height)], "#ffffff", width=10)
    easel.line([(x, y + 0.45 * height), (x + width, y + 0.45 * height)], "#ffffff", width=8)
    easel.shape(box(x - 26, y + height + 12, width + 52, 18, radius=4), "#f6f8f6", lower="#cfd8d3")


def _draw_shelf(easel: Easel, x: float, y: float, width: float) -> None:
    """Two boards with folded towels, a bowl and books."""
    for level in (0.0, 0.62 * width):
        top = y + level
        easel.shadow(box(x, top + 12, width, 20), "#93a59c", blur=10, strength=0.6)
        easel.shape(box(x, top, width, 14, radius=3), WOOD, lower=WOOD_SHADE)
    colours = ("#f8f4ec", "#cfe3de", "#e9b98f")
    for i, colour in enumerate(colours):
        at = y - 28 - i * 26
        easel.shape(
            box(x + 0.08 * width, at, 0.44 * width, 26, radius=11),
            colour,
            shades=[Shade("#8d8d84", (0, 8), 8, 0.5)],
        )
    easel.shape(
        box(x + 0.66 * width, y - 58, 0.22 * width, 58, radius=12),
        "#8db7ad",
        shades=[Shade("#5d8b81", (12, 0), 12)],
    )
    low = y + 0.62 * width
    books = (
        (0.10, 72, "#d98a63"),
        (0.21, 84, "#4d7f86"),
        (0.32, 66, "#e4c37a"),
        (0.43, 78, "#7d8f6c"),
    )
    for part, tall, colour in books:
        easel.shape(box(x + part * width, low - tall, 0.09 * width, tall, radius=2), colour)
    bowl = [(0.62, -40), (0.94, -40), (0.88, -8), (0.68, -8)]
    easel.shape([(x + part * width, low + down) for part, down in bowl], "#f1ede4", lower="#c9c2b2")


def _draw_floor(easel: Easel, width: float, height: float, *, at: float) -> None:
    easel.shape(box(-20, at, width + 40, height - at + 20), "#d9c2a0", lower="#bb9d74")
    easel.shape(box(-20, at - 16, width + 40, 16), "#f6f8f6", lower="#d9e0dc")


def _draw_table(easel: Easel, x: float, y: float, width: float, height: float) -> None:
    """A padded treatment table with a sheet of paper and a pillow, seen from its long side."""
    for leg in (0.10, 0.86):
        easel.shape(
            box(x + leg * width, y + 30, 0.035 * width, height),
            WOOD,
            shades=[Shade(WOOD_SHADE, (8, 0), 8)],
        )
    easel.shape(box(x + 0.07 * width, y + 52, 0.86 * width, 26), WOOD, lower=WOOD_SHADE)
    easel.shape(box(x, y, width, 62, radius=24), CLOTH, shades=[Shade(CLOTH_SHADE, (6, 26), 22)])
    easel.shape(
        box(x + 0.03 * width, y - 5, 0.94 * width, 20, radius=8), "#fbfaf5", lower="#d8dcd6"
    )


def _draw_plant(easel: Easel, foot: Point, size: float) -> None:
    """Arching leaves in a pot that stands at `foot`."""
    rng = random.Random(5)  # noqa: S311 - leaves of a drawn plant, the same every time
    x, y = foot[0], foot[1] - 0.62 * size
    for i in range(15):
        lean = (i - 7) / 7
        tall = size * (1.5 - 0.65 * abs(lean)) * (0.85 + 0.3 * rng.random())
        path: Points = [
            (x + lean * 0.1 * size, y),
            (x + lean * 0.45 * size, y - 0.72 * tall),
            (x + lean * 1.02 * size, y - tall * (1 - 0.25 * abs(lean))),
        ]
        leaf = limb(path, [0.03 * size, 0.16 * size, 0.20 * size, 0.13 * size, 0.01 * size])
        colour = ("#5f9c76", "#79b18a", "#4b8563")[i % 3]
        easel.shape(leaf, colour, shades=[Shade("#2f6248", (0.05 * size, 0.03 * size), 8, 0.55)])
    pot = [(-0.36, -0.62), (0.36, -0.62), (0.28, 0.0), (-0.28, 0.0)]
    easel.shape(
        [(x + a * size, foot[1] + b * size) for a, b in pot],
        "#d98a63",
        shades=[Shade("#a95f3d", (0.14 * size, 0), 14, 0.8)],
    )
    easel.shape(
        box(x - 0.4 * size, foot[1] - 0.68 * size, 0.8 * size, 0.13 * size, radius=5), "#e29a75"
    )


def _frame(easel: Easel, x: float, y: float, width: float, height: float) -> None:
    """A picture on the wall: hills and a sun."""
    easel.shadow(box(x + 6, y + 10, width, height), "#8b8c86", blur=12, strength=0.5)
    easel.shape(box(x, y, width, height), "#ffffff")
    inner = 0.09 * width
    left, top, across, down = x + inner, y + inner, width - 2 * inner, height - 2 * inner
    easel.shape(box(left, top, across, down), "#f5e3c8", lower="#f3cfa9")
    easel.shape(
        ellipse((left + 0.68 * across, top + 0.34 * down), 0.13 * across, 0.13 * across), "#e58f5d"
    )
    for base, colour, phase in ((0.62, "#8fb6a8", 0.0), (0.78, "#5d9186", 2.1)):
        ridge = [
            (left + t / 12 * across, top + down * (base + 0.07 * math.sin(t / 2 + phase)))
            for t in range(13)
        ]
        easel.shape([*ridge, (left + across, top + down), (left, top + down)], colour)
