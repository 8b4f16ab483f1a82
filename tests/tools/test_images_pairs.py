"""Still pictures of a pair, and the divider: looked at pixel by pixel, searched for leaks."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import couples
import pytest
from couples import BLUE, RED, SIDE, close, pixel
from PIL import Image
from readers import leaks

from pipeline.rules.errors import BadMedia
from pipeline.rules.media import Box
from pipeline.rules.plan import sheets_of
from pipeline.tools import images


def test_before_is_left_and_after_right(tmp_path: Path) -> None:
    """Each side in its place on the brand's ground, in every format, and nothing foreign."""
    sources = (
        couples.photo(tmp_path, "before", colour=RED),
        couples.photo(tmp_path, "after", colour=BLUE),
    )
    pair = couples.pair_of(*sources)
    recipe = replace(SIDE, formats=("jpeg", "webp", "avif"), overlay=("label",))
    renditions = couples.planned(recipe, pair)
    made = images.render_pair(
        sources,
        facts=pair.facts,
        sheets=sheets_of(renditions),
        rights=couples.STYLE.rights,
        font=couples.FONT,
        out=tmp_path,
    )
    assert len(made) == 3
    for each in made:
        with Image.open(each.file) as image:
            shown = image.convert("RGB")
        assert shown.size == (320, 180)
        assert close(pixel(shown, (130, 150)), RED)
        assert close(pixel(shown, (190, 150)), BLUE)
        assert close(pixel(shown, (3, 90)), (244, 246, 245), within=6)
        assert leaks(Path(each.file)) == []
    pills = [each.box for each in renditions[0].canvas.overlays]
    assert [close(pixel(shown, (b.x + 8, b.y + b.height // 2)), (11, 110, 105)) for b in pills]


def test_stacked_before_is_above(tmp_path: Path) -> None:
    """On an upright canvas the sides stand above one another."""
    sources = (
        couples.photo(tmp_path, "before", colour=RED),
        couples.photo(tmp_path, "after", colour=BLUE),
    )
    pair = couples.pair_of(*sources)
    made = images.render_pair(
        sources,
        facts=pair.facts,
        sheets=sheets_of(couples.planned(replace(SIDE, size=(180, 320)), pair)),
        rights=couples.STYLE.rights,
        font=couples.FONT,
        out=tmp_path,
    )
    with Image.open(made[0].file) as image:
        assert close(pixel(image, (90, 80)), RED)
        assert close(pixel(image, (90, 240)), BLUE)


def test_another_photo_in_an_original_s_place_is_refused(tmp_path: Path) -> None:
    """Its size is not the measured one."""
    sources = (couples.photo(tmp_path, "before"), couples.photo(tmp_path, "after"))
    pair = couples.pair_of(*sources)
    with pytest.raises(BadMedia):
        images.render_pair(
            sources,
            facts=(pair.facts[0], replace(pair.facts[1], width=151)),
            sheets=sheets_of(couples.planned(SIDE, pair)),
            rights=couples.STYLE.rights,
            font=couples.FONT,
            out=tmp_path,
        )


def test_a_side_for_a_film_is_as_large_as_it_is_shown(tmp_path: Path) -> None:
    """Cropped and scaled to its place, without anything around it."""
    source = couples.photo(tmp_path, "before")
    path = tmp_path / "side.out.png"
    crop, place = Box(0, 0, 100, 200), Box(30, 10, 50, 100)
    images.draw_side(source, crop=crop, place=place, ground="#ffffff", to=path)
    with Image.open(path) as image:
        assert image.size == (50, 100)
        assert pixel(image, (49, 99)) == RED


def test_the_divider_is_a_line_with_a_handle(tmp_path: Path) -> None:
    """White in its middle from top to bottom, the brand's colour in the handle, clear around."""
    path = tmp_path / "divider.png"
    width = images.draw_divider((1080, 1920), colour="#0b6e69", to=path)
    with Image.open(path) as image:
        assert image.size == (width, 1920)
        assert pixel(image, (width // 2, 20)) == (255, 255, 255, 255)
        assert pixel(image, (2, 20))[3] == 0
        assert pixel(image, (width // 2, 1920 // 2))[:3] == (11, 110, 105)
        assert pixel(image, (width // 2, 1900)) == (255, 255, 255, 255)
