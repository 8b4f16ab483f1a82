"""Which shade of the brand's colour can be read on which ground (WCAG 2 contrast).

The pages' neutral grounds are named here and nowhere else: the style sheet gets them, with the
brand's readable shades, as the variables of `brand_css`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

DEFAULT_PRIMARY = "#0b6e69"
# The least for text, and what is aimed at where it changes a brand least: light inks on the dark
# ground can come much nearer to the 7:1 of WCAG's level AAA than a brand's colour on white.
TEXT_CONTRAST = 4.5
_AIMS = {"light": TEXT_CONTRAST, "dark": 6.5}

_NEUTRALS = {
    "light": {
        "ground": "#ffffff",
        "soft": "#f2f5f5",
        "line": "#d5dcdc",
        "edge": "#788385",
        "text": "#182124",
        "muted": "#48545a",
    },
    "dark": {
        "ground": "#111617",
        "soft": "#1b2224",
        "line": "#343e41",
        "edge": "#829095",
        "text": "#e9eeee",
        "muted": "#b3bec1",
    },
}
_HEX = re.compile(r"#(?:[0-9a-fA-F]{3}|[0-9a-fA-F]{6})")


@dataclass(frozen=True, slots=True)
class Shades:
    """The brand on one ground: `text` for links and rings, `fill` for a bar, `on_fill` its ink."""

    text: str
    fill: str
    on_fill: str


def channels_of(colour: str) -> tuple[int, int, int]:
    """Red, green and blue, 0 to 255, of `#rgb` or `#rrggbb`. Raises ValueError for others."""
    if not _HEX.fullmatch(colour):
        raise ValueError(f"not a colour like #0b6e69: {colour!r}")
    digits = colour[1:]
    if len(digits) == 3:
        digits = "".join(2 * digit for digit in digits)
    return int(digits[:2], 16), int(digits[2:4], 16), int(digits[4:], 16)


def luminance(colour: str) -> float:
    """Relative luminance as WCAG 2 defines it: 0 for black, 1 for white."""
    red, green, blue = (_linear(channel / 255) for channel in channels_of(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(colour: str, *, on: str) -> float:
    """The contrast of two colours, 1 to 21."""
    lighter, darker = sorted((luminance(colour), luminance(on)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def readable(colour: str, *, on: str, ratio: float = TEXT_CONTRAST) -> str:
    """The shade nearest to `colour` with at least `ratio` on that ground, as `#rrggbb`.

    It goes towards black on a light ground and towards white on a dark one.
    """
    goal = 0 if contrast("#000000", on=on) > contrast("#ffffff", on=on) else 255
    start = channels_of(colour)
    for step in range(101):
        shade = _hex(round(each + (goal - each) * step / 100) for each in start)
        if contrast(shade, on=on) >= ratio:
            return shade
    return _hex((goal, goal, goal))


def primary_of(colours: Mapping[str, str]) -> str:
    """The brand's primary colour as `#rrggbb`; ours when none is given or it is no colour."""
    wish = colours.get("primary", DEFAULT_PRIMARY)
    return _hex(channels_of(wish if _HEX.fullmatch(wish) else DEFAULT_PRIMARY))


def shades_of(primary: str, *, scheme: str) -> Shades:
    """The brand in the scheme `light` or `dark`; text is readable on both of its grounds."""
    neutrals = _NEUTRALS[scheme]
    # The softer of the two grounds is the nearer to the text, so what reads there reads on both.
    text = readable(primary, on=neutrals["soft"], ratio=_AIMS[scheme])
    fill = readable(primary, on=neutrals["ground"], ratio=3.0)
    inks = ("#ffffff", "#000000")
    return Shades(text, fill, max(inks, key=lambda ink: contrast(ink, on=fill)))


def darkened(colours: Mapping[str, str]) -> bool:
    """Whether the brand's colour had to be changed to be read on the light pages (`doctor`)."""
    primary = primary_of(colours)
    return shades_of(primary, scheme="light").text != primary


def brand_css(colours: Mapping[str, str]) -> str:
    """The style sheet's variables in both schemes: neutrals and the brand's readable shades."""
    primary = primary_of(colours)
    light, dark = (_variables(primary, scheme=scheme) for scheme in ("light", "dark"))
    return (
        f":root {{ color-scheme: light dark; {light} }}\n"
        f"@media (prefers-color-scheme: dark) {{ :root {{ {dark} }} }}\n"
        f"@media print {{ :root {{ color-scheme: light; {light} }} }}\n"
    )


def ground_of(scheme: str) -> str:
    """The colour of a page's ground in the scheme `light` or `dark` (`theme-color`)."""
    return _NEUTRALS[scheme]["ground"]


def _variables(primary: str, *, scheme: str) -> str:
    shades = shades_of(primary, scheme=scheme)
    values = {
        **_NEUTRALS[scheme],
        "brand-text": shades.text,
        "brand": shades.fill,
        "on-brand": shades.on_fill,
    }
    return " ".join(f"--{name}: {value};" for name, value in values.items())


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4


def _hex(channels: Iterable[int]) -> str:
    return "#" + "".join(f"{channel:02x}" for channel in channels)
