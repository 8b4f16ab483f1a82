"""What reads well on a picture: where text may stand, how small, and in which colours."""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING

from pipeline.rules.colours import contrast
from pipeline.rules.media import Box

if TYPE_CHECKING:
    from collections.abc import Mapping

SCRIM = "#0e1416"  # behind captions: near black, so that white letters read on any picture
_LEAST_PX = 12  # below this no font is legible, however small the picture

# Insets (left, top, right, bottom) as shares of width and height. From the networks' own help
# pages and those who quote them, 2026-11: on 1080 x 1920 the places that no network covers with
# its buttons are x 108-972, y 384-1248.
_ZONES: Mapping[str, tuple[float, float, float, float]] = {
    "vertical": (0.10, 0.20, 0.10, 0.35),
    "feed": (0.06, 0.06, 0.06, 0.06),
}
_WEB_MARGIN = 0.04  # of the short side, on every side


def safe_zone(name: str, *, width: int, height: int) -> Box:
    """Return where text may stand on a picture: zone "web", "feed" or "vertical".

    Raises:
        KeyError: there is no zone of that name.
    """
    if name == "web":
        margin = ceil(_WEB_MARGIN * min(width, height))
        left, top, right, bottom = margin, margin, margin, margin
    else:
        shares = _ZONES[name]
        left, right = ceil(shares[0] * width), ceil(shares[2] * width)
        top, bottom = ceil(shares[1] * height), ceil(shares[3] * height)
    return Box(left, top, max(width - left - right, 0), max(height - top - bottom, 0))


def least_font_px(*, width: int, height: int) -> int:
    """Return the height of the smallest legible font on a picture of that size.

    Upright pictures are looked at on phones, at arm's length and in passing: 3.2 % of their
    height, counted as no taller than 9:16. Others: 2.6 % of their short side.
    """
    share = 0.026 * min(width, height)
    if height > width:
        share = max(share, 0.032 * min(height, width * 16 / 9))
    return max(ceil(round(share, 3)), _LEAST_PX)


def ink_on(ground: str) -> str:
    """Return white or near black, whichever reads better on that colour."""
    return "#ffffff" if contrast("#ffffff", on=ground) >= contrast(SCRIM, on=ground) else SCRIM
