"""The brand's shades: readable on both grounds whatever the clinic's colour is."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.rules.colours import (
    brand_css,
    channels_of,
    contrast,
    darkened,
    primary_of,
    readable,
    shades_of,
)

COLOURS = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")


def test_contrast_is_that_of_wcag() -> None:
    """Black on white is 21, a colour on itself 1, mid grey the known value."""
    assert contrast("#000", on="#ffffff") == pytest.approx(21)
    assert contrast("#0b6e69", on="#0b6e69") == pytest.approx(1)
    assert contrast("#767676", on="#ffffff") == pytest.approx(4.54, abs=0.01)


@given(colour=COLOURS, on=COLOURS)
def test_every_colour_can_be_made_readable(colour: str, on: str) -> None:
    """A shade reaches the ratio, or is the end of the scale when nothing can."""
    shade = readable(colour, on=on)
    assert contrast(shade, on=on) >= 4.5 or shade in {"#000000", "#ffffff"}


@given(primary=COLOURS)
def test_text_reads_in_both_schemes(primary: str) -> None:
    """Links read on both grounds, bars stand out, and ink reads on bars."""
    for scheme in ("light", "dark"):
        variables = _variables(brand_css({"primary": primary}), scheme=scheme)
        for ground in ("ground", "soft"):
            assert contrast(variables["brand-text"], on=variables[ground]) >= 4.5
            assert contrast(variables["text"], on=variables[ground]) >= 7
            assert contrast(variables["muted"], on=variables[ground]) >= 6.5
        assert contrast(variables["brand"], on=variables["ground"]) >= 3
        assert contrast(variables["on-brand"], on=variables["brand"]) >= 4.5


def test_a_readable_brand_is_left_alone() -> None:
    """Our own colour stays; a pale one is darkened, and that can be told."""
    assert shades_of("#0b6e69", scheme="light").text == "#0b6e69"
    assert not darkened({"primary": "#0b6e69"})
    assert darkened({"primary": "#ffd34d"})


@pytest.mark.parametrize("wrong", ["teal", "#12", "url(x)", "#0b6e69;}", "", "#0b6e6g"])
def test_what_is_no_colour_never_reaches_the_style_sheet(wrong: str) -> None:
    """The default is taken, and the strict reader says no."""
    assert primary_of({"primary": wrong}) == "#0b6e69"
    with pytest.raises(ValueError, match="not a colour"):
        channels_of(wrong)


def _variables(css: str, *, scheme: str) -> dict[str, str]:
    light, dark = css.split("@media (prefers-color-scheme: dark)")
    part = light if scheme == "light" else dark.split("@media print")[0]
    return dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", part))
