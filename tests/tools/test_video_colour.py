"""Which filters a source's colours need: none when they are right, and never a guess by zscale."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest

from pipeline.tools.video.colour import to_bt709
from pipeline.tools.video.probe import Colour, Source

COLOUR = Colour(primaries=1, transfer=1, matrix=1, full_range=False, pixel_format="yuv420p")
HD = Source("mp4", 0, None, 1920, 1080, (1920, 1080), interlaced=False,
            average_rate=Fraction(30), duration_s=10.0, colour=COLOUR, taken_on=None)  # fmt: skip


def words(source: Source = HD, size: tuple[int, int] | None = None, **changes: object) -> str:
    """The filters for a source whose colours differ from right ones."""
    changed = replace(source, colour=replace(source.colour, **changes))
    return ",".join(to_bt709(changed, size=size or (source.width, source.height)))


@pytest.mark.parametrize("changes", [{}, {"primaries": 2, "transfer": 2, "matrix": 2}])
def test_right_colours_are_left_alone(changes: dict[str, object]) -> None:
    """Tagged or not, HD in limited range is BT.709 already."""
    assert "zscale" not in words(**changes)
    assert ",scale=" not in words(**changes)


@pytest.mark.parametrize(
    "changes",
    [{"full_range": True}, {"matrix": 6}, {"primaries": 12}, {"pixel_format": "gbrp"}],
)
def test_other_colours_are_converted(changes: dict[str, object]) -> None:
    """Full range, BT.601, a phone's P3 and RGB go through zscale."""
    assert "zscale=p=bt709" in words(**changes)


def test_small_films_without_tags_are_of_bt601() -> None:
    """As every player has it; the same size with tags is what its tags say."""
    small = replace(HD, width=640, height=480, coded_upright=(640, 480))
    assert "colorspace=smpte170m" in words(small, matrix=2)
    assert "zscale" not in words(small)


@pytest.mark.parametrize("transfer", [16, 18])
def test_hdr_is_named_and_scaled_before_it_is_mapped(transfer: int) -> None:
    """What the file left out is named, and the size comes first because colours are dear."""
    found = words(size=(960, 540), transfer=transfer, primaries=2, matrix=2)
    assert "color_primaries=bt2020:colorspace=bt2020nc" in found
    assert found.index("w=960:h=540") < found.index("tonemap=mobius")
    assert "tonemap" not in words(transfer=1)


def test_odd_sizes_keep_their_colours_whole() -> None:
    """Zscale cannot halve an odd size, so nothing is halved before it is scaled."""
    odd = replace(HD, width=321, height=181, coded_upright=(321, 181))
    for changes in ({}, {"matrix": 9}, {"transfer": 18}):
        assert "yuv420p" not in words(odd, **changes)


def test_every_way_ends_in_square_pixels_and_our_tags() -> None:
    """Whatever came in, the last words are the same."""
    for changes in ({}, {"full_range": True}, {"transfer": 16}):
        found = to_bt709(replace(HD, colour=replace(COLOUR, **changes)), size=(1920, 1080))
        assert found[-1].startswith("setparams=color_primaries=bt709:color_trc=bt709")
        assert "setsar=1" in ",".join(found)
