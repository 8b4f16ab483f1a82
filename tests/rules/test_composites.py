"""What is planned of a pair: which files, of what, with which words, and how many in all."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date

import pytest

from pipeline.rules.consent import Permit
from pipeline.rules.layout import Extent
from pipeline.rules.media import Asset, Box, Facts, Kind, Rendition, Role
from pipeline.rules.plan import Sayings, Style, originals_of
from pipeline.rules.planned.composites import Pair, composes, composite
from pipeline.rules.recipes import DEFAULT_RECIPES
from pipeline.rules.work import Rights

STYLE = Style("A Clinic", "#0b6e69", "#f4f6f5", None, "font", Rights())
RECIPES = {each.name: each for each in DEFAULT_RECIPES}
FILM = Facts(1, Kind.VIDEO, "mov", 1080, 1920, 8.0, 30.0, has_audio=True, loudness_lufs=-20.0)
PHOTO = Facts(1, Kind.PHOTO, "jpeg", 3000, 4000)
ONE = ("Before", "Hip before", "Results differ.", "Hip: before and after")
TWO = ("After", "Hip after", "Results differ.", "Hip: before and after")


def measure(text: str, font_px: int, /) -> Extent:
    """A font of square letters half as wide as high."""
    return Extent(len(text) * font_px // 2, font_px, font_px // 4)


def pair(
    facts: Facts = FILM,
    *,
    after: Facts | None = None,
    channel: str = "facebook",
    redactions: tuple[frozenset[str], frozenset[str]] = (frozenset(), frozenset()),
) -> Pair:
    """A pair of that kind."""
    sides = [
        Asset(mark * 64, f"{mark}.x", each.kind, role, "1", ("s",), (), each, date(2026, 1, 5))
        for mark, role, each in (("a", Role.BEFORE, facts), ("b", Role.AFTER, after or facts))
    ]
    return Pair(
        before=sides[0],
        after=sides[1],
        permits={
            each.sha256: Permit(each.sha256, hidden, None, frozenset())
            for each, hidden in zip(sides, redactions, strict=True)
        },
        sayings={"a" * 64: Sayings(*ONE), "b" * 64: Sayings(*TWO)},
        channel=channel,
    )


def one(name: str, of: Pair) -> Rendition:
    """The one file of a recipe."""
    renditions, problems = composite(RECIPES[name], pair=of, style=STYLE, measure=measure)
    assert problems == []
    (rendition,) = renditions
    return rendition


def test_a_composite_stands_on_both_originals() -> None:
    """Both are in it, both decide its key, and both are counted."""
    side = one("side-16x9", pair())
    assert side.originals == ("a" * 64, "b" * 64)
    assert originals_of([side]) == ("a" * 64, "b" * 64)
    other = pair()
    other = replace(other, after=replace(other.after, sha256="c" * 64),
                    permits={**other.permits, "c" * 64: other.permits["b" * 64]})  # fmt: skip
    assert one("side-16x9", other).key != side.key


def test_what_either_hides_is_hidden() -> None:
    """Redactions are the union, and a voice that is hidden on one side leaves the other."""
    hidden = (frozenset({"voice"}), frozenset({"name"}))
    side = one("side-16x9", pair(redactions=hidden))
    assert side.redactions == ("name", "voice")
    assert side.sound == "keep"
    assert side.gains_db == (None, 4.0)
    both = (frozenset({"voice"}), frozenset({"voice"}))
    assert one("side-16x9", pair(redactions=both)).sound == "silence"
    only = replace(RECIPES["side-16x9"], channels=frozenset({"web"}))
    made = composite(only, pair=pair(redactions=both), style=STYLE, measure=measure)[0]
    assert made[0].sound == "none"


def test_one_film_serves_all_channels_of_a_recipe() -> None:
    """The web, Facebook and YouTube show the very same file, with sound and without."""
    for facts in (FILM, replace(FILM, has_audio=False, loudness_lufs=None)):
        keys = {one("side-16x9", pair(facts, channel=name)).key
                for name in ("web", "facebook", "youtube")}  # fmt: skip
        assert len(keys) == 1


def test_a_reel_has_the_planned_lengths() -> None:
    """1.2 s title, 3 to 6 s of each side, 1 s of divider, 1.5 s end, in whole frames."""
    course = one("reel-9x16", pair()).canvas.course
    assert course is not None
    assert (course.title, course.before, course.sweep, course.after, course.end) == (
        36, 180, 30, 180, 45,
    )  # fmt: skip
    short = one("reel-9x16", pair(replace(FILM, duration_s=1.0))).canvas.course
    assert short is not None
    assert (short.before, short.after) == (90, 90)
    reel = one("reel-9x16", pair(PHOTO))
    assert reel.format == "mp4"
    assert reel.duration_s == pytest.approx(9.7)
    assert reel.frame_rate == 30.0


@pytest.mark.parametrize(("second_s", "length_s"), [(8.0, 8.0), (9.5, 9.5), (20.0, 10.0)])
def test_films_are_matched(second_s: float, length_s: float) -> None:
    """The shorter holds its last frame for two seconds at most; the longer is trimmed to that."""
    of = pair(after=replace(FILM, duration_s=second_s))
    assert one("side-16x9", of).duration_s == pytest.approx(length_s)


def test_the_words_of_a_pair() -> None:
    """A label on each side, the title as the caption, and the disclosure with every claim."""
    side = one("side-16x9", pair(PHOTO))
    words = {each.kind: " ".join(each.lines) for each in side.canvas.overlays}
    labels = [each for each in side.canvas.overlays if each.kind == "label"]
    assert [each.lines for each in labels] == [("Before",), ("After",)]
    second = side.canvas.second
    assert second is not None
    for label, place in zip(labels, (side.canvas.place, second.place), strict=True):
        assert place.x <= label.box.x <= label.box.x + label.box.width <= place.x + place.width
    assert labels[0].box.y == labels[1].box.y
    assert words["caption"] == "Hip: before and after"
    assert words["disclosure"] == "Results differ."
    reel = one("reel-9x16", pair(PHOTO))
    cards = {each.kind: each for each in reel.canvas.cards}
    assert " ".join(cards["title"].overlays[-1].lines) == "Hip: before and after"
    assert " ".join(cards["end"].overlays[-1].lines) == "Results differ."
    lower = [each.overlays[0].lines for each in reel.canvas.cards if each.kind == "lower"]
    assert lower == [("Hip before",), ("Hip after",)]
    assert {each.pane for each in reel.canvas.overlays if each.kind == "label"} == {0, 1}


def test_new_words_make_a_new_reel_and_keep_the_other_cards() -> None:
    """Another title changes the film's key and the title card's, and no other card's."""
    old, changed = pair(PHOTO), pair(PHOTO)
    changed = replace(changed, sayings={
        sha: replace(says, title="Hip: better") for sha, says in changed.sayings.items()
    })  # fmt: skip
    first, second = one("reel-9x16", old), one("reel-9x16", changed)
    assert first.key != second.key
    keys = [{each.kind: each.key for each in r.canvas.cards} for r in (first, second)]
    assert {kind for kind in keys[0] if keys[0][kind] != keys[1][kind]} == {"title"}


