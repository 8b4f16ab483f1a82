"""People seen from the front: head, neck, shoulders, arms, in a pose.

Body units: half the head's height is 1, x to the right and y down from the middle of the head.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from easel import Easel, Point, Points, Shade, limb, spline, tube
from heads import Person, Pose, draw_back_of_head, draw_head

UPPER_ARM, FOREARM = 2.6, 2.15

ALMA = Person(
    skin="#e9b998",
    skin_shade="#c98d6b",
    lips="#b9605a",
    hair="#4a2c22",
    hair_light="#8a5a41",
    shirt="#d9774f",
    shirt_shade="#b5583a",
)
OMAR = Person(
    skin="#c08a64",
    skin_shade="#94623f",
    lips="#96534a",
    hair="#241c1b",
    hair_light="#55463f",
    shirt="#5b7fa6",
    shirt_shade="#426387",
    style="short",
)
JUNE = Person(
    skin="#f0c9ae",
    skin_shade="#d39c7c",
    lips="#c06d68",
    hair="#8d8f94",
    hair_light="#c9cbcf",
    shirt="#6f8f6a",
    shirt_shade="#527050",
    style="bob",
)
TESS = Person(
    skin="#8a5a3d",
    skin_shade="#653d28",
    lips="#7c3f3a",
    hair="#1d1716",
    hair_light="#4b3b36",
    shirt="#e0b04c",
    shirt_shade="#bd8c2f",
    style="bun",
)


@dataclass(frozen=True, slots=True)
class Stance:
    """How a person stands or sits, seen from the front.

    `lift` raises the shoulder at the picture's left and right, in body units; `twist` turns the
    trunk a little (-1 to 1); `arms` are degrees away from hanging down, left and right.
    """

    yaw: float = 0.0
    roll: float = 0.0
    lift: tuple[float, float] = (0.0, 0.0)
    twist: float = 0.0
    arms: tuple[float, float] = (4.0, 4.0)
    breath: float = 0.0


def draw_front(easel: Easel, person: Person, stance: Stance, *, at: Point, size: float) -> None:
    """A person from the front; `at` is the middle of the head, `size` half its height."""
    body = _Body(easel, person, stance, at=(at[0], at[1] - 0.18 * size), size=size)
    head = (at[0] + 0.08 * stance.twist * size, at[1] - stance.breath * 0.3 * size)
    pose = Pose(at=head, size=size, yaw=stance.yaw, roll=stance.roll)
    draw_back_of_head(easel, person, pose)
    body.draw_legs()
    body.draw_neck()
    body.draw_trunk()
    for side in (-1, 1):
        body.draw_arm(side)
    draw_head(easel, person, pose)


class _Body:
    """One body in one stance on one easel."""

    def __init__(
        self, easel: Easel, person: Person, stance: Stance, *, at: Point, size: float
    ) -> None:
        self.easel, self.person, self.stance = easel, person, stance
        self.at, self.size = at, size

    def there(self, points: Points) -> list[Point]:
        """Body units as places in the picture."""
        return [(self.at[0] + x * self.size, self.at[1] + y * self.size) for x, y in points]

    def arm(self, side: int) -> float:
        """How far the arm on this side is lifted, in degrees."""
        return self.stance.arms[0] if side < 0 else self.stance.arms[1]

    def up(self, side: int) -> float:
        """How far the shoulder on this side is lifted, by itself, by its arm or by breath."""
        lift = self.stance.lift[0] if side < 0 else self.stance.lift[1]
        return lift + self.stance.breath + 0.2 * max(0.0, self.arm(side) - 40) / 140

    def both(self, points: Points) -> list[Point]:
        """A closed outline from its half at the picture's right, each half with its shoulder.

        A point at shoulder height (y of 2) moves with its shoulder wholly, one at y of 3.6 or at
        the middle not at all.
        """
        outline = []
        for side, half in ((1, points), (-1, list(reversed(points)))):
            for x, y in half:
                share = max(0.0, 1 - abs(y - 2) / 1.6) * min(1.0, x / 1.2)
                outline.append((side * x, y - self.up(side) * share))
        return outline

    def draw_neck(self) -> None:
        """Neck, the slope to the shoulders, and what the turned head does to them."""
        person, size = self.person, self.size
        half = [(0.40, 0.55), (0.41, 1.05), (0.49, 1.42), (0.80, 1.70), (1.15, 1.96), (1.0, 2.6)]
        neck = self.there(spline(self.both(half)))
        shade = Shade(person.skin_shade, (0.12 * size, 0), 18, 0.6)
        self.easel.shape(neck, person.skin, shades=[shade])
        reach = math.sin(math.radians(self.stance.yaw))
        for side in (-1, 1):  # the muscle from behind the ear to the breastbone, tight when turned
            tight = 0.18 + 0.5 * max(0.0, -side * reach)
            top = (side * 0.38 - 0.05 * reach, 0.8)
            cord = spline([top, (side * 0.27, 1.3), (side * 0.11, 1.74)], closed=False)
            self.easel.line(self.there(cord), person.skin_shade, width=0.05 * size, opacity=tight)
            bone = spline(
                [(side * 0.14, 1.80), (side * 0.5, 1.77), (side * 1.0, 1.84)], closed=False
            )
            self.easel.line(self.there(bone), person.skin_shade, width=0.04 * size, opacity=0.35)
        chin = [
            (0.22 * reach + 0.58 * math.cos(step / 4), 1.08 + 0.3 * math.sin(step / 4))
            for step in range(25)
        ]
        self.easel.shadow(
            self.there(chin), person.skin_shade, blur=0.08 * size, strength=0.9, within=neck
        )

    def draw_trunk(self) -> None:
        """The shirt, from the shoulders to the hips, with its collar and folds."""
        person, size = self.person, self.size
        turn = 0.12 * self.stance.twist
        half = [
            (0.0, 2.10),
            (0.26, 2.03),
            (0.48, 1.82),
            (0.60, 1.58),
            (0.98, 1.72),
            (1.42, 1.86),
            (1.56, 2.3),
            (1.32, 3.0),
            (1.17, 3.9),
            (1.08, 4.8),
            (1.17, 5.7),
            (1.24, 6.9),
        ]
        shirt = self.there(spline([(x + turn, y) for x, y in self.both(half)]))
        shade = Shade(person.shirt_shade, (0.3 * size, 0.1 * size), 40, 0.8)
        self.easel.shape(shirt, person.shirt, shades=[shade])
        ring = self.both(half[1:4])
        curve = spline([*ring[3:], (0.0, half[0][1]), *ring[:3]], closed=False)
        collar = self.there([(x + turn, y) for x, y in curve])
        self.easel.line(collar, person.shirt_shade, width=0.075 * size)

    def draw_legs(self) -> None:
        """Trousers from the hips to the knees; pictures end above the knees."""
        person, size = self.person, self.size
        half = [(0.0, 7.5), (0.22, 10.5), (1.18, 10.5), (1.34, 8.2), (1.20, 6.4)]
        outline = [*half, *[(-x, y) for x, y in reversed(half)]]
        shade = Shade(person.trousers_shade, (0.3 * size, 0.1 * size), 40, 0.8)
        self.easel.shape(self.there(outline), person.trousers, shades=[shade])

    def draw_arm(self, side: int) -> None:
        """Sleeve, arm and hand; the angle is measured from hanging straight down, outwards."""
        person, size, angle = self.person, self.size, self.arm(side)
        bend = -8 if angle < 40 else 6
        joint = (side * (1.38 - 0.1 * max(0.0, angle - 40) / 140), 2.26 - self.up(side))

        def along(start: Point, length: float, degrees: float) -> Point:
            way = math.radians(degrees)
            return start[0] + side * length * math.sin(way), start[1] + length * math.cos(way)

        elbow = along(joint, UPPER_ARM, angle)
        wrist = along(elbow, FOREARM, angle + bend)
        shade = Shade(person.skin_shade, (0.1 * size, 0.06 * size), 14, 0.7)
        arm = limb([joint, elbow, wrist], [0.62, 0.58, 0.46, 0.50, 0.30])
        self.easel.shape(self.there(arm), person.skin, shades=[shade])
        turn = -side * (angle + bend)
        draw_hand(self.easel, person, at=self.there([wrist])[0], size=size, turn=turn, side=side)
        sleeve = tube(
            [joint, along(joint, 0.7, angle), along(joint, 1.5, angle)], [0.88, 0.82, 0.76]
        )
        cloth = Shade(person.shirt_shade, (0.14 * size, 0.08 * size), 16, 0.8)
        hem = [along(joint, far, angle) for far in (1.40, 1.5)]
        rim = [along(middle, half, angle + 90) for middle in hem for half in (-0.385, 0.385)]
        rim[2:] = rim[:1:-1]
        self.easel.shape(self.there(sleeve), person.shirt, shades=[cloth])
        self.easel.shape(self.there(rim), person.shirt_shade, opacity=0.6)


def draw_hand(
    easel: Easel, person: Person, *, at: Point, size: float, turn: float, side: int
) -> None:
    """An open hand that points down from its wrist before it is turned clockwise by degrees."""
    cos, sin = math.cos(math.radians(turn)), math.sin(math.radians(turn))

    def there(points: Points) -> list[Point]:
        return [
            (
                at[0] + size * (x * side * cos - y * sin),
                at[1] + size * (x * side * sin + y * cos),
            )
            for x, y in points
        ]

    shade = Shade(person.skin_shade, (0.05 * size, 0.03 * size), 6, 0.7)
    thumb = limb([(-0.12, 0.18), (-0.28, 0.42), (-0.30, 0.72)], [0.2, 0.16, 0.12])
    easel.shape(there(thumb), person.skin, shades=[shade])
    for x, lean, length in (
        (-0.15, -0.05, 1.22),
        (-0.04, -0.01, 1.32),
        (0.06, 0.03, 1.26),
        (0.15, 0.08, 1.1),
    ):
        finger = limb([(x, 0.55), (x + lean / 2, 0.9), (x + lean, length)], [0.14, 0.13, 0.09])
        easel.shape(there(finger), person.skin, shades=[shade])
    palm = spline(
        [(-0.15, -0.06), (-0.24, 0.3), (-0.22, 0.68), (0.21, 0.68), (0.23, 0.3), (0.15, -0.06)]
    )
    easel.shape(there(palm), person.skin)
