"""Drawn texts and logos: whole, centred, legible on anything, and as large as was planned."""

from __future__ import annotations

from pathlib import Path

import pytest
from frames import pixel
from PIL import Image, ImageChops

from pipeline.rules.colours import contrast
from pipeline.rules.layout import LOGO_PAD, Logo, Words, layout
from pipeline.rules.legible import safe_zone
from pipeline.rules.media import Box, Overlay
from pipeline.tools.fonts import font_path
from pipeline.tools.images import draw_overlay, draw_png, measure_text, measure_with

FONT = font_path()
TARGETS = (("vertical", 1080, 1920), ("web", 1440, 960), ("feed", 1080, 1080), ("web", 480, 640))
TEXTS = (
    "Before",
    "Ågjpqy Ấẫỵ ﬁ (Çß)",
    "jjjj ffff",
    "Después de seis semanas: 85° ½",
    "Ещё до лечения",
    "हिन्दी में कुछ",
    "WWWWWWWWWWWWWWWWWWWW",
)


def placed(words: Words, *, zone: str, width: int, height: int) -> dict[str, Overlay]:
    """The overlays that the layout makes of those words with the true font."""
    box = safe_zone(zone, width=width, height=height)
    found = layout(words, width=width, height=height, zone=box, measure=measure_with(FONT))
    assert found.problems == ()
    return {each.kind: each for each in found.overlays}


def ink_box(overlay: Overlay) -> tuple[int, int, int, int]:
    """Where the ink lies in a drawn overlay: what differs from the same box without letters."""
    drawn = draw_overlay(overlay, font=FONT)
    bare = draw_overlay(
        Overlay(overlay.kind, overlay.box, (" ",), overlay.font_px, overlay.ink, overlay.ground),
        font=FONT,
    )
    found = ImageChops.difference(drawn.convert("RGB"), bare.convert("RGB")).getbbox()
    assert found is not None
    return found


@pytest.mark.parametrize(("zone", "width", "height"), TARGETS)
@pytest.mark.parametrize("text", TEXTS)
def test_no_letter_touches_the_edge_of_its_box(
    text: str,
    zone: str,
    width: int,
    height: int,
) -> None:
    """Descenders, accents, joined letters: all ink is well inside the box that was planned."""
    overlay = placed(Words(caption=text), zone=zone, width=width, height=height)["caption"]
    assert draw_overlay(overlay, font=FONT).size == (overlay.box.width, overlay.box.height)
    left, top, right, bottom = ink_box(overlay)
    margin = overlay.font_px // 10
    assert left >= margin
    assert top >= margin
    assert right <= overlay.box.width - margin
    assert bottom <= overlay.box.height - margin


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("font_px", [12, 31, 84])
def test_ink_never_exceeds_its_measure(text: str, font_px: int) -> None:
    """What `measure_text` says is enough for every pixel that is drawn."""
    extent = measure_text(text, font_px, font=FONT)
    pad = font_px * 3
    box = Box(0, 0, extent.width + 2 * pad, extent.ascent + extent.descent + 2 * pad)
    left, top, right, bottom = ink_box(Overlay("caption", box, (text,), font_px))
    assert right - left <= extent.width
    assert bottom - top <= extent.ascent + extent.descent


def test_a_pill_is_centred_for_the_eye() -> None:
    """The margins left and right are alike; those above and below the capitals too."""
    label = placed(Words(label="HOH"), zone="feed", width=1080, height=1080)["label"]
    left, top, right, bottom = ink_box(label)
    assert abs(left - (label.box.width - right)) <= 2
    assert abs(top - (label.box.height - bottom)) <= 0.12 * label.font_px


