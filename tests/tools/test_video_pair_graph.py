"""The graph for films of a pair, as text: one place for each input, nothing joined twice."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from fractions import Fraction

import films
import pytest
from samples import video

from pipeline.rules.media import Box, Canvas, Card, Course, Pane
from pipeline.rules.work import Output, Sheet
from pipeline.tools.video import measure
from pipeline.tools.video.graph import Length
from pipeline.tools.video.pair_graph import PairFilm, Side, draw_pair, shown_frames, side_of
from pipeline.tools.video.probe import probe

LENGTH = Length(Fraction(30), 120)
COURSE = Course(6, 30, 12, 40, 9)
CANVAS = Canvas(
    "reel", 180, 320, Box(0, 0, 320, 180), Box(0, 100, 180, 100), "#102030",
    (replace(films.LABEL, pane=0), films.LABEL),
    second=Pane(Box(0, 0, 320, 180), Box(0, 102, 180, 100)),
)  # fmt: skip
CARDS = tuple(Card(kind * 64, kind, 180, 320, 30.0, 6) for kind in ("title", "matte", "end"))
OUTPUT = Output("k", "reel", 180, 320, "mp4", sound="keep", gains_db=(0.0, 2.0),
                frame_rate=30.0, duration_s=4.0)  # fmt: skip


def sides() -> tuple[Side, Side]:
    """Two films."""
    return Side(probe(video("plain")), 1.5), Side(probe(video("plain")), 1.5)


@pytest.mark.parametrize("course", [None, COURSE, replace(COURSE, title=0, end=0, together=True)])
def test_every_label_is_made_once_and_used_once(course: Course | None) -> None:
    """So says ffmpeg's language; what comes out has a label of its own."""
    canvas = replace(CANVAS, course=course, cards=CARDS if course else ())
    film = PairFilm(Sheet(canvas, (OUTPUT,)), (2, 3), (4, 5, 6) if course else (), 7)
    graph = draw_pair(LENGTH, sides=sides(), films=[film])
    uses = Counter(re.findall(r"\[s\d+\]", graph.text))
    ends = {*graph.pictures.values(), *graph.sounds}
    assert {label for label, count in uses.items() if count != 2} == ends
    assert set(uses.values()) <= {1, 2}
    assert graph.pictures.keys() == {"k"}
    assert list(graph.sounds.values()) == [("k",)]


def test_how_much_of_each_side_is_read() -> None:
    """All of it where both run together; in a reel what is seen of it."""
    assert shown_frames(None, length=LENGTH) == (120, 120)
    assert shown_frames(replace(COURSE, together=True), length=LENGTH) == (120, 120)
    assert shown_frames(COURSE, length=LENGTH) == (42, 52)


def test_a_side_is_a_canvas_of_its_own() -> None:
    """Its size is that of its place."""
    first, second = side_of(CANVAS, 0), side_of(CANVAS, 1)
    assert (first.width, first.height, first.place) == (180, 100, Box(0, 0, 180, 100))
    assert second.crop == Box(0, 0, 320, 180)
    assert first.overlays == ()


def test_measures_are_those_of_the_sample() -> None:
    """The sample of these tests has sound, as the graph assumes."""
    assert measure(video("plain")).has_audio
