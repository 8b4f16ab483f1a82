"""Looking at films: single frames as pictures, read by ffmpeg as BT.709 whatever a file claims."""

from __future__ import annotations

import subprocess
from pathlib import Path

from PIL import Image
from samples import CORNERS, FFMPEG


def frame(film: Path, *, number: int = 0) -> Image.Image:
    """Return one frame of a film of ours, as a screen would show it."""
    words = f"select='eq(n,{number})',scale=in_color_matrix=bt709:in_range=tv:out_range=pc"
    png = subprocess.run(
        [FFMPEG, "-nostdin", "-v", "error", "-i", film, "-vf", words,
         "-frames:v", "1", "-pix_fmt", "rgb24", "-f", "rawvideo", "-"],
        capture_output=True,
        check=True,
    ).stdout  # fmt: skip
    told = subprocess.run(
        [FFMPEG, "-nostdin", "-i", film],
        capture_output=True,
        text=True,
        check=False,
    ).stderr
    size = next(
        word
        for line in told.splitlines()
        if "Video:" in line
        for word in line.replace(",", " ").split()
        if word.count("x") == 1 and word.replace("x", "").isdigit()
    )
    width, height = map(int, size.split("x"))
    return Image.frombytes("RGB", (width, height), png)


def pixel(image: Image.Image, at: tuple[int, int]) -> tuple[int, ...]:
    """Return the colour at a place of a picture with several bands."""
    found = image.getpixel(at)
    assert isinstance(found, tuple), found
    return found


def wrong_corners(image: Image.Image, *, tolerance: int = 24) -> list[str]:
    """Name the corners whose colour is not that of `samples`: empty for an upright picture."""
    wrong = []
    for (x, y), expected in CORNERS.items():
        found = pixel(image.convert("RGB"), (int(x * image.width), int(y * image.height)))
        if max(abs(a - b) for a, b in zip(found, expected, strict=True)) > tolerance:
            wrong.append(f"{found} instead of {expected} at {x}, {y}")
    return wrong
