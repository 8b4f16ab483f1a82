"""What a film claims about itself, and which tracks of it are used."""

from __future__ import annotations

from fractions import Fraction

import pytest
from samples import video

from pipeline.rules.errors import BadMedia
from pipeline.tools.video.probe import probe


def test_the_moving_pictures_are_chosen_not_the_cover() -> None:
    """A cover picture of 640x640 is passed over, though it is the larger track."""
    source = probe(video("cover"))
    assert (source.width, source.height) == (320, 180)


@pytest.mark.parametrize(
    ("name", "upright", "coded"),
    [
        ("plain", (320, 180), (320, 180)),
        ("rotate90", (180, 320), (180, 320)),
        ("rotate180-mirrored", (320, 180), (320, 180)),
        ("anamorphic", (320, 180), (240, 180)),
        ("odd", (321, 181), (321, 181)),
    ],
)
def test_sizes(name: str, upright: tuple[int, int], coded: tuple[int, int]) -> None:
    """Upright and square, beside what ffmpeg hands out after turning."""
    source = probe(video(name))
    assert ((source.width, source.height), source.coded_upright) == (upright, coded)


def test_claims_are_read() -> None:
    """Length, rate, sound, interlacing and colours are those of the file."""
    plain = probe(video("plain"))
    assert plain.duration_s == pytest.approx(1.5)
    assert plain.average_rate == Fraction(30)
    assert (plain.audio_index, probe(video("no-audio")).audio_index) == (1, None)
    assert (plain.interlaced, probe(video("interlaced")).interlaced) == (False, True)
    assert probe(video("ntsc")).average_rate == Fraction(30000, 1001)
    assert probe(video("mkv")).duration_s == pytest.approx(1.5, abs=0.1)
    hlg = probe(video("hlg"))
    assert (hlg.transfer, hlg.colour.primaries, hlg.colour.matrix) == ("hlg", 9, 9)
    assert probe(video("full-range")).colour.full_range


@pytest.mark.parametrize("name", ["tilted", "wide", "days-apart", "audio-only", "ffv1", "m3u8"])
def test_claims_that_are_too_much_are_refused_unread(name: str) -> None:
    """No decoding is needed to say no."""
    with pytest.raises(BadMedia):
        probe(video(name))
