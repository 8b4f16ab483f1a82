"""People seen from the side: standing in a posture, or lying with one leg raised.

Body units: half the head's height is 1; x is forwards, y is up from the soles. A person is 15
units tall. A body is laid into the picture by one turn: 0 stands and looks to the right, -90
lies on the back with the head at the left.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from easel import Easel, Point, Points, Shade, limb, spline, tube
from figures import draw_hand
from heads import Person, Pose, draw_back_of_head, draw_head

# Each landmark twice: in a rounded posture and in an upright one.
_BACK = (
    ((-0.62, 7.0), (-0.86, 7.0)),
    ((-0.80, 7.9), (-1.02, 7.9)),
    ((-0.78, 9.2), (-0.62, 9.3)),
    ((-1.42, 10.8), (-0.96, 10.9)),
    ((-1.20, 11.8), (-0.86, 11.9)),
    ((-0.32, 12.62), (-0.44, 12.6)),
)
_FRONT = (
    ((0.92, 12.22), (0.44, 12.36)),
    ((0.86, 11.5), (0.86, 11.6)),
    ((0.80, 10.7), (1.02, 10.8)),
    ((1.10, 9.3), (0.80, 9.3)),
    ((1.18, 8.2), (0.84, 8.2)),
    ((1.02, 7.0), (0.78, 7.0)),
)
_NECK = (
    ((0.22, 12.1), (-0.06, 12.1)),
    ((0.62, 12.75), (-0.02, 12.85)),
    ((1.10, 13.3), (0.0, 13.5)),
)
_HEAD = ((1.42, 13.72), (0.16, 14.06))
_ARM = (
    ((0.42, 11.55), (-0.06, 11.72)),
    ((0.30, 8.98), (-0.16, 9.14)),
    ((0.92, 6.98), (0.16, 7.06)),
)
_HIP = ((0.16, 7.35), (-0.08, 7.35))
_KNEE, _ANKLE = (0.10, 4.05), (-0.05, 0.55)
_SUNK = 0.22  # how much lower the legs of somebody lying are than those of somebody standing


@dataclass(frozen=True, slots=True)
class Side:
    """How a person stands or lies: `upright` from 0 (rounded) to 1; the near leg raised."""

    upright: float = 1.0
    raised_deg: float = 0.0
    turn: float = 0.0


def draw_side(easel: Easel, person: Person, side: Side, *, at: Point, size: float) -> None:
    """A person from the side; `at` is the point below the ankles, on the ground."""
    body = _Profile(easel, person, side, at=at, size=size)
    body.draw_leg(0.0, far=-0.14)
    body.draw_neck_and_head()
    body.draw_leg(side.raised_deg, far=0.0)
    body.draw_trunk()
    body.draw_arm()


class _Profile:
    """One body from the side on one easel."""

    def __init__(self, easel: Easel, person: Person, side: Side, *, at: Point, size: float) -> None:
        self.easel, self.person, self.side = easel, person, side
        self.at, self.size = at, size

    def there(self, points: Points) -> list[Point]:
        """Body units as places in the picture."""
        cos, sin = (f(math.radians(self.side.turn)) for f in (math.cos, math.sin))
        return [
            (
                self.at[0] + self.size * (x * cos + y * sin),
                self.at[1] + self.size * (x * sin - y * cos),
            )
            for x, y in points
        ]

    def between(self, pair: tuple[Point, Point]) -> Point:
        """A landmark between its rounded and its upright place."""
        (ax, ay), (bx, by) = pair
        part = self.side.upright
        return ax + (bx - ax) * part, ay + (by - ay) * part

    def shade(self, colour: str, *, amount: float, blur: float) -> Shade:
        """Shadow on the side away from the window."""
        return Shade(colour, (amount * self.size, 0.4 * amount * self.size), blur, 0.75)

    def draw_neck_and_head(self) -> None:
        """The neck between the shirt and the head, and the head from the side."""
        person, size = self.person, self.size
        middle = self.there([self.between(_HEAD)])[0]
        roll = -7.0 * (1 - self.side.upright)
        pose = Pose(at=middle, size=size, yaw=77, roll=roll + self.side.turn)
        draw_back_of_head(self.easel, person, pose)
        path = [self.between(pair) for pair in _NECK]
        neck = self.there(limb(path, [1.12, 0.96, 0.86]))
        self.easel.shape(
            neck, person.skin, shades=[self.shade(person.skin_shade, amount=0.16, blur=12)]
        )
        top = self.between(_NECK[2])
        under = self.there(limb([(top[0], top[1] - 0.1), (top[0] + 0.5, top[1] - 0.3)], [0.5, 0.5]))
        self.easel.shadow(under, person.skin_shade, blur=9, strength=0.7, within=neck)
        draw_head(self.easel, person, pose)

    def draw_trunk(self) -> None:
        """The shirt, from the neck to over the hips."""
        person, size = self.person, self.size
        outline = [self.between(pair) for pair in (*_BACK, *_FRONT)]
        shirt = self.there(spline(outline))
        self.easel.shape(
            shirt, person.shirt, shades=[self.shade(person.shirt_shade, amount=0.42, blur=34)]
        )
        collar = [self.between(_BACK[-1]), self.between(_NECK[0]), self.between(_FRONT[0])]
        collar[1] = (collar[1][0] + 0.1, collar[1][1] + 0.18)
        curve = self.there(spline(collar, closed=False))
        self.easel.line(curve, person.shirt_shade, width=0.09 * size)
        hem = [(x, y + 0.14) for x, y in (self.between(_BACK[0]), self.between(_FRONT[-1]))]
        self.easel.line(self.there(hem), person.shirt_shade, width=0.05 * size, opacity=0.5)

    def draw_arm(self) -> None:
        """The near arm, hanging."""
        person, size = self.person, self.size
        joint, elbow, wrist = (self.between(pair) for pair in _ARM)
        skin = self.shade(person.skin_shade, amount=0.1, blur=12)
        shadow = limb([joint, elbow, wrist], [0.8, 0.7, 0.5, 0.5, 0.3])
        self.easel.shadow(
            [(x + 0.1 * size, y + 0.05 * size) for x, y in self.there(shadow)],
            person.shirt_shade,
            blur=12,
            strength=0.6,
        )
        self.easel.shape(
            self.there(limb([joint, elbow, wrist], [0.66, 0.62, 0.50, 0.52, 0.32])),
            person.skin,
            shades=[skin],
        )
        lean = math.degrees(math.atan2(wrist[0] - elbow[0], elbow[1] - wrist[1]))
        hand = self.there([wrist])[0]
        draw_hand(
            self.easel, person, at=hand, size=size * 0.92, turn=self.side.turn - lean, side=-1
        )
        along = [_toward(joint, elbow, part) for part in (0.0, 0.3, 0.6)]
        self.easel.shape(
            self.there(tube(along, [1.02, 0.92, 0.84])),
            person.shirt,
            shades=[self.shade(person.shirt_shade, amount=0.16, blur=14)],
        )
        hem = [_toward(joint, elbow, part) for part in (0.56, 0.6)]
        self.easel.shape(self.there(_band(hem, 0.84)), person.shirt_shade, opacity=0.6)

    def draw_leg(self, raised_deg: float, *, far: float) -> None:
        """A leg and its shoe, raised forwards from the hip; `far` moves the hidden leg a little."""
        person = self.person
        colour = person.trousers_shade if far else person.trousers
        way = math.radians(raised_deg)
        sunk = _SUNK if self.side.turn else 0.0
        hx, hy = self.between(_HIP)

        def swung(points: Points) -> list[Point]:
            return [
                (
                    hx - far - sunk + (x - hx) * math.cos(way) - (y - hy) * math.sin(way),
                    hy + (x - hx) * math.sin(way) + (y - hy) * math.cos(way),
                )
                for x, y in points
            ]

        shoe = spline(
            [
                (-0.42, 0.62),
                (-0.5, 0.12),
                (0.2, 0.1),
                (1.05, 0.1),
                (1.12, 0.3),
                (0.62, 0.52),
                (0.3, 0.78),
            ]
        )
        self.easel.shape(
            self.there(swung(shoe)), "#f4f1ea", shades=[self.shade("#a9a294", amount=0.1, blur=8)]
        )
        sole = [(-0.48, 0.13), (-0.46, -0.02), (1.05, -0.02), (1.1, 0.13)]
        self.easel.shape(self.there(swung(sole)), "#5d9186")
        path = spline([(hx, hy), _KNEE, _ANKLE], closed=False, steps=12)
        widths = _widths(len(path), (1.66, 1.58, 1.22, 1.12, 0.78))
        self.easel.shape(
            self.there(swung(tube(path, widths))),
            colour,
            shades=[self.shade(person.trousers_shade, amount=0.24, blur=20)],
        )


def _toward(start: Point, end: Point, part: float) -> Point:
    return start[0] + (end[0] - start[0]) * part, start[1] + (end[1] - start[1]) * part


def _band(ends: Points, width: float) -> list[Point]:
    """A straight band between two points, across their way."""
    (ax, ay), (bx, by) = ends
    length = math.hypot(bx - ax, by - ay)
    nx, ny = -(by - ay) / length * width / 2, (bx - ax) / length * width / 2
    return [(ax + nx, ay + ny), (bx + nx, by + ny), (bx - nx, by - ny), (ax - nx, ay - ny)]


def _widths(count: int, stations: tuple[float, ...]) -> list[float]:
    """A width for every point of a path, straight between the stations."""
    result = []
    for i in range(count):
        at = i / (count - 1) * (len(stations) - 1)
        k = min(int(at), len(stations) - 2)
        result.append(stations[k] + (stations[k + 1] - stations[k]) * (at - k))
    return result
