"""What is measured of a photo, and that measuring finds what is cut off."""

from __future__ import annotations

import io
from datetime import date
from pathlib import Path

import pytest
from PIL import Image, ImageFilter

from pipeline.rules.errors import BadMedia
from pipeline.rules.media import Kind
from pipeline.tools.images import measure
from pipeline.tools.images.facts import FACTS_VERSION


def noise(width: int = 320, height: int = 240) -> Image.Image:
    """A sharp picture."""
    return Image.effect_noise((width, height), 90).convert("RGB")


def exif_of(taken: str, *, orientation: int = 1) -> bytes:
    """EXIF of a camera held that way at that moment."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif.get_ifd(0x8769)[0x9003] = taken
    return exif.tobytes()


@pytest.mark.parametrize(
    ("form", "word"),
    [
        ("JPEG", "jpeg"),
        ("PNG", "png"),
        ("WEBP", "webp"),
        ("AVIF", "avif"),
        ("HEIF", "heic"),
        ("TIFF", "tiff"),
        ("MPO", "jpeg"),
    ],
)
def test_facts_of_every_format(tmp_path: Path, form: str, word: str) -> None:
    """Upright size, format, and the day in the file's own metadata."""
    path = tmp_path / "photo"
    noise().save(path, form, exif=exif_of("2026:03:09 23:59:59", orientation=6))
    facts = measure(path)
    assert (facts.version, facts.kind, facts.format) == (FACTS_VERSION, Kind.PHOTO, word)
    assert (facts.width, facts.height) == (240, 320)
    assert facts.taken_on == date(2026, 3, 9)
    assert facts.duration_s is None
    assert not facts.has_audio


@pytest.mark.parametrize("taken", ["0000:00:00 00:00:00", "yesterday", "", "2026:13:41 00:00:00"])
def test_a_day_that_is_none_is_not_guessed(tmp_path: Path, taken: str) -> None:
    """A camera with a dead clock says nothing."""
    path = tmp_path / "photo.jpg"
    noise().save(path, "JPEG", exif=exif_of(taken))
    assert measure(path).taken_on is None


def test_without_exif_there_is_no_day(tmp_path: Path) -> None:
    """A screenshot has no day."""
    path = tmp_path / "photo.png"
    noise().save(path, "PNG")
    assert measure(path).taken_on is None


def test_a_sharp_picture_is_sharper_than_a_soft_one(tmp_path: Path) -> None:
    """The measure falls with every blur, and does not depend on the size of the file."""
    found = []
    for radius in (0, 1, 4):
        path = tmp_path / f"{radius}.png"
        noise().filter(ImageFilter.GaussianBlur(radius)).save(path, "PNG")
        found.append(measure(path).sharpness or 0.0)
    assert found[0] > found[1] > found[2] > 0


@pytest.mark.parametrize("size", [(1, 1), (2, 5), (9000, 1)])
def test_the_smallest_pictures_are_measured(tmp_path: Path, size: tuple[int, int]) -> None:
    """One pixel is a picture too; nothing is divided by zero."""
    path = tmp_path / "photo.png"
    Image.new("RGB", size, "#336699").save(path, "PNG")
    facts = measure(path)
    assert (facts.width, facts.height) == size


@pytest.mark.parametrize("progressive", [False, True])
def test_a_jpeg_with_an_empty_tail_is_refused(tmp_path: Path, *, progressive: bool) -> None:
    """A copy that got its full size beforehand decodes without a word, and is still not whole."""
    whole = io.BytesIO()
    noise().save(whole, "JPEG", quality=90, progressive=progressive)
    body = whole.getvalue()
    path = tmp_path / "photo.jpg"
    for share in (0.3, 0.7, 0.98):
        kept = int(len(body) * share)
        path.write_bytes(body[:kept] + bytes(len(body) - kept))
        with pytest.raises(BadMedia) as refused:
            measure(path)
        assert refused.value.reason.code == "photo_broken"
    path.write_bytes(body + b"what a phone puts behind it")
    assert measure(path).width == 320
