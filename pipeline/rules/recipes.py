"""Which renditions a clinic wishes for: the default recipes, and how one of its own is read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pipeline.rules.inbox.naming import slug_of
from pipeline.rules.media import CHANNELS, Recipe, Role
from pipeline.rules.spelling import nearest

KEYS = (
    *("from", "roles", "channels", "widths", "short_sides", "size", "fit", "layout"),
    *("formats", "codec", "quality", "overlay"),
)
SOURCES = ("photo", "video", "pair")
FITS = ("inside", "crop", "pad")
LAYOUTS = ("single", "side", "stack", "wipe", "reel")
FORMATS = ("avif", "webp", "jpeg")
CODECS = ("h264",)
OVERLAYS = ("logo", "label", "caption", "disclosure")

PHOTO_QUALITY = {"avif": "60", "webp": "80", "jpeg": "85"}
VIDEO_QUALITY = {"preset": "veryfast", "crf": "23"}
QUALITIES = {name: range(1, 101) for name in PHOTO_QUALITY} | {"crf": range(52)}
PRESETS = (
    *("ultrafast", "superfast", "veryfast", "faster", "fast"),
    *("medium", "slow", "slower", "veryslow"),
)
BRANDED = ("logo", "label", "caption")
STILLS = ("jpeg",)

DEFAULT_RECIPES = (
    Recipe(
        name="web",
        sources=frozenset({"photo"}),
        channels=frozenset({"web"}),
        widths=(480, 960, 1440, 1920),
        formats=FORMATS,
        quality=tuple(PHOTO_QUALITY.items()),
        overlay=BRANDED,
    ),
    Recipe(
        name="ladder",
        sources=frozenset({"video"}),
        channels=frozenset({"web"}),
        short_sides=(1080, 720, 480),
        codec="h264",
        quality=tuple(VIDEO_QUALITY.items()),
        overlay=BRANDED,
    ),
    Recipe(
        name="poster",
        sources=frozenset({"video"}),
        channels=frozenset({"web"}),
        short_sides=(1080, 480),
        formats=STILLS,
        quality=tuple(PHOTO_QUALITY.items()),
        overlay=("logo", "label"),
    ),
    Recipe(
        name="og",
        sources=frozenset(SOURCES),
        channels=frozenset({"web"}),
        size=(1200, 630),
        fit="pad",
        formats=STILLS,
        quality=tuple(PHOTO_QUALITY.items()),
        overlay=("logo", "label"),
    ),
    Recipe(
        name="side-16x9",
        sources=frozenset({"pair"}),
        channels=frozenset({"web", "facebook", "youtube"}),
        size=(1920, 1080),
        fit="pad",
        layout="side",
        formats=STILLS,
        codec="h264",
        quality=tuple((PHOTO_QUALITY | VIDEO_QUALITY).items()),
        overlay=BRANDED,
    ),
    Recipe(
        name="reel-9x16",
        sources=frozenset({"pair"}),
        channels=frozenset({"instagram", "facebook", "tiktok", "youtube"}),
        size=(1080, 1920),
        fit="pad",
        layout="reel",
        codec="h264",
        quality=tuple(VIDEO_QUALITY.items()),
        overlay=BRANDED,
    ),
    Recipe(
        name="feed-4x5",
        sources=frozenset(SOURCES),
        channels=frozenset({"instagram", "facebook"}),
        size=(1080, 1350),
        fit="pad",
        formats=STILLS,
        codec="h264",
        quality=tuple((PHOTO_QUALITY | VIDEO_QUALITY).items()),
        overlay=BRANDED,
    ),
    Recipe(
        name="square-1x1",
        sources=frozenset(SOURCES),
        channels=frozenset({"instagram", "facebook"}),
        size=(1080, 1080),
        fit="pad",
        formats=STILLS,
        codec="h264",
        quality=tuple((PHOTO_QUALITY | VIDEO_QUALITY).items()),
        overlay=BRANDED,
    ),
    Recipe(
        name="plain",
        sources=frozenset({"photo", "video"}),
        channels=frozenset({"google"}),
        short_sides=(1080,),
        formats=STILLS,
        codec="h264",
        quality=tuple((PHOTO_QUALITY | VIDEO_QUALITY).items()),
        overlay=(),
    ),
)


@dataclass(frozen=True, slots=True)
class RecipeWish:
    """A recipe of the clinic's own that cannot be used, and why, in words."""

    name: str
    problem: str


class _Wrong(ValueError):
    pass


