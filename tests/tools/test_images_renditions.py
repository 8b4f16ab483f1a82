"""All files of a photo: right sizes, cropped, branded, upright, clean, and in place at once."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from readers import leaks

from pipeline.rules.errors import BadMedia, VerificationFailed
from pipeline.rules.media import Box, Canvas, Overlay
from pipeline.rules.work import Made, Output, Rights, Sheet
from pipeline.tools.fonts import font_path
from pipeline.tools.images import measure, render
from pipeline.tools.images import renditions as module
from pipeline.tools.images.encoders import encode
from pipeline.tools.images.originals import decode

FONT = font_path()
RIGHTS = Rights("Riverside", "Riverside", "© Riverside", "https://x.example/")
WHOLE = Box(0, 0, 1200, 900)
QUALITY = (("quality", "90"),)


def photo(path: Path, *, orientation: int = 1) -> Path:
    """A phone's JPEG, 1200 x 900 when upright: red, green, blue and grey quarters, with a place."""
    picture = Image.new("RGB", (1200, 900), "#d02020")
    picture.paste("#20a020", (600, 0, 1200, 450))
    picture.paste("#2020d0", (0, 450, 600, 900))
    picture.paste("#c0c0c0", (600, 450, 1200, 900))
    if orientation == 6:
        picture = picture.transpose(Image.Transpose.ROTATE_90)
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010F] = "CANARY"
    exif.get_ifd(0x8825)[1] = "CANARY"
    picture.save(path, "JPEG", quality=95, exif=exif, comment=b"CANARY")
    return path


def sheet_of(
    *sizes: tuple[int, int],
    crop: Box = WHOLE,
    overlays: tuple[Overlay, ...] = (),
    forms: tuple[str, ...] = ("avif", "webp", "jpeg"),
) -> Sheet:
    """A canvas of the first size, filled by the crop, and outputs of all sizes and formats."""
    width, height = sizes[0]
    canvas = Canvas("web", width, height, crop, Box(0, 0, width, height), "#f4f6f5", overlays)
    outputs = tuple(
        Output(f"{form}{across}x{along}", "web", across, along, form, QUALITY)
        for across, along in sizes
        for form in forms
    )
    return Sheet(canvas, outputs)


def made_of(source: Path, *sheets: Sheet, out: Path) -> dict[str, Made]:
    """What a render of those sheets leaves, by key."""
    facts = measure(source)
    out.mkdir(exist_ok=True)
    made = render(source, facts=facts, sheets=sheets, rights=RIGHTS, font=FONT, out=out)
    wanted = [output.key for sheet in sheets for output in sheet.outputs]
    assert [each.artifact.key for each in made] == wanted
    return {each.artifact.key: each for each in made}


def near(found: tuple[int, ...], wanted: str) -> bool:
    """Whether a pixel has about that colour."""
    parts = (int(wanted[at : at + 2], 16) for at in (1, 3, 5))
    return all(abs(one - other) <= 14 for one, other in zip(found, parts, strict=True))


def pixel(made: Made, at: tuple[float, float]) -> tuple[int, ...]:
    """The colour at a place given in shares of width and height."""
    with Image.open(made.file) as picture:
        place = (int(at[0] * (picture.width - 1)), int(at[1] * (picture.height - 1)))
        found = picture.convert("RGB").getpixel(place)
    assert isinstance(found, tuple)
    return found


@pytest.mark.parametrize("orientation", [1, 6])
def test_every_size_and_format_is_made_and_true(tmp_path: Path, orientation: int) -> None:
    """Twelve files: upright, of the planned size and type, named by key, hashed as they lie."""
    source = photo(tmp_path / "in.jpg", orientation=orientation)
    sheet = sheet_of((960, 720), (640, 480), (480, 360), (120, 90))
    made = made_of(source, sheet, out=tmp_path / "out")
    assert len(made) == 12
    for output in sheet.outputs:
        artifact = made[output.key].artifact
        body = Path(made[output.key].file).read_bytes()
        assert artifact.sha256 == hashlib.sha256(body).hexdigest()
        assert artifact.size_bytes == len(body)
        assert (artifact.width, artifact.height) == (output.width, output.height)
        assert artifact.content_type == f"image/{output.format}"
        assert leaks(body) == []
        assert b"CANARY" not in body
        with Image.open(made[output.key].file) as picture:
            assert picture.size == (output.width, output.height)
            assert picture.format == output.format.upper()
        assert near(pixel(made[output.key], (0.2, 0.2)), "#d02020")
        assert near(pixel(made[output.key], (0.8, 0.2)), "#20a020")
        assert near(pixel(made[output.key], (0.2, 0.8)), "#2020d0")
        assert near(pixel(made[output.key], (0.8, 0.8)), "#c0c0c0")
    names = {path.name for path in (tmp_path / "out").iterdir()}
    assert len(names) == 12
    assert not any(name.startswith(".") or name.endswith(".part") for name in names)


def test_a_crop_shows_its_part_alone(tmp_path: Path) -> None:
    """The lower right quarter is grey from edge to edge."""
    source = photo(tmp_path / "in.jpg")
    sheet = sheet_of((300, 225), crop=Box(620, 470, 560, 420))
    made = made_of(source, sheet, out=tmp_path / "out")
    for at in ((0.01, 0.01), (0.99, 0.99), (0.5, 0.5)):
        assert near(pixel(made["jpeg300x225"], at), "#c0c0c0")


