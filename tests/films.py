"""Small plans for films of `samples`, and what is rendered of them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from samples import video

from pipeline.rules.media import Box, Canvas, Facts, Overlay
from pipeline.rules.work import Made, Output, Rights, Sheet
from pipeline.tools.fonts import font_path
from pipeline.tools.video import measure, render

RIGHTS = Rights("A Clinic", "A Clinic", "All rights reserved", "https://clinic.example/rights")
FONT = font_path()
LABEL = Overlay("label", Box(200, 12, 100, 28), ("After",), 14, "#ffffff", "#c02020")


def film(facts: Facts, **changes: object) -> Output:
    """An output of the whole picture's size."""
    plain = Output(
        key="film",
        name="film",
        width=facts.width // 2 * 2,
        height=facts.height // 2 * 2,
        format="mp4",
        frame_rate=facts.frame_rate,
        duration_s=facts.duration_s,
    )
    return replace(plain, **changes)


def whole(facts: Facts, *outputs: Output, **changes: object) -> Sheet:
    """A canvas of the whole picture, made even."""
    width, height = facts.width // 2 * 2, facts.height // 2 * 2
    canvas = Canvas(
        "ladder",
        width,
        height,
        crop=Box(0, 0, facts.width, facts.height),
        place=Box(0, 0, width, height),
        ground="#000000",
    )
    return Sheet(replace(canvas, **changes), outputs or (film(facts),))


def made(name: str, *sheets: Sheet, out: Path) -> dict[str, Made]:
    """Render sheets of a sample, by key."""
    found = render(
        video(name),
        facts=measure(video(name)),
        sheets=sheets,
        rights=RIGHTS,
        font=FONT,
        out=out,
    )
    return {each.artifact.key: each for each in found}


def plain_film(name: str, *, out: Path) -> Path:
    """Render a sample whole, and return the film."""
    return Path(made(name, whole(measure(video(name))), out=out)["film"].file)
