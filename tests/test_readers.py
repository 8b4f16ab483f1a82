"""The independent readers find what was planted: a reader that sees nothing proves nothing."""

from __future__ import annotations

import io
import zlib

import pytest
from PIL import Image, PngImagePlugin
from readers import leaks
from samples import photo, video


@pytest.mark.parametrize("name", ["jpeg", "png", "heic"])
def test_photos_of_phones_are_full_of_leaks(name: str) -> None:
    """EXIF is named in every format."""
    assert any("xif" in each or "eXIf" in each for each in leaks(photo(name)))


def test_every_segment_of_a_jpeg_is_named() -> None:
    """EXIF, a comment, IPTC, a second picture and bytes behind the end."""
    clean = _saved("JPEG")
    assert leaks(clean) == []
    planted = {
        "COM": b"\xff\xfe\x00\x06Jane",
        "APP13": b"\xff\xed\x00\x08Photos",
        "APP2 b'MPF": b"\xff\xe2\x00\x06MPF\0",
        "not sRGB": b"\xff\xe2\x00\x94ICC_PROFILE\0\x01\x01" + b"\0\0\0\x84".ljust(132, b"A"),
    }
    for name, segment in planted.items():
        found = leaks(clean[:2] + segment + clean[2:])
        assert any(name in each for each in found), (name, found)
    assert leaks(clean + b"PK") == ["bytes after the end of the image"]


def test_every_chunk_of_a_png_is_named() -> None:
    """Text, time and bytes behind the end."""
    text = PngImagePlugin.PngInfo()
    text.add_text("Author", "Jane")
    assert leaks(_saved("PNG", pnginfo=text)) == ["chunk tEXt"]
    clean = _saved("PNG")
    assert leaks(clean) == []
    time = b"tIME\x07\xea\x03\x05\x10\x00\x00"
    chunk = b"\0\0\0\x07" + time + zlib.crc32(time).to_bytes(4, "big")
    assert leaks(clean[:33] + chunk + clean[33:]) == ["chunk tIME"]
    assert leaks(clean + b"\0") == ["bytes after the end of the image"]


@pytest.mark.parametrize("name", ["WEBP", "AVIF"])
def test_modern_formats_are_walked(name: str) -> None:
    """EXIF and a second XMP property are named, a clean file is clean."""
    assert leaks(_saved(name)) == []
    exif = Image.Exif()
    exif[315] = "Jane"
    assert any("xif" in each.lower() for each in leaks(_saved(name, exif=exif.tobytes())))
    xmp = (
        b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><xmp:CreatorTool>Phone</xmp:CreatorTool></x:xmpmeta>'
    )
    assert leaks(_saved(name, xmp=xmp)) == ["XMP xmp:CreatorTool"]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("named", {"creation time in mvhd", "moov/udta", "moov/trak/udta"}),
        ("rotate90", {"a display matrix"}),
        ("plain", {"moov/udta"}),
    ],
)
def test_films_of_phones_are_full_of_leaks(name: str, expected: set[str]) -> None:
    """Times, places, titles and a turned picture are named."""
    assert expected <= set(leaks(video(name)))


def test_bytes_that_no_track_shows_are_named() -> None:
    """Something hidden in the media of a film is found by counting."""
    body = bytearray(video("no-audio").read_bytes())
    at = body.index(b"mdat") - 4
    length = int.from_bytes(body[at : at + 4], "big")
    body[at : at + 4] = (length + 4).to_bytes(4, "big")
    body[at + length : at + length] = b"Jane"
    assert "4 bytes of media that no track shows" in leaks(bytes(body))


def test_other_formats_are_never_public() -> None:
    """What is none of the public formats is a leak as a whole."""
    assert leaks(b"GIF89a") == ["a format that is never published"]
    assert leaks(video("mkv")) == ["a format that is never published"]


def _saved(name: str, **settings: object) -> bytes:
    body = io.BytesIO()
    Image.linear_gradient("L").convert("RGB").save(body, format=name, **settings)
    return body.getvalue()
