"""Where the two sides of a pair lie on one canvas: beside, above or over one another.

The sides of a pair were taken with the same thing in mind but rarely with the same frame. Shapes
that differ a little are cropped to one shape between them, so that both sides have the same size
and one can be compared with the other; shapes that differ much are each shown whole.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

from pipeline.rules.media import Box, Facts

GAP_SHARE = 0.008  # between the sides, of the canvas's width
MOST_CROPPED = 1.6  # shapes that differ by more than this are not made alike
OVER = ("wipe", "reel")  # layouts in which one side lies over the other


@dataclass(frozen=True, slots=True)
class Part:
    """What is shown of one side (`crop`, in its own pixels) and where it lies (`place`)."""

    crop: Box
    place: Box


def parts(
    facts: tuple[Facts, Facts], *, layout: str, size: tuple[int, int], fit: str
) -> tuple[Part, Part]:
    """Place the two sides on a canvas of that size; `layout` is side, stack, wipe or reel.

    No side is shown larger than it is; the room that is left lies around both. With `fit` crop
    both fill their room, as far as their pixels go.
    """
    rooms = _rooms(layout, size=size)
    shapes = _shapes(facts, room=rooms[0], fit=fit)
    crops = tuple(_crop(each, shape=shape) for each, shape in zip(facts, shapes, strict=True))
    alike = shapes[0] == shapes[1]
    sizes = [_placed(crop, room=room) for crop, room in zip(crops, rooms, strict=True)]
    if alike:
        smallest = min(sizes)
        sizes = [smallest, smallest]
    places = _places(sizes, layout=layout, size=size, rooms=rooms)
    return Part(crops[0], places[0]), Part(crops[1], places[1])


def layout_for(facts: tuple[Facts, Facts], *, layout: str, size: tuple[int, int]) -> str:
    """Return the layout that a canvas of that size gets.

    Beside one another becomes above one another on an upright canvas of 9:16. Where the recipe
    says nothing ("single"), it is whichever shows the sides larger.
    """
    width, height = size
    if layout == "side" and width / height < 0.7:
        return "stack"
    if layout != "single":
        return layout
    return max(("side", "stack"), key=lambda each: _shown_area(facts, layout=each, size=size))


def _shown_area(facts: tuple[Facts, Facts], *, layout: str, size: tuple[int, int]) -> int:
    sides = parts(facts, layout=layout, size=size, fit="pad")
    return sum(each.place.width * each.place.height for each in sides)


def _rooms(layout: str, *, size: tuple[int, int]) -> tuple[Box, Box]:
    width, height = size
    gap = max(2, round(GAP_SHARE * width / 2) * 2)
    if layout in OVER:
        whole = Box(0, 0, width, height)
        return whole, whole
    if layout == "stack":
        half = (height - gap) // 4 * 2
        return Box(0, 0, width, half), Box(0, height - half, width, half)
    half = (width - gap) // 4 * 2
    return Box(0, 0, half, height), Box(width - half, 0, half, height)


def _shapes(facts: tuple[Facts, Facts], *, room: Box, fit: str) -> tuple[float, float]:
    """Return the proportions, width by height, in which each side is shown."""
    if fit == "crop":
        shape = room.width / room.height
        return shape, shape
    first, second = (each.width / each.height for each in facts)
    if max(first / second, second / first) > MOST_CROPPED:
        return first, second
    between = sqrt(first * second)
    return between, between


def _crop(facts: Facts, *, shape: float) -> Box:
    """Return the middle of a picture in these proportions."""
    width = min(facts.width, max(2, round(facts.height * shape)))
    height = min(facts.height, max(2, round(facts.width / shape)))
    return Box((facts.width - width) // 2, (facts.height - height) // 2, width, height)


def _placed(crop: Box, *, room: Box) -> tuple[int, int]:
    factor = min(1.0, room.width / crop.width, room.height / crop.height)
    width, height = crop.width * factor, crop.height * factor
    return _even(width, most=room.width), _even(height, most=room.height)


def _even(side: float, *, most: int) -> int:
    return min(max(2, round(side / 2) * 2), most // 2 * 2)


def _places(
    sizes: list[tuple[int, int]], *, layout: str, size: tuple[int, int], rooms: tuple[Box, Box]
) -> tuple[Box, Box]:
    """Lay the sides next to one another in the middle of the canvas."""
    (first_w, first_h), (second_w, second_h) = sizes
    width, height = size
    if layout in OVER:
        return _middle(sizes[0], rooms[0]), _middle(sizes[1], rooms[1])
    if layout == "stack":
        gap = height - 2 * rooms[0].height
        top = (height - first_h - gap - second_h) // 4 * 2
        return (
            Box((width - first_w) // 4 * 2, top, first_w, first_h),
            Box((width - second_w) // 4 * 2, top + first_h + gap, second_w, second_h),
        )
    gap = width - 2 * rooms[0].width
    left = (width - first_w - gap - second_w) // 4 * 2
    return (
        Box(left, (height - first_h) // 4 * 2, first_w, first_h),
        Box(left + first_w + gap, (height - second_h) // 4 * 2, second_w, second_h),
    )


def _middle(size: tuple[int, int], room: Box) -> Box:
    width, height = size
    return Box((room.width - width) // 4 * 2, (room.height - height) // 4 * 2, width, height)