def read_recipe(name: str, wish: object) -> Recipe | RecipeWish:
    """Read one entry of `recipes`, whose scalars are texts."""
    try:
        return _read(name, wish)
    except _Wrong as error:
        return RecipeWish(name, str(error))


def _read(name: str, wish: object) -> Recipe:
    if not isinstance(wish, Mapping):
        raise _Wrong("expected names with values")
    if not name or slug_of(name) != name:
        raise _Wrong("a name is small letters, digits and hyphens: it stands in addresses")
    for key in wish:
        if key not in KEYS:
            near = nearest(str(key), known=KEYS)
            hint = f"did you mean {near}?" if near else f"known are {', '.join(KEYS)}"
            raise _Wrong(f"'{key}' is not known; {hint}")
    sources = _words(wish, "from", among=(*SOURCES, "all")) or ("photo",)
    widths, short_sides = _numbers(wish, "widths"), _numbers(wish, "short_sides")
    size = _numbers(wish, "size")
    if len([each for each in (widths, short_sides, size) if each]) != 1:
        raise _Wrong("give exactly one of widths, short_sides and size")
    if size and len(size) != 2:
        raise _Wrong("size is two numbers: [width, height]")
    layout = (_words(wish, "layout", among=LAYOUTS) or ("single",))[0]
    if layout != "single" and ("pair" not in sources or not size):
        raise _Wrong(f"layout {layout} needs a pair (from: [pair]) and a size")
    if "pair" in sources and "photo" not in sources and "video" not in sources and not size:
        raise _Wrong("a picture of a pair needs a size: [width, height]")
    formats, codec = (
        _words(wish, key, among=among) for key, among in (("formats", FORMATS), ("codec", CODECS))
    )
    return Recipe(
        name=name,
        sources=frozenset(SOURCES if "all" in sources else sources),
        channels=frozenset(_words(wish, "channels", among=CHANNELS) or ("web",)),
        roles=frozenset(_words(wish, "roles", among=tuple(Role))),
        widths=widths,
        short_sides=short_sides,
        size=(size[0], size[1]) if size else None,
        fit=(_words(wish, "fit", among=FITS) or ("inside",))[0],
        layout=layout,
        formats=formats or STILLS,
        # Formats alone ask for stills, of films too: that is how a poster is wished for.
        codec=codec[0] if codec else None if formats else CODECS[0],
        quality=tuple((PHOTO_QUALITY | VIDEO_QUALITY | _quality(wish)).items()),
        overlay=_words(wish, "overlay", among=OVERLAYS),
    )


def _quality(wish: Mapping[str, object]) -> dict[str, str]:
    """Read the encoders' settings: 1 to 100 for photos, x264's own for films."""
    given = wish.get("quality") or {}
    if not isinstance(given, Mapping):
        raise _Wrong("quality: expected names with values")
    for name, value in given.items():
        if name == "preset" and value not in PRESETS:
            raise _Wrong(f"quality: preset: '{value}' is not known; known are {', '.join(PRESETS)}")
        if name != "preset" and name not in QUALITIES:
            raise _Wrong(
                f"quality: '{name}' is not known; known are preset, {', '.join(QUALITIES)}"
            )
        if name != "preset" and not (str(value).isdecimal() and int(value) in QUALITIES[name]):
            least, most = QUALITIES[name][0], QUALITIES[name][-1]
            raise _Wrong(f"quality: {name}: a whole number from {least} to {most}")
    return {str(name): str(value) for name, value in given.items()}


def _words(wish: Mapping[str, object], key: str, *, among: tuple[str, ...]) -> tuple[str, ...]:
    value = wish.get(key)
    found = [value] if isinstance(value, str) else value or []
    if not isinstance(found, list):
        raise _Wrong(f"{key}: expected a list of words")
    for word in found:
        if word not in among:
            raise _Wrong(f"{key}: '{word}' is not known; known are {', '.join(among)}")
    return tuple(str(word) for word in found)


def _numbers(wish: Mapping[str, object], key: str) -> tuple[int, ...]:
    value = wish.get(key)
    found = [value] if isinstance(value, str) else value or []
    if not isinstance(found, list):
        raise _Wrong(f"{key}: expected a list of numbers")
    try:
        numbers = tuple(int(str(number)) for number in found)
    except ValueError as error:
        raise _Wrong(f"{key}: expected whole numbers") from error
    if any(not 16 <= number <= 7680 for number in numbers):
        raise _Wrong(f"{key}: numbers between 16 and 7680")
    return numbers
