"""What the numbers of a picture mean: any colour space to sRGB, and transparency to a ground."""

from __future__ import annotations

import io
from functools import lru_cache

from PIL import Image, ImageCms

# Colours outside sRGB are moved as little as possible, and black stays black.
_INTENT = ImageCms.Intent.RELATIVE_COLORIMETRIC
_FLAGS = ImageCms.Flags.BLACKPOINTCOMPENSATION


def to_srgb(image: Image.Image, *, icc: bytes | None, ground: str) -> Image.Image:
    """Return the picture as a fresh RGB image in sRGB, transparent parts shown on `ground`.

    The image may be L, LA, RGB, RGBA, CMYK or LAB. Without a profile, or with one that is broken
    or belongs to another mode, its numbers are taken for what is usual in that mode.
    """
    alpha = image.getchannel("A") if image.mode in {"LA", "RGBA"} else None
    opaque = _without_alpha(image)
    rgb = _converted(opaque, icc=icc)
    if alpha is None:
        fresh = Image.new("RGB", rgb.size)
        fresh.paste(rgb)
    else:
        fresh = Image.new("RGB", rgb.size, ground)
        fresh.paste(rgb, mask=alpha)
    return fresh


def _without_alpha(image: Image.Image) -> Image.Image:
    if image.mode == "LA":
        return image.getchannel("L")
    if image.mode == "RGBA":
        return Image.merge("RGB", image.split()[:3])
    return image


def _converted(image: Image.Image, *, icc: bytes | None) -> Image.Image:
    if image.mode == "LAB":
        return ImageCms.applyTransform(image, _from_lab()) or image.convert("RGB")
    transform = _transform(icc, image.mode) if icc else None
    if transform is None:
        return image.convert("RGB")
    return ImageCms.applyTransform(image, transform) or image.convert("RGB")


@lru_cache(maxsize=4)
def _transform(icc: bytes, mode: str) -> ImageCms.ImageCmsTransform | None:
    """Return the way from that profile to sRGB; None where there is none or none is needed."""
    try:
        profile = ImageCms.ImageCmsProfile(io.BytesIO(icc))
        # A profile that says that it is sRGB needs no rounding of every pixel to be believed.
        if mode == "RGB" and "srgb" in (profile.profile.profile_description or "").lower():
            return None
        return ImageCms.buildTransform(
            profile,
            ImageCms.createProfile("sRGB"),
            mode,
            "RGB",
            renderingIntent=_INTENT,
            flags=_FLAGS,
        )
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return None


@lru_cache(maxsize=1)
def _from_lab() -> ImageCms.ImageCmsTransform:
    lab, srgb = ImageCms.createProfile("LAB"), ImageCms.createProfile("sRGB")
    return ImageCms.buildTransform(lab, srgb, "LAB", "RGB", renderingIntent=_INTENT)