def test_a_pill_has_round_ends_and_the_brands_colour() -> None:
    """Its corners are clear, its ends in the brand's colour."""
    words = Words(label="After", primary="#0b6e69")
    label = placed(words, zone="feed", width=1080, height=1080)["label"]
    drawn = draw_overlay(label, font=FONT)
    assert pixel(drawn, (0, 0))[3] == 0
    red, green, blue, alpha = pixel(drawn, (label.box.height // 3, label.box.height // 2))
    assert (red, green, blue) == (0x0B, 0x6E, 0x69)
    assert alpha > 230


@pytest.mark.parametrize("below", ["#ffffff", "#000000", "#d8b49a", "#808080"])
@pytest.mark.parametrize("kind", ["caption", "disclosure", "label", "logo"])
def test_text_reads_on_any_picture(kind: str, below: str) -> None:
    """Ink against the scrim, laid over white, black, skin and grey: contrast at least 4.5."""
    words = Words(label="After", caption="Week 6", disclosure="Results differ.", name="Riverside")
    overlay = placed(words, zone="feed", width=1080, height=1080)[kind]
    picture = Image.new("RGB", (overlay.box.width, overlay.box.height), below)
    drawn = draw_overlay(overlay, font=FONT)
    picture.paste(drawn, mask=drawn)
    ground = pixel(picture, (overlay.box.width // 2, overlay.font_px // 12 + 2))
    assert contrast(overlay.ink, on="#{:02x}{:02x}{:02x}".format(*ground)) >= 4.5


def mark(colour: str, *, ground: tuple[int, int, int, int] = (0, 0, 0, 0)) -> Image.Image:
    """A logo: a bar of one colour on a clear ground."""
    picture = Image.new("RGBA", (300, 100), ground)
    picture.paste(colour, (0, 30, 300, 70))
    return picture


@pytest.mark.parametrize("colour", ["#ffffff", "#0b6e69", "#101010", "#f2b705"])
def test_a_logo_stands_out_from_its_plate(tmp_path: Path, colour: str) -> None:
    """A pale logo gets a dark plate, a dark one a white plate; its colours stay as they are."""
    path = tmp_path / "logo.png"
    mark(colour).save(path)
    drawn = draw_overlay(Overlay("logo", Box(0, 0, 270, 100), image=str(path)), font=FONT)
    middle, plate = pixel(drawn, (135, 50)), pixel(drawn, (135, 4))
    hexed = ["#{:02x}{:02x}{:02x}".format(*each[:3]) for each in (middle, plate)]
    assert hexed[0] == colour
    assert contrast(hexed[0], on=hexed[1]) >= 1.7
    assert pixel(drawn, (0, 0))[3] == 0


def test_a_logo_with_its_own_ground_keeps_it(tmp_path: Path) -> None:
    """An opaque logo's plate has the colour of its border."""
    path = tmp_path / "logo.png"
    mark("#ffffff", ground=(20, 40, 90, 255)).save(path)
    drawn = draw_overlay(Overlay("logo", Box(0, 0, 270, 100), image=str(path)), font=FONT)
    assert drawn.getpixel((135, 3)) == (20, 40, 90, 255)


@pytest.mark.parametrize("size", [(300, 100), (100, 300), (64, 64)])
def test_a_logo_keeps_its_shape(tmp_path: Path, size: tuple[int, int]) -> None:
    """Drawn where the layout placed it, a logo is neither stretched nor cut."""
    path = tmp_path / "logo.png"
    inner = Image.new("RGBA", (size[0] + 2, size[1] + 2), (0, 0, 0, 0))
    inner.paste("#204080", (1, 1, size[0] + 1, size[1] + 1))
    inner.save(path)
    words = Words(logo=Logo("a" * 64, *inner.size))
    planned = placed(words, zone="feed", width=1080, height=1080)["logo"]
    overlay = Overlay("logo", planned.box, image=str(path))
    drawn = draw_overlay(overlay, font=FONT)
    blue = [
        pixel(drawn.convert("RGB"), (at, planned.box.height // 2))
        for at in range(planned.box.width)
    ]
    wide = sum(each[2] < 160 for each in blue)
    column = [
        pixel(drawn.convert("RGB"), (planned.box.width // 2, at))
        for at in range(planned.box.height)
    ]
    tall = sum(each[2] < 160 for each in column)
    assert wide / tall == pytest.approx(size[0] / size[1], rel=0.08)
    assert tall == pytest.approx(planned.box.height * (1 - 2 * LOGO_PAD), abs=6)


def test_the_png_for_film_is_the_drawing(tmp_path: Path) -> None:
    """What ffmpeg lays over footage is exactly what a photo gets."""
    overlay = Overlay("label", Box(0, 0, 200, 60), ("After",), 40, ground="#0b6e69")
    draw_png(overlay, font=FONT, to=tmp_path / "label.png")
    with Image.open(tmp_path / "label.png") as read:
        assert read.mode == "RGBA"
        assert read.tobytes() == draw_overlay(overlay, font=FONT).tobytes()


def test_drawing_is_the_same_every_time() -> None:
    """No dice: the same overlay has the same pixels."""
    overlay = Overlay("caption", Box(0, 0, 400, 90), ("Week 6",), 40)
    first, second = (draw_overlay(overlay, font=FONT).tobytes() for _ in range(2))
    assert first == second


def test_letters_that_the_font_lacks_are_told_by_the_measure() -> None:
    """The measure names them, so that the layout can refuse."""
    assert measure_text("a 日", 20, font=FONT).missing == "日"
    assert measure_with(FONT)("Before", 20).missing == ""
