"""What is measured once of a photo: the one full decode of an original, and what came of it."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

from PIL import ExifTags, Image, ImageFilter, ImageStat

from pipeline.rules.errors import BadMedia, Reason
from pipeline.rules.media import Facts, Kind
from pipeline.tools.images.colour import to_srgb
from pipeline.tools.images.originals import Picture, decode, opened
from pipeline.tools.sniff import complete_container

if TYPE_CHECKING:
    from pathlib import Path

FACTS_VERSION = 1  # raised by hand when measuring changes
_SHARPNESS_SIDE = 1024
_LAPLACE = ImageFilter.Kernel((3, 3), (0, 1, 0, 1, -4, 1, 0, 1, 0), scale=1, offset=128)


def measure(path: Path) -> Facts:
    """Decode a photo to its last byte and return what is known of it.

    `sharpness` is the variance of the Laplacian of its grey picture, at most 1024 pixels a side.

    Raises:
        BadMedia: "photo_format", "photo_too_large" or "photo_broken" (also: cut off).
    """
    picture = decode(path)
    # Decoders paint what is missing at the end of a JPEG grey and are content.
    if not complete_container(path):
        raise BadMedia(Reason("photo_broken"), "the file ends before the picture does")
    with opened(path) as (image, found):
        taken_on = _taken_on(image)
    return Facts(
        version=FACTS_VERSION,
        kind=Kind.PHOTO,
        format=found,
        width=picture.width,
        height=picture.height,
        taken_on=taken_on,
        sharpness=_sharpness(picture),
    )


def _taken_on(image: Image.Image) -> date | None:
    """Return the day on which the camera says it took the picture."""
    try:
        exif = image.getexif()
        said = exif.get_ifd(ExifTags.IFD.Exif).get(ExifTags.Base.DateTimeOriginal)
        said = said or exif.get(ExifTags.Base.DateTimeOriginal)
        return datetime.strptime(str(said)[:10], "%Y:%m:%d").date()  # noqa: DTZ007 - a day as the camera had it, no instant
    except Exception:  # noqa: BLE001 - EXIF is read by hand-written parsers that raise anything
        return None


def _sharpness(picture: Picture) -> float:
    small = picture.image.copy()
    small.thumbnail((_SHARPNESS_SIDE, _SHARPNESS_SIDE), reducing_gap=2.0)
    grey = to_srgb(small, icc=None, ground="#808080").convert("L")
    if min(grey.size) < 3:
        return 0.0
    edges = grey.filter(_LAPLACE).crop((1, 1, grey.width - 1, grey.height - 1))
    return round(ImageStat.Stat(edges).var[0], 2)
