"""Sizes and places: never upscaled, upright proportions kept, inside the canvas, even for films."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.rules.canvases import blank_canvas, sizes_of
from pipeline.rules.media import Box, Canvas, Facts, Kind, Recipe

GROUND = "#0b6e69"


def facts(width: int, height: int, *, kind: Kind = Kind.PHOTO) -> Facts:
    """An original of a size."""
    return Facts(1, kind, "x", width, height)


def recipe(
    *,
    widths: tuple[int, ...] = (),
    short_sides: tuple[int, ...] = (),
    size: tuple[int, int] | None = None,
    fit: str = "inside",
) -> Recipe:
    """A recipe named cut."""
    return Recipe(
        name="cut",
        sources=frozenset({"photo", "video"}),
        channels=frozenset({"web"}),
        widths=widths,
        short_sides=short_sides,
        size=size,
        fit=fit,
    )


WEB, LADDER = recipe(widths=(480, 960, 1440)), recipe(short_sides=(1080, 720, 480))
ONE = recipe(widths=(480,))


@pytest.mark.parametrize(
    ("wish", "source", "step", "found"),
    [
        (WEB, (4000, 3000), 1, [("cut-1440", 1440, 1080), ("cut-960", 960, 720),
                                ("cut-480", 480, 360)]),
        (WEB, (1000, 1500), 1, [("cut-960", 960, 1440), ("cut-480", 480, 720)]),
        (WEB, (960, 10), 1, [("cut-960", 960, 10), ("cut-480", 480, 5)]),
        (WEB, (959, 640), 1, [("cut-480", 480, 320)]),
        (WEB, (479, 640), 1, [("cut-479", 479, 640)]),
        (WEB, (1, 1), 1, [("cut-1", 1, 1)]),
        (ONE, (4000, 3000), 1, [("cut", 480, 360)]),
        (ONE, (480, 360), 1, [("cut", 480, 360)]),
        (ONE, (400, 300), 1, [("cut-400", 400, 300)]),
        (LADDER, (3840, 2160), 2, [("cut-1080", 1920, 1080), ("cut-720", 1280, 720),
                                   ("cut-480", 854, 480)]),
        (LADDER, (2160, 3840), 2, [("cut-1080", 1080, 1920), ("cut-720", 720, 1280),
                                   ("cut-480", 480, 854)]),
        (LADDER, (641, 361), 2, [("cut-361", 640, 360)]),
        (LADDER, (643, 363), 2, [("cut-363", 642, 362)]),
        (recipe(size=(1080, 1350)), (40, 30), 1, [("cut", 1080, 1350)]),
        (recipe(size=(1081, 1351)), (4000, 3000), 2, [("cut", 1080, 1350)]),
        (recipe(size=(1081, 1351)), (4000, 3000), 1, [("cut", 1081, 1351)]),
        (recipe(widths=(480, 480)), (4000, 3000), 1, [("cut-480", 480, 360)]),
    ],
)  # fmt: skip
def test_sizes_are_left_out_above_the_source(
    wish: Recipe, source: tuple[int, int], step: int, found: list[tuple[str, int, int]]
) -> None:
    """Largest first, named by their number; if all are above the source, its own alone."""
    sizes = sizes_of(wish, facts=facts(*source), step=step)
    assert [(size.name, size.width, size.height) for size in sizes] == found


@pytest.mark.parametrize(
    ("fit", "source", "crop", "place"),
    [
        # a canvas of 1000 x 500
        ("pad", (4000, 2000), (0, 0, 4000, 2000), (0, 0, 1000, 500)),
        ("pad", (4000, 1000), (0, 0, 4000, 1000), (0, 124, 1000, 250)),
        ("pad", (1000, 4000), (0, 0, 1000, 4000), (438, 0, 124, 500)),
        ("pad", (400, 200), (0, 0, 400, 200), (300, 150, 400, 200)),
        ("inside", (4000, 1000), (0, 0, 4000, 1000), (0, 124, 1000, 250)),
        ("inside", (400, 200), (0, 0, 400, 200), (300, 150, 400, 200)),
        ("crop", (4000, 2000), (0, 0, 4000, 2000), (0, 0, 1000, 500)),
        ("crop", (4000, 1000), (1000, 0, 2000, 1000), (0, 0, 1000, 500)),
        ("crop", (2000, 4000), (0, 1500, 2000, 1000), (0, 0, 1000, 500)),
        ("crop", (400, 200), (0, 0, 400, 200), (300, 150, 400, 200)),
        ("crop", (400, 4000), (0, 1750, 400, 500), (300, 0, 400, 500)),
    ],
)
def test_a_fixed_size_is_filled_at_most_at_the_pictures_own_size(
    fit: str, source: tuple[int, int], crop: tuple[int, ...], place: tuple[int, ...]
) -> None:
    """Padded pictures are whole on the ground, cropped ones lose their edges, neither grows."""
    canvas = blank_canvas(
        recipe(size=(1000, 500), fit=fit), facts=facts(*source), ground=GROUND, step=1
    )
    assert (canvas.width, canvas.height, canvas.ground) == (1000, 500, GROUND)
    assert canvas.crop == Box(*crop)
    assert canvas.place == Box(*place)


def test_without_a_fixed_size_the_canvas_is_the_largest() -> None:
    """The whole picture fills the canvas of the largest size; smaller ones are scaled from it."""
    canvas = blank_canvas(WEB, facts=facts(4000, 3000), ground=GROUND, step=1)
    assert (canvas.recipe, canvas.width, canvas.height) == ("cut", 1440, 1080)
    assert canvas.crop == Box(0, 0, 4000, 3000)
    assert canvas.place == Box(0, 0, 1440, 1080)


sides = st.integers(2, 5000)
wishes = st.one_of(
    st.builds(lambda n: recipe(widths=tuple(n)), st.lists(st.integers(16, 4000), min_size=1)),
    st.builds(lambda n: recipe(short_sides=tuple(n)), st.lists(st.integers(16, 4000), min_size=1)),
    st.builds(
        lambda wide, high, fit: recipe(size=(wide, high), fit=fit),
        st.integers(16, 4000),
        st.integers(16, 4000),
        st.sampled_from(("inside", "crop", "pad")),
    ),
)


@given(wishes, sides, sides, st.sampled_from((1, 2)))
def test_nothing_is_upscaled_or_falls_off(wish: Recipe, width: int, height: int, step: int) -> None:
    """Of any picture and wish: no larger than the source, inside it and the canvas, even steps."""
    source = facts(width, height)
    sizes = sizes_of(wish, facts=source, step=step)
    canvas = blank_canvas(wish, facts=source, ground=GROUND, step=step)
    assert sizes
    assert (canvas.width, canvas.height) == (sizes[0].width, sizes[0].height)
    assert len({size.name for size in sizes}) == len(sizes)
    for size in sizes:
        assert size.width % step == size.height % step == 0
        assert wish.size or (size.width <= width and size.height <= height)
    assert canvas.place.width <= canvas.crop.width
    assert canvas.place.height <= canvas.crop.height
    inside(canvas.crop, width=width, height=height)
    inside(canvas.place, width=canvas.width, height=canvas.height)


def inside(box: Box, *, width: int, height: int) -> None:
    """Check that a box has a size and lies within another."""
    assert box.width > 0
    assert box.height > 0
    assert box.x >= 0
    assert box.y >= 0
    assert box.x + box.width <= width
    assert box.y + box.height <= height


@given(
    st.integers(16, 2000), st.integers(16, 2000), st.integers(200, 5000), st.integers(200, 5000),
    st.sampled_from(("crop", "pad")),
)  # fmt: skip
def test_proportions_are_kept(wide: int, high: int, width: int, height: int, fit: str) -> None:
    """What is placed has the proportions of what was cropped, but for the rounding of pixels."""
    canvas: Canvas = blank_canvas(
        recipe(size=(wide, high), fit=fit), facts=facts(width, height), ground=GROUND, step=1
    )
    across = canvas.place.width / canvas.crop.width
    along = canvas.place.height / canvas.crop.height
    slack = 3 / min(canvas.place.width, canvas.place.height)
    assert across / along == pytest.approx(1, rel=slack)
