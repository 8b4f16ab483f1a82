"""The parts of a plan for pairs: panes, courses, cards, labels and their form on the wire."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from pipeline.rules.layout import LEFT, RIGHT, Extent, pair_labels
from pipeline.rules.media import Box, Canvas, Card, Course, Facts, Kind, Overlay, Pane
from pipeline.rules.planned.canvas_json import (
    canvas_from_json,
    canvas_to_json,
    card_from_json,
    card_to_json,
)
from pipeline.rules.planned.cards import Stage, lower_third, matte, text_card
from pipeline.rules.planned.courses import matched_frames, rate_of, wipe_course
from pipeline.rules.planned.panes import layout_for, parts
from pipeline.rules.planned.renditions import Style
from pipeline.rules.work import Rights

TALL = Facts(1, Kind.VIDEO, "mov", 1080, 1920, 4.0, 25.0)
WIDE = replace(TALL, width=1920, height=1080)
STYLE = Style("A Clinic", "#0b6e69", "#f4f6f5", None, "font", Rights())


def measure(text: str, font_px: int, /) -> Extent:
    """A font of square letters half as wide as high."""
    return Extent(len(text) * font_px // 2, font_px, font_px // 4)


STAGE = Stage(1080, 1920, 30.0, STYLE, measure)


@pytest.mark.parametrize("layout", ["side", "stack", "wipe", "reel"])
@pytest.mark.parametrize("facts", [(TALL, TALL), (WIDE, WIDE), (TALL, WIDE)])
@pytest.mark.parametrize("size", [(1920, 1080), (1080, 1920), (1080, 1350)])
def test_panes_keep_their_shape_and_their_room(
    layout: str, facts: tuple[Facts, Facts], size: tuple[int, int]
) -> None:
    """Inside the canvas, even, never enlarged, never distorted, never over one another."""
    first, second = parts(facts, layout=layout, size=size, fit="pad")
    for part, measured in zip((first, second), facts, strict=True):
        crop, place = part.crop, part.place
        assert crop.x >= 0
        assert crop.x + crop.width <= measured.width
        assert place.x >= 0
        assert place.x + place.width <= size[0]
        assert place.y + place.height <= size[1]
        assert (place.width % 2, place.height % 2, place.x % 2, place.y % 2) == (0, 0, 0, 0)
        assert place.width <= crop.width
        shape = crop.width / crop.height
        assert place.width / place.height == pytest.approx(shape, rel=0.02)
    if layout == "side":
        assert first.place.x + first.place.width < second.place.x
    elif layout == "stack":
        assert first.place.y + first.place.height < second.place.y
    if facts[0] == facts[1] and layout in {"wipe", "reel"}:
        assert first.place == second.place


def test_sides_of_like_shape_get_one_size() -> None:
    """3:4 beside 2:3 are both cropped a little; the places are of one size and aligned."""
    near = (replace(TALL, width=900, height=1200), replace(TALL, width=800, height=1200))
    first, second = parts(near, layout="side", size=(1920, 1080), fit="pad")
    assert (first.place.width, first.place.height) == (second.place.width, second.place.height)
    assert first.place.y == second.place.y


def test_fit_crop_fills_the_room() -> None:
    """Each side takes half of the canvas."""
    first, second = parts((WIDE, WIDE), layout="side", size=(1280, 720), fit="crop")
    assert (first.place.x, first.place.y, first.place.height) == (0, 0, 720)
    assert second.place.x + second.place.width == 1280


def test_the_layout_follows_the_canvas() -> None:
    """Side by side is stacked on 9:16; where nothing is said, the larger pictures win."""
    assert layout_for((WIDE, WIDE), layout="side", size=(1080, 1920)) == "stack"
    assert layout_for((WIDE, WIDE), layout="side", size=(1920, 1080)) == "side"
    assert layout_for((WIDE, WIDE), layout="single", size=(1080, 1350)) == "stack"
    assert layout_for((TALL, TALL), layout="single", size=(1080, 1350)) == "side"
    assert layout_for((WIDE, WIDE), layout="reel", size=(1080, 1920)) == "reel"


def test_films_of_two_rates_take_the_faster() -> None:
    """25 beside 50 frames a second are shown at 50; a photo pair at 30."""
    assert rate_of((TALL, replace(TALL, frame_rate=50.0))) == 50.0
    photo = replace(TALL, frame_rate=None, duration_s=None)
    assert rate_of((photo, photo)) == 30.0
    assert matched_frames((photo, photo), rate=30.0) == 180


def test_a_wipe_is_as_long_as_its_films() -> None:
    """A quarter, a half and a quarter are all frames, also where four do not divide them."""
    course = wipe_course((TALL, replace(TALL, duration_s=4.12)), rate=25.0)
    assert course.frames == 103
    assert course.together
    assert course.before == course.after == 25


def test_cards_hold_their_words_in_the_safe_zone() -> None:
    """Name, bar and text are stacked inside it, legible, and the accent is the brand's."""
    card, problems = text_card("end", "This is one person; results differ.", stage=STAGE)
    assert problems == ()
    assert [each.kind for each in card.overlays] == ["words", "bar", "words"]
    zone = STAGE.zone
    bottom = zone.y
    for each in card.overlays:
        assert each.box.y >= bottom
        assert each.box.x >= zone.x
        bottom = each.box.y + each.box.height
    assert bottom <= zone.y + zone.height
    assert card.overlays[-1].font_px >= 0.032 * 1920
    assert card.overlays[1].ground == STYLE.primary


