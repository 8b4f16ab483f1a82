"""Safe zones, the least sizes of letters, and inks."""

from __future__ import annotations

import pytest

from pipeline.rules.colours import contrast
from pipeline.rules.legible import ink_on, least_font_px, safe_zone
from pipeline.rules.media import Box


@pytest.mark.parametrize(
    ("zone", "size", "box"),
    [
        ("vertical", (1080, 1920), Box(108, 384, 864, 864)),
        ("vertical", (720, 1280), Box(72, 256, 576, 576)),
        ("web", (1440, 960), Box(39, 39, 1362, 882)),
        ("feed", (1080, 1080), Box(65, 65, 950, 950)),
        ("web", (1, 1), Box(1, 1, 0, 0)),
    ],
)
def test_safe_zones(zone: str, size: tuple[int, int], box: Box) -> None:
    """A zone is scaled to the picture and never has a negative size."""
    assert safe_zone(zone, width=size[0], height=size[1]) == box


def test_an_unknown_zone_is_an_error() -> None:
    """A zone that nobody described is not guessed."""
    with pytest.raises(KeyError):
        safe_zone("watch", width=100, height=100)


@pytest.mark.parametrize(
    ("size", "least_px"),
    [
        ((1080, 1920), 62),
        ((1080, 1350), 44),
        ((1080, 1080), 29),
        ((1440, 960), 25),
        ((300, 2400), 18),
        ((200, 100), 12),
    ],
)
def test_least_sizes(size: tuple[int, int], least_px: int) -> None:
    """3.2 % of an upright height, else 2.6 % of the short side, never below 12 pixels."""
    assert least_font_px(width=size[0], height=size[1]) == least_px


@pytest.mark.parametrize("ground", ["#ffffff", "#000000", "#0b6e69", "#f2b705", "#808080"])
def test_ink_reads_on_every_ground(ground: str) -> None:
    """Whatever the brand's colour, its ink has a contrast of at least 4.5."""
    assert contrast(ink_on(ground), on=ground) >= 4.5
