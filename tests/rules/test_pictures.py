"""Which file a browser is offered, and what a card shows."""

from __future__ import annotations

from dataclasses import replace

import pytest
from showcase import film_case, photo, photo_case, single_case

from pipeline.rules.media import Role
from pipeline.rules.public.pictures import (
    card_of,
    face_of,
    fallback,
    largest,
    rungs,
    shape_of,
    source_sets,
)


def test_picture_types_stand_smallest_first() -> None:
    """AVIF before WebP before JPEG, each narrow to wide; the fallback is a JPEG near 960."""
    files = photo_case().media[0].files
    sets = source_sets(files)
    assert [each.type for each in sets] == ["image/avif", "image/webp", "image/jpeg"]
    assert [file.width for file in sets[0].files] == [480, 960, 1440]
    chosen = fallback(files)
    assert chosen is not None
    assert (chosen.type, chosen.width) == ("image/jpeg", 960)


def test_every_window_gets_a_film() -> None:
    """Rungs go from large to small by short side, and the last has no condition."""
    upright = film_case(size=(1080, 1920)).media[0]
    assert [rung.min_width_px for rung in rungs(upright.files)] == [1080, 720, None]
    assert [rung.file.width for rung in rungs(upright.files)] == [1080, 720, 480]
    assert shape_of(upright) == "tall"


def test_card_shows_both_sides_and_the_film() -> None:
    """A card of a pair has two pictures; its film gives length and address."""
    card = card_of(film_case())
    assert (len(card.pictures), card.paired, card.duration_s) == (2, True, 42.4)
    assert card.video is not None
    assert card.video.recipe == "ladder-1080"
    alone = card_of(single_case())
    assert (len(alone.pictures), alone.paired, alone.video) == (1, False, None)


@pytest.mark.parametrize(
    ("size", "shape"),
    [
        ((1080, 1920), "tall"),
        ((1080, 1440), "portrait"),
        ((1080, 1080), "square"),
        ((1440, 1080), "landscape"),
        ((1920, 1080), "wide"),
    ],
)
def test_shapes(size: tuple[int, int], shape: str) -> None:
    """Each common aspect has its own word for the style sheet."""
    assert shape_of(photo(Role.SINGLE, name="x", size=size)) == shape


def test_a_small_original_is_offered_as_it_is() -> None:
    """With one narrow file in one type, that file is all there is."""
    medium = photo(Role.SINGLE, name="x")
    only = replace(medium, files=medium.files[:1])
    assert fallback(only.files) == largest(only.files) == medium.files[0]
    assert face_of(replace(only, files=())) == ()
    assert fallback(()) is None