def test_a_text_that_no_card_holds_is_told() -> None:
    """A disclosure of a page's length is a reason, and the card is left without it."""
    card, problems = text_card("end", "word " * 200, stage=STAGE)
    assert [each.code for each in problems] == ["text_too_long"]
    assert len(card.overlays) == 1


def test_a_card_s_key_is_its_content() -> None:
    """The same text elsewhere on the canvas is the same card; another text or size is another."""
    caption = Overlay("caption", Box(10, 900, 300, 80), ("Hip",), 62, pane=0)
    here = lower_third(caption, stage=STAGE)
    moved = replace(caption, box=Box(40, 700, 300, 80), pane=1)
    there = lower_third(moved, stage=STAGE)
    assert here.key == there.key
    assert (here.at, there.at, there.pane) == ((10, 900), (40, 700), 1)
    assert lower_third(replace(caption, lines=("Knee",)), stage=STAGE).key != here.key
    assert matte(STAGE, frames=30).key != matte(STAGE, frames=60).key


def test_labels_stand_on_one_line_and_give_way() -> None:
    """Where something stands in one corner, both go below it."""
    logo = Overlay("logo", Box(800, 100, 180, 100))
    room = Box(50, 80, 980, 900)
    placed = pair_labels(
        ("Before", "After"), size=(1080, 1080), rooms=(room, room), corners=(LEFT, RIGHT),
        avoiding=(logo,), measure=measure, colour="#0b6e69",
    )  # fmt: skip
    before, after = placed.overlays
    assert placed.problems == ()
    assert before.box.y == after.box.y >= 200
    assert before.box.x == room.x
    assert after.box.x + after.box.width == room.x + room.width
    assert (before.pane, after.pane) == (0, 1)


def test_labels_without_room_are_told() -> None:
    """A side that is too narrow for its label keeps its picture and says so."""
    placed = pair_labels(
        ("Before", ""), size=(1080, 1080), rooms=(Box(0, 0, 40, 900), Box(500, 0, 40, 900)),
        corners=(LEFT, LEFT), avoiding=(), measure=measure, colour="#0b6e69",
    )  # fmt: skip
    assert placed.overlays == ()
    assert [each.code for each in placed.problems] == ["text_too_long"]


def test_canvases_and_cards_survive_the_wire() -> None:
    """What a worker reads of a canvas of two sides is what was planned."""
    word = Overlay("words", Box(1, 2, 30, 40), ("Hip",), 20, pane=1)
    card = Card("k", "lower", 30, 40, 29.97, 15, overlays=(word,), at=(5, 6), pane=1)
    canvas = Canvas(
        "reel-9x16", 180, 320, Box(0, 0, 10, 20), Box(4, 4, 10, 20), "#ffffff", (word,), None,
        Pane(Box(1, 1, 8, 8), Box(20, 4, 8, 8), at_s=1.5), Course(3, 9, 3, 9, 4), (card,),
    )  # fmt: skip
    assert canvas_from_json(json.loads(json.dumps(canvas_to_json(canvas)))) == canvas
    plain = replace(canvas, second=None, course=None, cards=())
    assert canvas_from_json(json.loads(json.dumps(canvas_to_json(plain)))) == plain
    assert card_from_json(json.loads(json.dumps(card_to_json(card)))) == card
