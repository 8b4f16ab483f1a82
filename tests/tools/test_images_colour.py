"""Colours: every profile ends in sRGB, and transparency on the ground it was given."""

from __future__ import annotations

import io
import math
import struct

import pytest
from PIL import Image, ImageCms

from pipeline.tools.images.colour import to_srgb
from pipeline.tools.images.encoders import SRGB

# Patches in sRGB, and the spaces' primaries as XYZ under D50, from their specifications.
PATCHES = {
    "skin": (198, 145, 118),
    "teal": (11, 110, 105),
    "grey": (128, 128, 128),
    "red": (200, 40, 40),
}
RGB_TO_XYZ = {
    "p3": ((0.51512, 0.29198, 0.15710), (0.24120, 0.69225, 0.06657), (-0.00105, 0.04189, 0.78407)),
    "adobe": (
        (0.60974, 0.20528, 0.14919),
        (0.31111, 0.62567, 0.06322),
        (0.01947, 0.06087, 0.74457),
    ),
}
SRGB_TO_XYZ = (
    (0.43607, 0.38515, 0.14307),
    (0.22249, 0.71687, 0.06061),
    (0.01392, 0.09708, 0.71410),
)
Matrix = tuple[tuple[float, ...], ...]


def profile_of(space: str) -> bytes:
    """A matrix profile (ICC version 2) of that space, made of the nine tags that one needs."""
    gamma = 2.19921875
    columns = list(zip(*RGB_TO_XYZ[space], strict=True))

    def xyz(values: tuple[float, ...]) -> bytes:
        return b"XYZ \0\0\0\0" + b"".join(struct.pack(">i", round(each * 65536)) for each in values)

    if space == "adobe":
        curve = b"curv\0\0\0\0" + struct.pack(">IH", 1, round(gamma * 256)) + b"\0\0"
    else:
        values = (round(65535 * linear(at / 255)) for at in range(256))
        curve = b"curv\0\0\0\0" + struct.pack(">I", 256) + struct.pack(">256H", *values)
    name = space.encode() + b"\0"
    text = b"desc\0\0\0\0" + struct.pack(">I", len(name)) + name + bytes(78)
    parts = [
        (b"desc", text + bytes(-len(text) % 4)),
        (b"cprt", b"text\0\0\0\0ours\0\0\0\0"),
        (b"wtpt", xyz((0.9642, 1.0, 0.8249))),
        *zip((b"rXYZ", b"gXYZ", b"bXYZ"), map(xyz, columns), strict=True),
        *((name, curve) for name in (b"rTRC", b"gTRC", b"bTRC")),
    ]
    table, body, at = b"", b"", 132 + 12 * len(parts)
    for name, content in parts:
        table += struct.pack(">4sII", name, at + len(body), len(content))
        body += content
    size = at + len(body)
    head = struct.pack(">II4s4s4s4s", size, 0, b"\x02\x10\0\0", b"mntr", b"RGB ", b"XYZ ")
    head += bytes(12) + b"acsp" + bytes(28) + struct.pack(">iii", 63190, 65536, 54061)
    return head.ljust(128, b"\0") + struct.pack(">I", len(parts)) + table + body


def linear(part: float) -> float:
    """The light behind an sRGB value, both from 0 to 1."""
    return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4


def encoded(light: float) -> float:
    """The sRGB value of a light, both from 0 to 1."""
    return 12.92 * light if light <= 0.0031308 else 1.055 * light ** (1 / 2.4) - 0.055


def solved(matrix: Matrix, right: tuple[float, ...]) -> list[float]:
    """Cramer's rule for three unknowns."""

    def det(rows: Matrix) -> float:
        (a, b, c), (d, e, f), (g, h, i) = rows
        return a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g)

    whole = det(matrix)
    return [
        det(
            tuple(
                tuple(right[row] if at == column else matrix[row][at] for at in range(3))
                for row in range(3)
            )
        )
        / whole
        for column in range(3)
    ]


def in_space(rgb: tuple[int, int, int], space: str) -> tuple[int, ...]:
    """The numbers that a camera of that space writes for an sRGB colour."""
    light = [linear(each / 255) for each in rgb]
    xyz = tuple(sum(row[at] * light[at] for at in range(3)) for row in SRGB_TO_XYZ)
    parts = solved(RGB_TO_XYZ[space], xyz)
    if space == "adobe":
        return tuple(round(255 * max(part, 0) ** (1 / 2.19921875)) for part in parts)
    return tuple(round(255 * encoded(max(part, 0))) for part in parts)


