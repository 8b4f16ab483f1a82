"""The one JSON form of a canvas, its overlays and its cards: how they travel to a worker."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from pipeline.rules.media import Box, Canvas, Card, Course, Overlay, Pane

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Json = dict[str, Any]


def canvas_to_json(canvas: Canvas) -> Json:
    """Return a canvas as JSON values; boxes are lists of x, y, width and height."""
    second, course = canvas.second, canvas.course
    return {
        "recipe": canvas.recipe,
        "width": canvas.width,
        "height": canvas.height,
        "crop": _box_to_json(canvas.crop),
        "place": _box_to_json(canvas.place),
        "ground": canvas.ground,
        "at_s": canvas.at_s,
        "overlays": [_overlay_to_json(each) for each in canvas.overlays],
        "second": second
        and {
            "crop": _box_to_json(second.crop),
            "place": _box_to_json(second.place),
            "at_s": second.at_s,
        },
        "course": course and asdict(course),
        "cards": [card_to_json(each) for each in canvas.cards],
    }


def canvas_from_json(wire: Mapping[str, Any]) -> Canvas:
    """Read a canvas back. Raises ValueError, TypeError or KeyError when it is none of ours."""
    second, course = wire.get("second"), wire.get("course")
    return Canvas(
        recipe=wire["recipe"],
        width=wire["width"],
        height=wire["height"],
        crop=_box_from_json(wire["crop"]),
        place=_box_from_json(wire["place"]),
        ground=wire["ground"],
        at_s=wire.get("at_s"),
        overlays=tuple(_overlay_from_json(each) for each in wire.get("overlays", ())),
        second=second
        and Pane(
            crop=_box_from_json(second["crop"]),
            place=_box_from_json(second["place"]),
            at_s=second.get("at_s"),
        ),
        course=course and Course(**course),
        cards=tuple(card_from_json(each) for each in wire.get("cards", ())),
    )


def card_to_json(card: Card) -> Json:
    """Return a card as JSON values."""
    overlays = [_overlay_to_json(each) for each in card.overlays]
    return asdict(card) | {"at": list(card.at), "overlays": overlays}


def card_from_json(wire: Mapping[str, Any]) -> Card:
    """Read a card back."""
    x, y = wire["at"]
    overlays = tuple(_overlay_from_json(each) for each in wire["overlays"])
    return Card(**{**wire, "at": (x, y), "overlays": overlays})


def _overlay_to_json(overlay: Overlay) -> Json:
    return asdict(overlay) | {"box": _box_to_json(overlay.box), "lines": list(overlay.lines)}


def _overlay_from_json(wire: Mapping[str, Any]) -> Overlay:
    return Overlay(**{**wire, "box": _box_from_json(wire["box"]), "lines": tuple(wire["lines"])})


def _box_to_json(box: Box) -> list[int]:
    return [box.x, box.y, box.width, box.height]


def _box_from_json(wire: Sequence[int]) -> Box:
    x, y, width, height = wire
    return Box(x=x, y=y, width=width, height=height)
