"""Opening a photo that a stranger may have made: which decoders may see it, and how large it is.

Everything that a decoder throws at us becomes `BadMedia` here, and here alone. A picture leaves
this file upright, whole, with its colours as they were (`colour` knows those) and nothing else.
"""

from __future__ import annotations

import re
import warnings
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pillow_heif
from PIL import ExifTags, Image

from pipeline.rules.errors import BadMedia, Reason
from pipeline.tools.sniff import sniff

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MAX_PIXELS = 60_000_000
_MAX_SIDE = 30_000

pillow_heif.register_heif_opener(depth_images=False, thumbnails=False)
Image.MAX_IMAGE_PIXELS = MAX_PIXELS  # what is larger is refused by Pillow itself, frame by frame

_DECODERS = {
    "jpeg": "JPEG",
    "png": "PNG",
    "webp": "WEBP",
    "avif": "AVIF",
    "heic": "HEIF",
    "tiff": "TIFF",
}
# How a picture is turned upright, by the number of its Orientation tag.
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_LYING = frozenset({5, 6, 7, 8})
_ORIENTATION_XMP = re.compile(rb'tiff:Orientation(?:="|>)([1-8])')


@dataclass(frozen=True, slots=True)
class Picture:
    """A decoded photo: upright, its profile beside it, and the size it has in full.

    `image` may be smaller than `width` x `height` where the decoder could scale.
    """

    image: Image.Image
    icc: bytes | None
    width: int
    height: int


@contextmanager
def opened(path: Path) -> Iterator[tuple[Image.Image, str]]:
    """Open a photo and give it with the word for its format; what goes wrong within is BadMedia.

    Of several pictures in one file (bursts, animations, pages, gain maps) only the first is seen.

    Raises:
        BadMedia: "photo_format" for what is none of our formats, "photo_too_large" before
            anything is decoded, "photo_broken" for all that a decoder raised.
    """
    found = sniff(path).format
    if found not in _DECODERS:
        raise BadMedia(Reason("photo_format", facts={"format": found}))
    with _decoding(), Image.open(path, formats=(_DECODERS[found],)) as image:
        _check_size(image)
        yield image, found


def decode(path: Path, *, at_least: tuple[int, int] | None = None) -> Picture:
    """Decode a photo whole and upright; scaled by the decoder, but no smaller than `at_least`.

    Raises:
        BadMedia: as `opened` does.
    """
    with opened(path) as (image, found):
        full = upright_size(image)
        if at_least is not None and found == "jpeg":
            wanted = at_least if orientation(image) not in _LYING else at_least[::-1]
            image.draft(None, wanted)
        image.load()
        # Some formats say only now how large the picture is, or how it is turned.
        _check_size(image)
        if at_least is None:
            full = upright_size(image)
        turn = _TURNS.get(orientation(image))
        icc = image.info.get("icc_profile")
        plain = _plain(image)
        upright = plain.transpose(turn) if turn is not None else plain
        return Picture(upright, icc if isinstance(icc, bytes) else None, *full)


def upright_size(image: Image.Image) -> tuple[int, int]:
    """Return width and height of the picture as a person sees it."""
    width, height = image.size
    return (height, width) if orientation(image) in _LYING else (width, height)


def orientation(image: Image.Image) -> int:
    """Return the Orientation, 1 to 8; 1 where a file says nothing that can be understood.

    Pillow turns AVIF's own rotation into this tag; HEIC comes upright and with the tag reset.
    """
    try:
        found = image.getexif().get(ExifTags.Base.Orientation, 1)
    except Exception:  # noqa: BLE001 - EXIF is read by hand-written parsers that raise anything
        xmp = image.info.get("xmp")
        match = _ORIENTATION_XMP.search(xmp) if isinstance(xmp, bytes) else None
        found = int(match[1]) if match else 1
    return found if found in _TURNS else 1


def _check_size(image: Image.Image) -> None:
    width, height = image.size
    if width * height > MAX_PIXELS or max(width, height) > _MAX_SIDE:
        raise BadMedia(_too_large(width * height))


def _too_large(pixels: int | None = None) -> Reason:
    facts = {"limit": str(MAX_PIXELS // 1_000_000)}
    if pixels is not None:
        facts["megapixels"] = str(round(pixels / 1_000_000))
    return Reason("photo_too_large", facts=facts)


@contextmanager
def _decoding() -> Iterator[None]:
    try:
        with warnings.catch_warnings():
            # Complaints about rubbish in EXIF quote it: they belong into no log.
            warnings.simplefilter("ignore", UserWarning)
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            yield
    except BadMedia:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning, MemoryError) as error:
        raise BadMedia(_too_large(), type(error).__name__) from error
    except Exception as error:  # decoders of broken files raise nearly every class there is
        detail = f"{type(error).__name__} from the decoder"
        raise BadMedia(Reason("photo_broken"), detail) from error


def _plain(image: Image.Image) -> Image.Image:
    """Return the pixels in a mode that can be resized: L, LA, RGB, RGBA, CMYK or LAB."""
    if image.mode.startswith("I;16"):
        # 257 is 65535 / 255: white stays white.
        return image.convert("I").point(lambda value: value * (1 / 257) + 0.5).convert("L")
    if image.mode in {"L", "RGB", "CMYK", "LAB"}:
        return image.convert("RGBA") if "transparency" in image.info else image
    if image.mode == "LA":
        return image
    if image.mode == "1":
        return image.convert("L")
    if image.mode in {"I", "F"}:
        raise BadMedia(Reason("photo_format", facts={"format": f"{image.format} {image.mode}"}))
    return image.convert("RGBA" if image.has_transparency_data else "RGB")