def test_several_canvases_share_one_decode(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Web sizes and a square cut come from one opening of the original."""
    source = photo(tmp_path / "in.jpg")
    square = Canvas("square", 400, 400, Box(150, 0, 900, 900), Box(0, 0, 400, 400), "#000000")
    cut = Sheet(square, (Output("cut", "square", 400, 400, "jpeg", QUALITY),))
    opened: list[object] = []

    def counted(path: Path, *, at_least: tuple[int, int]) -> object:
        opened.append(path)
        return decode(path, at_least=at_least)

    monkeypatch.setattr(module, "decode", counted)
    made = made_of(source, sheet_of((800, 600)), cut, out=tmp_path / "out")
    assert len(opened) == 1
    assert near(pixel(made["cut"], (0.1, 0.1)), "#d02020")
    assert near(pixel(made["jpeg800x600"], (0.9, 0.1)), "#20a020")


def test_a_small_picture_is_placed_on_the_ground(tmp_path: Path) -> None:
    """Around it lies the brand's ground, and it is not enlarged."""
    source = photo(tmp_path / "in.jpg")
    canvas = Canvas("square", 1400, 1400, Box(0, 0, 1200, 900), Box(100, 250, 1200, 900), "#f2b705")
    sheet = Sheet(canvas, (Output("pad", "square", 1400, 1400, "jpeg", QUALITY),))
    made = made_of(source, sheet, out=tmp_path / "out")["pad"]
    for at in ((0.01, 0.01), (0.5, 0.15), (0.03, 0.5), (0.99, 0.99)):
        assert near(pixel(made, at), "#f2b705")
    assert near(pixel(made, (0.1, 0.2)), "#d02020")


def test_transparency_shows_the_canvas_ground(tmp_path: Path) -> None:
    """A cut-out on a clear ground stands on the brand's colour."""
    source = tmp_path / "in.png"
    Image.new("RGBA", (200, 100), (255, 0, 0, 0)).save(source)
    sheet = sheet_of((200, 100), crop=Box(0, 0, 200, 100), forms=("jpeg",))
    made = made_of(source, sheet, out=tmp_path / "out")
    assert near(pixel(made["jpeg200x100"], (0.5, 0.5)), "#f4f6f5")


def test_overlays_lie_where_they_were_planned(tmp_path: Path) -> None:
    """The pill covers its box, in every size, and nothing beside it."""
    source = photo(tmp_path / "in.jpg")
    pill = Overlay("label", Box(100, 60, 300, 90), ("After",), 60, ground="#f2b705", ink="#0e1416")
    made = made_of(source, sheet_of((800, 600), (400, 300), overlays=(pill,)), out=tmp_path / "out")
    for key in ("jpeg800x600", "webp800x600", "avif400x300", "jpeg400x300"):
        assert not near(pixel(made[key], (120 / 800, 105 / 600)), "#d02020")
        assert near(pixel(made[key], (90 / 800, 105 / 600)), "#d02020")
        assert near(pixel(made[key], (410 / 800, 105 / 600)), "#20a020")


def test_the_same_job_makes_the_same_bytes(tmp_path: Path) -> None:
    """A second render is identical, file by file."""
    source = photo(tmp_path / "in.jpg")
    sheet = sheet_of((640, 480), (320, 240))
    first = made_of(source, sheet, out=tmp_path / "one")
    second = made_of(source, sheet, out=tmp_path / "two")
    assert [each.artifact for each in first.values()] == [each.artifact for each in second.values()]


def test_progress_rises_to_one(tmp_path: Path) -> None:
    """Each finished file is heard of."""
    source = photo(tmp_path / "in.jpg")
    heard: list[float] = []
    render(
        source,
        facts=measure(source),
        sheets=[sheet_of((320, 240))],
        rights=RIGHTS,
        font=FONT,
        out=tmp_path,
        progress=heard.append,
    )
    assert heard == sorted(heard)
    assert len(heard) == 3
    assert heard[-1] == 1.0


def test_another_picture_than_the_measured_one_is_refused(tmp_path: Path) -> None:
    """Facts that do not fit the file stop the render before anything is written."""
    source = photo(tmp_path / "in.jpg")
    facts = replace(measure(source), width=900, height=1200)
    out = tmp_path / "out"
    out.mkdir()
    with pytest.raises(BadMedia):
        render(source, facts=facts, sheets=[sheet_of((90, 120))], rights=RIGHTS, font=FONT, out=out)
    assert list(out.iterdir()) == []


def test_a_file_that_does_not_read_back_is_not_kept(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Half of an encoded file is noticed, and nothing lies under its name."""
    source = photo(tmp_path / "in.jpg")

    def cut(*args: Any, **named: Any) -> bytes:
        body = encode(*args, **named)
        return body[: len(body) // 2]

    monkeypatch.setattr(module, "encode", cut)
    out = tmp_path / "out"
    with pytest.raises(VerificationFailed):
        made_of(source, sheet_of((320, 240)), out=out)
    assert list(out.iterdir()) == []


def test_one_pixel_is_rendered(tmp_path: Path) -> None:
    """The smallest picture there is."""
    source = tmp_path / "in.png"
    Image.new("RGB", (1, 1), "#336699").save(source)
    made = made_of(source, sheet_of((1, 1), crop=Box(0, 0, 1, 1)), out=tmp_path / "out")
    assert near(pixel(made["jpeg1x1"], (0, 0)), "#336699")


def test_a_frame_of_a_video_is_a_photo_like_any_other(tmp_path: Path) -> None:
    """A poster from a PNG of ours: each output of its own size and format, all clean."""
    png = tmp_path / "frame.png"
    Image.new("RGB", (1280, 720), "#336699").save(png)
    made = made_of(
        png,
        sheet_of((1280, 720), (640, 360), crop=Box(0, 0, 1280, 720)),
        out=tmp_path / "out",
    )
    assert len(made) == 6
    for each in made.values():
        assert leaks(Path(each.file)) == []
        assert near(pixel(each, (0.5, 0.5)), "#336699")