def test_words_lie_in_the_safe_zone_and_touch_nothing() -> None:
    """On every default recipe and shape, overlays keep apart and inside."""
    shapes = [PHOTO, replace(PHOTO, width=4000, height=3000), replace(PHOTO, height=3000)]
    for facts in shapes:
        for recipe in (each for each in DEFAULT_RECIPES if composes(each, kind=Kind.PHOTO)):
            renditions, problems = composite(recipe, pair=pair(facts), style=STYLE, measure=measure)
            assert problems == []
            canvas = renditions[0].canvas
            boxes = [each.box for each in canvas.overlays]
            for at, box in enumerate(boxes):
                assert box.x >= 0.05 * canvas.width
                assert box.x + box.width <= 0.95 * canvas.width
                assert not any(touch(box, other) for other in boxes[at + 1 :])


def touch(one: Box, other: Box) -> bool:
    """Whether two boxes share a pixel."""
    return (
        one.x < other.x + other.width and other.x < one.x + one.width
        and one.y < other.y + other.height and other.y < one.y + one.height
    )  # fmt: skip


def test_letters_that_the_font_lacks_are_told() -> None:
    """A title that cannot be written is left out and named, with the file and the channel."""

    def lacking(text: str, font_px: int, /) -> Extent:
        found = measure(text, font_px)
        return replace(found, missing="ß") if "Hip: " in text else found

    _, problems = composite(RECIPES["reel-9x16"], pair=pair(PHOTO), style=STYLE, measure=lacking)
    assert [(each.code, each.facts["part"]) for each in problems] == [
        ("text_missing_letters", "title")
    ]
    assert (problems[0].file, problems[0].channel) == ("a.x", "facebook")


def made(facts: Facts) -> list[Rendition]:
    """All files that the default recipes make of a pair, whatever channels ask for them."""
    from pipeline.rules.plan import _of_recipe, _suits  # noqa: PLC0415 - the halves of plan()

    found: dict[str, Rendition] = {}
    for channel in ("web", "instagram", "facebook", "tiktok", "youtube", "google"):
        of = pair(facts, channel=channel)
        for recipe in (each for each in DEFAULT_RECIPES if channel in each.channels):
            renditions: list[Rendition] = []
            if composes(recipe, kind=facts.kind):
                renditions += composite(recipe, pair=of, style=STYLE, measure=measure)[0]
            for asset in of.sides:
                if _suits(recipe, asset, paired=True):
                    renditions += _of_recipe(
                        recipe, asset=asset, permit=of.permits[asset.sha256], channel=channel,
                        style=STYLE, says=of.sayings[asset.sha256], measure=measure,
                    )[0]  # fmt: skip
            found |= {each.key: each for each in renditions}
    return list(found.values())


@pytest.mark.parametrize("facts", [FILM, replace(FILM, has_audio=False, loudness_lufs=None)])
def test_the_budget_of_a_video_pair(facts: Facts) -> None:
    """At most twelve encodes of films for all default channels."""
    films = [each for each in made(facts) if each.format == "mp4"]
    assert len(films) <= 12, Counter(each.name for each in films)
    assert {"side-16x9", "reel-9x16", "feed-4x5", "square-1x1"} <= {each.name for each in films}


def test_the_budget_of_a_photo_pair() -> None:
    """At most forty files for all default channels, the picture to share made of both."""
    files = made(PHOTO)
    assert len(files) <= 40, Counter(each.name for each in files)
    (share,) = (each for each in files if each.name == "og")
    assert len(share.originals) == 2