def delta_e(one: tuple[int, ...], other: tuple[int, ...]) -> float:
    """The distance of two sRGB colours in Lab (CIE 1976): 1 is hardly seen, 2.3 just."""
    lab = ImageCms.createProfile("LAB")
    way = ImageCms.buildTransform(ImageCms.createProfile("sRGB"), lab, "RGB", "LAB")
    picture = Image.new("RGB", (2, 1))
    picture.putpixel((0, 0), one)
    picture.putpixel((1, 0), other)
    seen = ImageCms.applyTransform(picture, way)
    assert seen is not None
    raw = seen.tobytes()
    light = [raw[at] * 100 / 255 for at in (0, 3)]
    rest = [((raw[at] ^ 0x80) - 128, (raw[at + 1] ^ 0x80) - 128) for at in (1, 4)]
    return math.sqrt(
        (light[0] - light[1]) ** 2 + sum((a - b) ** 2 for a, b in zip(*rest, strict=True))
    )


def pixel(picture: Image.Image, *, x: int = 0) -> tuple[int, ...]:
    """The colour of the upper left corner, or of a place right of it."""
    return tuple(picture.crop((x, 0, x + 1, 1)).tobytes())


@pytest.mark.parametrize("patch", PATCHES)
@pytest.mark.parametrize("space", ["p3", "adobe"])
def test_wide_colours_come_out_right(patch: str, space: str) -> None:
    """Patches of Display P3 and Adobe RGB are in sRGB what they were, within ΔE 1.5."""
    stored = in_space(PATCHES[patch], space)
    picture = Image.new("RGB", (4, 4), stored)
    assert patch == "grey" or delta_e(stored, PATCHES[patch]) > 3  # else the test shows nothing
    shown = to_srgb(picture, icc=profile_of(space), ground="#ffffff")
    assert delta_e(pixel(shown), PATCHES[patch]) < 1.5


def test_srgb_is_left_alone() -> None:
    """A picture in sRGB keeps its numbers, with the profile and without."""
    picture = Image.new("RGB", (4, 4), (11, 110, 105))
    for icc in (None, SRGB):
        assert pixel(to_srgb(picture, icc=icc, ground="#ffffff")) == (11, 110, 105)


@pytest.mark.parametrize("icc", [b"", b"rubbish", SRGB[:200], bytes(500)])
@pytest.mark.parametrize("mode", ["RGB", "L", "CMYK", "RGBA"])
def test_a_broken_or_foreign_profile_is_passed_over(icc: bytes, mode: str) -> None:
    """The picture is shown as if it had none."""
    picture = Image.new("RGB", (4, 4), "#808080").convert(mode)
    shown = to_srgb(picture, icc=icc, ground="#ffffff")
    assert all(abs(each - 128) <= 1 for each in pixel(shown))


@pytest.mark.parametrize("mode", ["RGBA", "LA"])
def test_transparency_shows_the_ground(mode: str) -> None:
    """What is clear becomes the ground, what is half clear half of it."""
    picture = Image.new(mode, (3, 1), 0)
    black = (0,) * (len(mode) - 1)
    for at, alpha in enumerate((0, 128, 255)):
        picture.putpixel((at, 0), (*black, alpha))
    shown = to_srgb(picture, icc=None, ground="#f4f6f5")
    assert shown.getpixel((0, 0)) == (0xF4, 0xF6, 0xF5)
    assert abs(pixel(shown, x=1)[0] - 0xF4 // 2) <= 2
    assert shown.getpixel((2, 0)) == (0, 0, 0)


def test_lab_is_understood() -> None:
    """A middle grey in Lab is a middle grey."""
    lab = Image.new("LAB", (4, 4), (137, 128, 128))
    shown = pixel(to_srgb(lab, icc=None, ground="#ffffff"))
    assert max(shown) - min(shown) <= 2
    assert 120 < shown[0] < 136


def test_print_colours_without_a_profile() -> None:
    """CMYK white is white, full cyan is no red."""
    for ink, check in (((0, 0, 0, 0), (255, 255, 255)), ((255, 0, 0, 0), (0, 255, 255))):
        assert pixel(to_srgb(Image.new("CMYK", (2, 2), ink), icc=None, ground="#ffffff")) == check


def test_the_result_has_nothing_but_pixels() -> None:
    """Comments, profiles and EXIF of the source do not ride along."""
    whole = io.BytesIO()
    picture = Image.new("RGB", (8, 8), "#336699")
    picture.save(whole, "JPEG", comment=b"CANARY", icc_profile=SRGB, exif=b"Exif\0\0CANARY")
    whole.seek(0)
    with Image.open(whole) as opened:
        shown = to_srgb(opened, icc=SRGB, ground="#ffffff")
    assert shown.info == {}
    assert type(shown) is Image.Image
