"""The words of the filter graph: what is shared is made once, and every label is used once."""

from __future__ import annotations

import re
from dataclasses import replace
from fractions import Fraction

import pytest

from pipeline.rules.media import Box, Canvas, Overlay
from pipeline.rules.work import Output, Sheet
from pipeline.tools.video.graph import Graph, Timeline, draw
from pipeline.tools.video.probe import Colour, Source

SDR = Colour(primaries=1, transfer=1, matrix=1, full_range=False, pixel_format="yuv420p")
SOURCE = Source("mp4", 0, 1, 1920, 1080, (1920, 1080), interlaced=False,
                average_rate=Fraction(30), duration_s=2.0, colour=SDR, taken_on=None)  # fmt: skip
TIMELINE = Timeline(SOURCE, Fraction(30), frames=60)
WHOLE = Box(0, 0, 1920, 1080)
LOGO = Overlay("logo", Box(10, 20, 30, 40), image="/s/logo.png")
CANVAS = Canvas("ladder", 1920, 1080, WHOLE, WHOLE, "#000000")
RUNGS = tuple(
    Output(f"r{height}", "", width, height, "mp4", sound="keep", gain_db=2.0, frame_rate=30.0)
    for width, height in ((854, 480), (1920, 1080), (1280, 720))
)


def drawn(*films: Sheet, stills: tuple[float, ...] = (), timeline: Timeline = TIMELINE) -> Graph:
    """Draw films whose overlays are inputs 1, 2 and so on."""
    numbers = iter(range(1, 99))
    inputs = [[next(numbers) for _ in sheet.canvas.overlays] for sheet in films]
    return draw(timeline, films=films, still_times=stills, overlays=inputs)


def test_every_label_is_made_and_used_once() -> None:
    """Ffmpeg refuses a graph with a loose end."""
    graph = drawn(
        Sheet(replace(CANVAS, overlays=(LOGO, LOGO)), RUNGS),
        Sheet(CANVAS, (replace(RUNGS[0], key="plain", sound="silence"),)),
        stills=(0.5, 1.5),
    )
    labels = re.findall(r"\[s\d+\]", graph.text)
    outside = [*graph.pictures.values(), *graph.sounds, *graph.stills.values()]
    for label in set(labels):
        assert labels.count(label) + outside.count(label) == 2, label
    assert graph.pictures.keys() == {"r480", "r720", "r1080", "plain"}
    assert graph.stills.keys() == {0.5, 1.5}


def test_what_is_alike_is_made_once() -> None:
    """One decode, one scaling for two sheets, one sound for three films; small from larger."""
    graph = drawn(
        Sheet(replace(CANVAS, overlays=(LOGO,)), RUNGS),
        Sheet(replace(CANVAS, recipe="plain"), (replace(RUNGS[1], key="plain"),)),
    )
    assert graph.text.count("[0:0]") == graph.text.count("[0:1]") == 1
    assert graph.text.count("scale=1920:1080") == 1
    assert list(graph.sounds.values()) == [("r480", "r1080", "r720", "plain")]
    assert graph.text.index("scale=1280:720") < graph.text.index("scale=854:480")


def test_overlays_lie_where_they_are_planned() -> None:
    """The box's corner, colours of the film, and no word of a plan in the graph."""
    secret = replace(LOGO, lines=("Jane",), image="/s/Jane.png")
    text = drawn(Sheet(replace(CANVAS, overlays=(secret,)), RUNGS)).text
    assert "[1:v]scale=out_color_matrix=bt709" in text
    assert "overlay=10:20:" in text
    assert "Jane" not in text


def test_hdr_is_worked_on_as_small_as_possible() -> None:
    """The crop is that of the smaller picture; SDR is not scaled before it is cropped."""
    hdr = replace(TIMELINE, source=replace(SOURCE, colour=replace(SDR, transfer=18)))
    square = Sheet(
        replace(CANVAS, width=540, height=540, crop=Box(420, 0, 1080, 1080),
                place=Box(0, 0, 540, 540)),
        (replace(RUNGS[0], width=540, height=540),),
    )  # fmt: skip
    assert "zscale=w=960:h=540" in drawn(square, timeline=hdr).text
    assert "crop=540:540:210:0" in drawn(square, timeline=hdr).text
    assert "crop=1080:1080:420:0" in drawn(square).text


def test_interlaced_sources_alone_are_deinterlaced() -> None:
    """What is progressive is left alone."""
    sheet = Sheet(CANVAS, RUNGS)
    interlaced = replace(TIMELINE, source=replace(SOURCE, interlaced=True))
    assert "bwdif" in drawn(sheet, timeline=interlaced).text
    assert "bwdif" not in drawn(sheet).text


def test_a_missing_sound_is_an_error() -> None:
    """A plan that keeps a sound that is not there contradicts the facts."""
    silent = replace(TIMELINE, source=replace(SOURCE, audio_index=None))
    with pytest.raises(ValueError, match="sound"):
        drawn(Sheet(CANVAS, RUNGS), timeline=silent)
