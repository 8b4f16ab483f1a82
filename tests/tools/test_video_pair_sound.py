"""Who is heard when, as the graph says it; tests/tools/test_video_pairs.py listens."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest

from pipeline.rules.media import Course
from pipeline.rules.work import Output
from pipeline.tools.video.graph import Length, Writer
from pipeline.tools.video.pair_sound import Voice, draw_voices

LENGTH = Length(Fraction(30), 300)
BOTH = (Voice("[0:1]", 8.0), Voice("[1:1]", 8.0))
FILM = Output("a", "side", 320, 180, "mp4", sound="keep", gains_db=(0.0, 3.0))


def test_tracks_are_made_once_for_each_wish() -> None:
    """Films with equal gains share a track, others and silent ones have their own."""
    writer = Writer()
    wishes = [
        (FILM, None),
        (replace(FILM, key="b"), None),
        (replace(FILM, key="c", gains_db=(1.0, 3.0)), None),
        (replace(FILM, key="d", sound="silence", gains_db=()), None),
        (replace(FILM, key="e", sound="none", gains_db=()), None),
    ]
    found = draw_voices(writer, BOTH, wishes, length=LENGTH)
    assert sorted(found.values()) == [("a", "b"), ("c",), ("d",)]


def test_who_is_not_heard_is_not_opened() -> None:
    """A side without a gain has no chain at all."""
    writer = Writer()
    draw_voices(writer, BOTH, [(replace(FILM, gains_db=(None, 3.0)), None)], length=LENGTH)
    assert "[0:1]" not in ";".join(writer.chains)
    assert "[1:1]" in ";".join(writer.chains)


def test_a_reel_delays_the_second_side_until_the_divider_moves() -> None:
    """Title and before come first, in thousandths of a second."""
    writer = Writer()
    draw_voices(writer, BOTH, [(FILM, Course(36, 90, 30, 90, 45))], length=LENGTH)
    text = ";".join(writer.chains)
    assert "adelay=1200:all=1" in text
    assert "adelay=4200:all=1" in text


def test_a_sound_that_is_not_there_is_an_error() -> None:
    """A plan that wants what an original lacks is wrong."""
    with pytest.raises(ValueError, match="does not have"):
        draw_voices(Writer(), (None, BOTH[1]), [(FILM, None)], length=LENGTH)
