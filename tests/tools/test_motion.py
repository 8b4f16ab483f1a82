"""Cards as MoviePy draws them: their sizes, their frames, what moves, what is clear."""

from __future__ import annotations

import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from couples import pixel
from PIL import Image
from samples import FFMPEG

from pipeline.rules.media import Box, Card, Overlay
from pipeline.tools.fonts import font_path
from pipeline.tools.motion import divider_x, draw, eased

FONT = font_path()
BAR = Overlay("bar", Box(70, 60, 60, 6), ground="#0b6e69")
WORDS = Overlay("words", Box(40, 80, 120, 40), ("After",), 28, ink="#0e1416", ground="#f4f6f5")
TITLE = Card("t" * 64, "title", 200, 160, 30.0, 15, "#f4f6f5", "#0b6e69", (BAR, WORDS))
MATTE = Card("m" * 64, "matte", 200, 160, 30.0, 30)
LOWER = Card("l" * 64, "lower", 120, 40, 30.0, 15, overlays=(
    Overlay("caption", Box(0, 0, 120, 40), ("Hip",), 24, "#ffffff", "#804020"),
))  # fmt: skip


def frames(card: Card, *, out: Path) -> list[Image.Image]:
    """Draw a card and return its frames with their transparency."""
    (made,) = draw([card], font=FONT, out=out)
    assert Path(made.file) == out / f"{card.key}.mov"
    assert (made.artifact.width, made.artifact.height) == (card.width, card.height)
    assert made.artifact.duration_s == pytest.approx(card.frames / card.frame_rate)
    raw = subprocess.run(
        [FFMPEG, "-v", "error", "-i", made.file, "-pix_fmt", "rgba", "-f", "rawvideo", "-"],
        capture_output=True,
        check=True,
    ).stdout
    size = card.width * card.height * 4
    assert len(raw) % size == 0
    return [
        Image.frombytes("RGBA", (card.width, card.height), raw[start : start + size])
        for start in range(0, len(raw), size)
    ]


def dark(image: Image.Image, box: Box) -> int:
    """How many pixels of a box are dark."""
    area = image.crop((box.x, box.y, box.x + box.width, box.y + box.height)).convert("L")
    return sum(area.histogram()[:100])


def test_a_title_card_appears(tmp_path: Path) -> None:
    """Its ground is there at once, its words and its bar come, and nothing else is left behind."""
    shown = frames(TITLE, out=tmp_path)
    assert len(shown) == 15
    assert pixel(shown[0], (5, 5)) == (244, 246, 245, 255)
    assert dark(shown[0], WORDS.box) == 0
    assert dark(shown[-1], WORDS.box) > 100
    assert pixel(shown[-1], (100, 63))[:3] == (11, 110, 105)
    assert pixel(shown[-1], (76, 63))[:3] == (11, 110, 105)
    assert pixel(shown[6], (76, 63))[:3] == (244, 246, 245)
    assert [each.name for each in tmp_path.iterdir()] == [f"{TITLE.key}.mov"]


def test_the_matte_s_edge_goes_from_right_to_left(tmp_path: Path) -> None:
    """Black and white alone, one edge, where `divider_x` says, in every frame."""
    shown = frames(MATTE, out=tmp_path)
    assert len(shown) == 30
    for number, image in enumerate(shown):
        row = [pixel(image, (x, 80))[0] for x in range(200)]
        edge = divider_x(number, width=200, frames=30)
        assert row == [0] * edge + [255] * (200 - edge)
    assert pixel(shown[0], (190, 5)) == (0, 0, 0, 255)
    assert pixel(shown[-1], (10, 5)) == (255, 255, 255, 255)


def test_a_lower_third_comes_out_of_nothing(tmp_path: Path) -> None:
    """Clear at first; at the end as opaque as a caption is, in its own colour."""
    shown = frames(LOWER, out=tmp_path)
    assert shown[0].getchannel("A").getextrema() == (0, 0)
    red, green, blue, alpha = pixel(shown[-1], (60, 36))
    assert (red, green, blue) == pytest.approx((128, 64, 32), abs=3)
    assert alpha == pytest.approx(0.7 * 255, abs=3)


def test_several_cards_and_their_progress(tmp_path: Path) -> None:
    """Each card is a file of its own, told in its turn."""
    told: list[float] = []
    cards = [replace(LOWER, key=name * 64) for name in "ab"]
    made = draw(cards, font=FONT, out=tmp_path, progress=told.append)
    assert [each.artifact.key for each in made] == [each.key for each in cards]
    assert told == [0.5, 1.0]
    assert made[0].artifact.sha256 == made[1].artifact.sha256


def test_the_easing() -> None:
    """It starts and ends still, never turns back, and stays between 0 and 1."""
    values = [eased(step / 100) for step in range(-10, 111)]
    assert values == sorted(values)
    assert (values[0], values[-1]) == (0.0, 1.0)
    assert values[11] - values[10] < 0.001 < values[61] - values[60]
