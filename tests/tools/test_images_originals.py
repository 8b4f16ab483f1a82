"""Photos are opened safely, whole and upright; what is none of ours is refused with a reason."""

from __future__ import annotations

import io
import random
import struct
import time
import zlib
from pathlib import Path

import pytest
from PIL import Image, ImageFile
from PIL.PngImagePlugin import PngInfo

from pipeline.rules.errors import BadMedia
from pipeline.tools.images import colour
from pipeline.tools.images.originals import MAX_PIXELS, decode

ORIENTATION = 0x0112
# What a camera stores so that the tag turns it upright again.
STORED = {
    1: (),
    2: (Image.Transpose.FLIP_LEFT_RIGHT,),
    3: (Image.Transpose.ROTATE_180,),
    4: (Image.Transpose.FLIP_TOP_BOTTOM,),
    5: (Image.Transpose.TRANSPOSE,),
    6: (Image.Transpose.ROTATE_90,),
    7: (Image.Transpose.TRANSVERSE,),
    8: (Image.Transpose.ROTATE_270,),
}
XMP = '<x:xmpmeta xmlns:x="adobe:ns:meta/"><d tiff:Orientation="{}"/></x:xmpmeta>'


def corners(width: int = 96, height: int = 64) -> Image.Image:
    """A picture that no turn leaves as it was: four quarters in four colours."""
    picture = Image.new("RGB", (width, height), "#d02020")
    picture.paste("#20a020", (width // 2, 0, width, height // 2))
    picture.paste("#2020d0", (0, height // 2, width // 2, height))
    picture.paste("#e0e0e0", (width // 2, height // 2, width, height))
    return picture


def noise(width: int, height: int) -> Image.Image:
    """A picture that does not compress, so that half of its file is half of it."""
    bands = [Image.effect_noise((width, height), 60 + 10 * band) for band in range(3)]
    return Image.merge("RGB", bands)


def difference(one: Image.Image, other: Image.Image) -> float:
    """The mean absolute difference of two pictures, from 0 to 255."""
    assert one.size == other.size
    pairs = zip(one.convert("RGB").tobytes(), other.convert("RGB").tobytes(), strict=True)
    return sum(abs(left - right) for left, right in pairs) / (3 * one.width * one.height)


def refusal(path: Path) -> str:
    """The reason's code with which a file is refused."""
    with pytest.raises(BadMedia) as refused:
        decode(path)
    return refused.value.reason.code


def turned(orientation: int) -> Image.Image:
    """The corners as a camera held that way stores them."""
    picture = corners()
    for turn in STORED[orientation]:
        picture = picture.transpose(turn)
    return picture


def exif_of(orientation: int) -> Image.Exif:
    """EXIF with that orientation, a place and a camera."""
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    exif[0x010F] = "CANARY camera"
    exif.get_ifd(0x8825)[1] = "N"
    exif.get_ifd(0x8825)[2] = (52.0, 31.0, 12.0)
    return exif


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "TIFF", "AVIF", "HEIF"])
def test_every_orientation_comes_upright_once(
    tmp_path: Path,
    form: str,
    orientation: int,
) -> None:
    """EXIF tags, and the rotations of AVIF and HEIC, are applied exactly once."""
    path = tmp_path / "photo"
    settings = {"quality": 95} if form != "TIFF" else {}
    turned(orientation).save(path, form, exif=exif_of(orientation).tobytes(), **settings)
    if form == "HEIF" and orientation in {3, 6, 8}:
        assert b"irot" in path.read_bytes()
    picture = decode(path)
    assert (picture.width, picture.height) == picture.image.size == (96, 64)
    assert difference(picture.image, corners()) < 6


def test_heic_goes_by_its_own_rotation_alone(tmp_path: Path) -> None:
    """The HEIF standard says that the EXIF tag of a HEIC turns nothing; so do phones."""
    path = tmp_path / "photo.heic"
    turned(6).save(path, "HEIF", quality=95, exif=exif_of(6))  # as an object: no `irot` is written
    assert b"irot" not in path.read_bytes()
    assert difference(decode(path).image, turned(6)) < 6


@pytest.mark.parametrize("orientation", [3, 6, 8])
@pytest.mark.parametrize("form", ["PNG", "WEBP", "JPEG"])
def test_orientation_in_xmp_counts_too(tmp_path: Path, form: str, orientation: int) -> None:
    """Some programs write the orientation into XMP alone."""
    packet = XMP.format(orientation).encode()
    path = tmp_path / "photo"
    if form == "PNG":
        about = _png_text(packet.decode())
        turned(orientation).save(path, form, pnginfo=about)
    else:
        turned(orientation).save(path, form, quality=95, xmp=packet)
    assert difference(decode(path).image, corners()) < 6


def _png_text(packet: str) -> PngInfo:
    about = PngInfo()
    about.add_itxt("XML:com.adobe.xmp", packet)
    return about


def test_broken_exif_is_no_reason_to_refuse(tmp_path: Path) -> None:
    """A picture whose EXIF is rubbish is taken as it lies."""
    path = tmp_path / "photo.jpg"
    corners().save(path, "JPEG", quality=95, exif=b"Exif\0\0II*\0\x08\0\0\0\xff\xffrubbish")
    assert decode(path).image.size == (96, 64)


def test_jpeg_is_decoded_no_larger_than_needed(tmp_path: Path) -> None:
    """The decoder scales by eighths, never below what is asked; the full size is still known."""
    path = tmp_path / "photo.jpg"
    corners(1600, 1200).transpose(Image.Transpose.ROTATE_90).save(
        path, "JPEG", exif=exif_of(6), quality=95
    )
    picture = decode(path, at_least=(390, 290))
    assert (picture.width, picture.height) == (1600, 1200)
    assert picture.image.size == (400, 300)
    assert difference(picture.image, corners(400, 300)) < 4


@pytest.mark.parametrize(
    ("mode", "form"),
    [
        ("L", "PNG"),
        ("LA", "PNG"),
        ("1", "PNG"),
        ("P", "PNG"),
        ("RGBA", "WEBP"),
        ("CMYK", "JPEG"),
        ("CMYK", "TIFF"),
        ("RGB", "TIFF"),
        ("LAB", "TIFF"),
    ],
)
def test_every_mode_comes_in_one_that_can_be_shrunk(tmp_path: Path, mode: str, form: str) -> None:
    """Palettes, black and white, print colours: all can be resized afterwards."""
    path = tmp_path / "photo"
    grey = Image.new("RGB", (40, 30), "#808080")
    middle = Image.new("LAB", (40, 30), (137, 128, 128))
    (middle if mode == "LAB" else grey.convert(mode)).save(path, form)
    image = decode(path).image
    assert image.mode in {"L", "LA", "RGB", "RGBA", "CMYK", "LAB"}
    rgb = colour.to_srgb(image.resize((20, 15)), icc=None, ground="#ffffff")
    if mode != "1":
        assert difference(rgb, grey.resize((20, 15))) < 12


def test_sixteen_bits_keep_their_shades(tmp_path: Path) -> None:
    """Black, middle and white of 16 bits are black, middle and white of 8."""
    path = tmp_path / "photo.png"
    deep = Image.new("I;16", (30, 10))
    for at, value in enumerate((0, 32896, 65535)):
        deep.paste(value, (10 * at, 0, 10 * at + 10, 10))
    deep.save(path, "PNG")
    image = decode(path).image
    shades = [image.crop((at, 5, at + 1, 6)).tobytes()[0] for at in (5, 15, 25)]
    assert shades[0] == 0
    assert abs(shades[1] - 128) <= 1
    assert shades[2] == 255


@pytest.mark.parametrize("form", ["PNG", "WEBP", "AVIF", "TIFF", "MPO"])
def test_of_several_pictures_the_first_is_seen(tmp_path: Path, form: str) -> None:
    """Animations, pages, and the second picture behind a phone's JPEG: only the first counts."""
    path = tmp_path / "photo"
    second = Image.new("RGB", (96, 64), "black")
    corners().save(path, form, save_all=True, append_images=[second, second])
    assert difference(decode(path).image, corners()) < 8


def png_of(width: int, height: int) -> bytes:
    """A PNG that claims a size and holds one row of it."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return (
            struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
        )

    head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    body = zlib.compress(bytes(1 + width // 8))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    "size", [(30_000, 30_000), (12_000, 12_000), (60_000, 100), (2**31 - 1, 2**31 - 1)]
)
def test_bombs_are_refused_before_they_are_opened(tmp_path: Path, size: tuple[int, int]) -> None:
    """A claim of too many pixels is refused at once, without the memory for them."""
    path = tmp_path / "photo.png"
    path.write_bytes(png_of(*size))
    began = time.perf_counter()
    assert refusal(path) == "photo_too_large"
    assert time.perf_counter() - began < 2


def test_a_bomb_of_text_is_refused(tmp_path: Path) -> None:
    """A PNG whose comment unpacks to a hundred megabytes is broken, not a crash."""
    packed = zlib.compress(bytes(100_000_000))
    text = b"Comment\0\0" + packed
    body = struct.pack(">I", len(text)) + b"zTXt" + text
    body += struct.pack(">I", zlib.crc32(b"zTXt" + text))
    whole = io.BytesIO()
    corners().save(whole, "PNG")
    path = tmp_path / "photo.png"
    path.write_bytes(whole.getvalue()[:33] + body + whole.getvalue()[33:])
    assert refusal(path) == "photo_broken"


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "TIFF", "AVIF", "HEIF"])
@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_a_cut_photo_is_refused(tmp_path: Path, form: str, share: float) -> None:
    """Of a file that ends too early nothing is shown."""
    whole = io.BytesIO()
    noise(200, 150).save(whole, form)
    path = tmp_path / "photo"
    path.write_bytes(whole.getvalue()[: int(len(whole.getvalue()) * share)])
    assert refusal(path) in {"photo_broken", "photo_format"}


FOREIGN = {
    "eps": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n",
    "svg": b"<svg xmlns='http://www.w3.org/2000/svg'/>",
    "psd": b"8BPS\0\1" + bytes(40),
    "gif": b"GIF89a" + bytes(40),
    "bmp": b"BM" + bytes(60),
    "html": b"<!doctype html><p>x",
    "pdf": b"%PDF-1.7\n",
    "fits": b"SIMPLE  =                    T",
    "jp2": b"\0\0\0\x0cjP  \r\n\x87\n" + bytes(40),
    "empty": b"",
}


@pytest.mark.parametrize("kind", FOREIGN)
def test_other_formats_named_jpg_are_refused(tmp_path: Path, kind: str) -> None:
    """The name says nothing: only the content's own beginning opens a decoder."""
    path = tmp_path / "photo.jpg"
    path.write_bytes(FOREIGN[kind])
    assert refusal(path) == "photo_format"


def test_a_jpeg_named_png_is_a_jpeg(tmp_path: Path) -> None:
    """A wrong ending does no harm."""
    path = tmp_path / "photo.png"
    corners().save(path, "JPEG")
    assert decode(path).image.size == (96, 64)


@pytest.mark.parametrize(
    "error",
    [
        ValueError,
        TypeError,
        EOFError,
        RuntimeError,
        OSError,
        SyntaxError,
        KeyError,
        IndexError,
        AttributeError,
        ZeroDivisionError,
        struct.error,
        zlib.error,
        AssertionError,
    ],
)
def test_whatever_a_decoder_raises_is_a_broken_photo(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    error: type[Exception],
) -> None:
    """Every class of exception becomes BadMedia, so one bad file never stops the queue."""
    path = tmp_path / "photo.jpg"
    corners().save(path, "JPEG")

    def explode(*_args: object, **_named: object) -> None:
        raise error("from inside")

    monkeypatch.setattr(ImageFile.ImageFile, "load", explode)
    assert refusal(path) == "photo_broken"


@pytest.mark.parametrize("error", [MemoryError, Image.DecompressionBombError])
def test_a_photo_that_memory_does_not_hold_is_too_large(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    error: type[Exception],
) -> None:
    """Running out of memory says that the photo is too large."""
    path = tmp_path / "photo.jpg"
    corners().save(path, "JPEG")

    def explode(*_args: object, **_named: object) -> None:
        raise error("from inside")

    monkeypatch.setattr(ImageFile.ImageFile, "load", explode)
    assert refusal(path) == "photo_too_large"


def test_mutated_photos_never_raise_anything_else(tmp_path: Path) -> None:
    """Bytes turned over anywhere: a picture or BadMedia, never another exception."""
    dice = random.Random(4)  # noqa: S311 - no secrets: the same mutations every time
    path = tmp_path / "photo"
    for form in ("JPEG", "PNG", "WEBP", "TIFF", "AVIF", "HEIF"):
        whole = io.BytesIO()
        corners().save(whole, form, exif=exif_of(6))
        for _ in range(25):
            broken = bytearray(whole.getvalue())
            for _ in range(3):
                broken[dice.randrange(12, len(broken))] = dice.randrange(256)
            path.write_bytes(broken)
            try:
                decode(path)
            except BadMedia as refused:
                assert refused.reason.code.startswith("photo_")  # noqa: PT017 - a photo may also open


def test_pillows_own_fences_stand() -> None:
    """Truncated files are never painted over, and the pixel limit is ours."""
    assert ImageFile.LOAD_TRUNCATED_IMAGES is False
    assert Image.MAX_IMAGE_PIXELS == MAX_PIXELS
