"""Recipes: the built-in list keeps its contract, and a clinic's own is read or refused in words."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.rules.media import CHANNELS, Recipe, Role
from pipeline.rules.recipes import DEFAULT_RECIPES, FORMATS, KEYS, RecipeWish, read_recipe

BY_NAME = {recipe.name: recipe for recipe in DEFAULT_RECIPES}
PLAIN: dict[str, Any] = {"widths": ["480"]}


def recipe(**wish: Any) -> Recipe:
    """The recipe that a wish is read as."""
    found = read_recipe("cut", wish)
    assert isinstance(found, Recipe), found
    return found


def problem(name: str = "cut", **wish: Any) -> str:
    """Why a wish is refused."""
    found = read_recipe(name, wish)
    assert isinstance(found, RecipeWish), found
    assert found.name == name
    return found.problem


@pytest.mark.parametrize(
    ("name", "sources", "channels", "sizes"),
    [
        ("web", {"photo"}, {"web"}, (480, 960, 1440, 1920)),
        ("ladder", {"video"}, {"web"}, (1080, 720, 480)),
        ("poster", {"video"}, {"web"}, (1080, 480)),
        ("og", {"photo", "video", "pair"}, {"web"}, (1200, 630)),
        ("side-16x9", {"pair"}, {"web", "facebook", "youtube"}, (1920, 1080)),
        ("reel-9x16", {"pair"}, {"instagram", "facebook", "tiktok", "youtube"}, (1080, 1920)),
        ("feed-4x5", {"photo", "video", "pair"}, {"instagram", "facebook"}, (1080, 1350)),
        ("square-1x1", {"photo", "video", "pair"}, {"instagram", "facebook"}, (1080, 1080)),
        ("plain", {"photo", "video"}, {"google"}, (1080,)),
    ],
)
def test_a_default_recipe(
    name: str, sources: set[str], channels: set[str], sizes: tuple[int, ...]
) -> None:
    """Each recipe of the contract is there with its sources, channels and sizes."""
    found = BY_NAME[name]
    assert found.sources == sources
    assert found.channels == channels
    assert (found.widths or found.short_sides or found.size) == sizes


def test_defaults_are_well_formed() -> None:
    """Names differ, each has one kind of size, channels are known, films have a codec."""
    assert len(BY_NAME) == len(DEFAULT_RECIPES)
    for each in DEFAULT_RECIPES:
        assert len([kind for kind in (each.widths, each.short_sides, each.size) if kind]) == 1
        assert each.channels <= set(CHANNELS)
        assert each.formats or each.codec
    assert BY_NAME["web"].formats == FORMATS
    assert BY_NAME["ladder"].codec == "h264"
    assert BY_NAME["poster"].codec is None
    assert BY_NAME["plain"].overlay == ()


def test_a_short_wish_has_defaults() -> None:
    """Only a size is needed: a photo for the web, nothing drawn over it."""
    found = recipe(**PLAIN)
    assert found.sources == {"photo"}
    assert found.channels == {"web"}
    assert found.widths == (480,)
    assert (found.fit, found.layout, found.overlay) == ("inside", "single", ())
    assert found.roles == frozenset()
    assert (found.formats, found.codec) == (("jpeg",), "h264")
    assert dict(found.quality)["jpeg"] == "85"


def test_a_whole_wish_is_read() -> None:
    """Every key is read, one word as a list of one."""
    found = recipe(
        **{"from": "all", "roles": ["before", "after"], "channels": ["instagram", "email"]},
        size=["1080", "1920"],
        fit="crop",
        layout="single",
        formats=["webp"],
        codec="h264",
        quality={"webp": "70", "crf": "28", "preset": "fast"},
        overlay=["logo", "caption"],
    )
    assert found.sources == {"photo", "video", "pair"}
    assert found.roles == {Role.BEFORE, Role.AFTER}
    assert found.channels == {"instagram", "email"}
    assert (found.size, found.fit, found.formats) == ((1080, 1920), "crop", ("webp",))
    quality = {"webp": "70", "crf": "28", "preset": "fast", "avif": "60", "jpeg": "85"}
    assert dict(found.quality) == quality
    assert found.overlay == ("logo", "caption")


def test_layouts_are_for_pairs() -> None:
    """A layout of two sides, or a pair alone, is wished for with a pair and a size."""
    assert "needs a pair" in problem(size=["320", "180"], layout="side")
    assert "needs a pair" in problem(widths=["320"], layout="reel", **{"from": "pair"})
    assert "needs a size" in problem(widths=["320"], **{"from": "pair"})
    assert recipe(size=["320", "180"], layout="wipe", **{"from": "pair"}).layout == "wipe"


def test_formats_alone_ask_for_stills() -> None:
    """A recipe for films with formats and no codec is a poster; with neither it is a film."""
    assert recipe(**PLAIN, **{"from": "video", "formats": ["jpeg"]}).codec is None
    assert recipe(**PLAIN, **{"from": "video"}).codec == "h264"
    both = recipe(**PLAIN, **{"from": "all", "formats": ["avif"], "codec": "h264"})
    assert (both.codec, both.formats) == ("h264", ("avif",))


@pytest.mark.parametrize(
    ("wish", "words"),
    [
        ({}, "exactly one of widths, short_sides and size"),
        ({"widths": ["480"], "size": ["1", "2"]}, "numbers between 16 and 7680"),
        ({"widths": ["480"], "size": ["100", "200"]}, "exactly one of"),
        ({"size": ["1080"]}, "size is two numbers"),
        ({"size": ["1080", "1080", "1080"]}, "size is two numbers"),
        ({"widths": ["15"]}, "between 16 and 7680"),
        ({"widths": ["7681"]}, "between 16 and 7680"),
        ({"widths": ["-480"]}, "between 16 and 7680"),
        ({"widths": ["wide"]}, "whole numbers"),
        ({"widths": ["48.5"]}, "whole numbers"),
        ({"widths": {"a": "b"}}, "expected a list of numbers"),
        ({**PLAIN, "widhts": ["480"]}, "'widhts' is not known; did you mean widths?"),
        ({**PLAIN, "colour": "red"}, "'colour' is not known; known are from, roles"),
        ({**PLAIN, "from": ["sound"]}, "from: 'sound' is not known"),
        ({**PLAIN, "channels": ["webb"]}, "channels: 'webb' is not known"),
        ({**PLAIN, "channels": {"web": "yes"}}, "expected a list of words"),
        ({**PLAIN, "roles": ["behind"]}, "roles: 'behind' is not known"),
        ({**PLAIN, "fit": "stretch"}, "fit: 'stretch' is not known"),
        ({**PLAIN, "layout": "spiral"}, "layout: 'spiral' is not known"),
        ({**PLAIN, "formats": ["gif"]}, "formats: 'gif' is not known"),
        ({**PLAIN, "codec": "av1"}, "codec: 'av1' is not known"),
        ({**PLAIN, "overlay": ["snow"]}, "overlay: 'snow' is not known"),
        ({**PLAIN, "quality": ["85"]}, "quality: expected names with values"),
        ({**PLAIN, "quality": {"jpg": "85"}}, "quality: 'jpg' is not known"),
        ({**PLAIN, "quality": {"jpeg": "101"}}, "jpeg: a whole number from 1 to 100"),
        ({**PLAIN, "quality": {"jpeg": "best"}}, "jpeg: a whole number from 1 to 100"),
        ({**PLAIN, "quality": {"crf": "52"}}, "crf: a whole number from 0 to 51"),
        ({**PLAIN, "quality": {"preset": "slowest"}}, "preset: 'slowest' is not known"),
    ],
)
def test_a_wrong_wish_is_refused_in_words(wish: dict[str, Any], words: str) -> None:
    """Each mistake is named with its key and what could stand there."""
    assert words in problem(**wish)


@pytest.mark.parametrize("name", ["My Cut", "../cut", "cut.jpg", "", "Ana", "cut_1", "-cut", "a/b"])
def test_a_name_stands_in_addresses(name: str) -> None:
    """A recipe's name becomes part of public file names: small letters, digits, hyphens."""
    assert "addresses" in problem(name, **PLAIN)


@pytest.mark.parametrize("wish", [None, "480", ["480"], 7])
def test_a_wish_is_a_mapping(wish: object) -> None:
    """Anything but names with values is refused."""
    assert read_recipe("cut", wish) == RecipeWish("cut", "expected names with values")


values = st.recursive(
    st.none() | st.text(max_size=6) | st.sampled_from(("480", "web", "photo", "jpeg", "crop")),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=4,
)


@given(st.dictionaries(st.sampled_from(KEYS), values))
def test_any_wish_is_read_or_refused(wish: dict[str, Any]) -> None:
    """Whatever stands there, the answer is a recipe of known parts or a sentence."""
    found = read_recipe("cut", wish)
    if isinstance(found, RecipeWish):
        assert found.problem
    else:
        assert found.channels <= set(CHANNELS)
        assert len([kind for kind in (found.widths, found.short_sides, found.size) if kind]) == 1
