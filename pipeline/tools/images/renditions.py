"""All files of a photo from one decode: canvases made once, sizes shrunk from the next larger.

A canvas is cropped, placed on its ground and branded at its full size; what is smaller is scaled
from that. Encoders run side by side, the slowest first. A file is read back before it counts.
"""

from __future__ import annotations

import hashlib
import io
import os
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from math import ceil
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image

from pipeline.rules.errors import BadMedia, Reason, VerificationFailed
from pipeline.rules.media import Artifact, Box, Canvas
from pipeline.rules.work import Made, Output, Rights, Sheet
from pipeline.tools.images.colour import to_srgb
from pipeline.tools.images.encoders import CONTENT_TYPES, EXTENSIONS, encode
from pipeline.tools.images.originals import Picture, decode
from pipeline.tools.images.overlays import draw_overlay

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from pipeline.rules.media import Facts

_COST = {"avif": 4, "webp": 2, "jpeg": 1}  # roughly, per pixel: the dearest is begun first


def render(
    source: Path,
    *,
    facts: Facts,
    sheets: Sequence[Sheet],
    rights: Rights,
    font: Path,
    out: Path,
    progress: Callable[[float], None] | None = None,
) -> list[Made]:
    """Make all files of a photo in the folder `out`, in the order of the sheets' outputs.

    `progress` hears the share that is done, from the thread that called.

    Raises:
        BadMedia: the original cannot be decoded, or is not the one that was measured.
        VerificationFailed: a file does not read back as planned.
    """
    picture = decode(source, at_least=_needed(sheets, facts=facts))
    if (picture.width, picture.height) != (facts.width, facts.height):
        raise BadMedia(Reason("photo_broken"), "the size is not the measured one")
    pictures = (
        (
            branded(
                [Shown(picture, crop=sheet.canvas.crop, place=sheet.canvas.place)],
                canvas=sheet.canvas,
                font=font,
            ),
            sheet.outputs,
        )
        for sheet in sheets
    )
    return files(pictures, rights=rights, out=out, progress=progress, total=_count(sheets))


def _count(sheets: Sequence[Sheet]) -> int:
    return sum(len(sheet.outputs) for sheet in sheets)


def _needed(sheets: Sequence[Sheet], *, facts: Facts) -> tuple[int, int]:
    """Return the smallest size of the whole original that serves every canvas."""
    scale = max(
        (
            max(
                sheet.canvas.place.width / sheet.canvas.crop.width,
                sheet.canvas.place.height / sheet.canvas.crop.height,
            )
            for sheet in sheets
        ),
        default=1.0,
    )
    return ceil(facts.width * min(scale, 1.0)), ceil(facts.height * min(scale, 1.0))


@dataclass(frozen=True, slots=True)
class Shown:
    """A decoded original, what is shown of it (in its own pixels) and where on the canvas."""

    picture: Picture
    crop: Box
    place: Box


def branded(shown: Sequence[Shown], *, canvas: Canvas, font: Path) -> Image.Image:
    """Crop, shrink, colour, place on the ground and brand: the picture that all sizes share."""
    sheet = Image.new("RGB", (canvas.width, canvas.height), canvas.ground)
    for each in shown:
        place = each.place
        sheet.paste(placed(each, ground=canvas.ground), (place.x, place.y))
    for overlay in canvas.overlays:
        drawn = draw_overlay(overlay, font=font)
        sheet.paste(drawn, (overlay.box.x, overlay.box.y), mask=drawn)
    return sheet


def placed(shown: Shown, *, ground: str) -> Image.Image:
    """Return what is shown of an original in the size at which it is shown, in sRGB."""
    picture, crop, place = shown.picture, shown.crop, shown.place
    across = picture.image.width / picture.width
    along = picture.image.height / picture.height
    region = (
        max(crop.x * across, 0.0),
        max(crop.y * along, 0.0),
        min((crop.x + crop.width) * across, float(picture.image.width)),
        min((crop.y + crop.height) * along, float(picture.image.height)),
    )
    shrunk = picture.image.resize(
        (place.width, place.height),
        Image.Resampling.LANCZOS,
        box=region,
        reducing_gap=3.0,
    )
    return to_srgb(shrunk, icc=picture.icc, ground=ground)


def files(
    pictures: Iterator[tuple[Image.Image, Sequence[Output]]],
    *,
    rights: Rights,
    out: Path,
    total: int,
    progress: Callable[[float], None] | None = None,
) -> list[Made]:
    """Encode each branded picture in its sizes; see `render`."""
    pending: list[Future[Made]] = []
    with ThreadPoolExecutor(max_workers=_cores()) as encoders:
        try:
            for canvas, outputs in pictures:
                futures = {
                    id(output): encoders.submit(_file, sized, output, rights=rights, out=out)
                    for sized, output in _sizes(canvas, outputs=outputs)
                }
                pending += [futures[id(output)] for output in outputs]
            for done, future in enumerate(as_completed(pending), 1):
                future.result()
                if progress is not None:
                    progress(done / total)
        except BaseException:
            encoders.shutdown(wait=True, cancel_futures=True)
            raise
    return [future.result() for future in pending]


def _sizes(
    canvas: Image.Image,
    *,
    outputs: Sequence[Output],
) -> Iterator[tuple[Image.Image, Output]]:
    """Yield each output with its picture, large before small, the dearest encoder first."""
    current = canvas
    dearest = sorted(
        outputs,
        key=lambda each: (each.width * each.height, _COST[each.format]),
        reverse=True,
    )
    for output in dearest:
        size = (output.width, output.height)
        if size != current.size:
            current = current.resize(size, Image.Resampling.LANCZOS, reducing_gap=3.0)
        yield current, output


def _file(image: Image.Image, output: Output, *, rights: Rights, out: Path) -> Made:
    """Encode, read back, and put in place under the final name."""
    body = encode(image, format=output.format, quality=dict(output.quality), rights=rights)
    _verify(body, output=output)
    path = out / f"{output.key}.{EXTENSIONS[output.format]}"
    unfinished = path.with_name(f".{path.name}.part")
    unfinished.write_bytes(body)
    unfinished.replace(path)
    artifact = Artifact(
        key=output.key,
        sha256=hashlib.sha256(body).hexdigest(),
        size_bytes=len(body),
        width=output.width,
        height=output.height,
        content_type=CONTENT_TYPES[output.format],
    )
    return Made(artifact, file=str(path))


def _verify(body: bytes, *, output: Output) -> None:
    """Decode what was encoded; its type, colours and size must be the planned ones."""
    expected = (output.format.upper(), "RGB", (output.width, output.height), 1)
    try:
        with Image.open(io.BytesIO(body), formats=(expected[0],)) as image:
            image.load()
            found = (image.format, image.mode, image.size, getattr(image, "n_frames", 1))
    except Exception as error:
        raise VerificationFailed("A picture that was just made cannot be read.") from error
    if found != expected:
        raise VerificationFailed(f"A picture came out as {found}, not as {expected}.")


def _cores() -> int:
    """Return how many encoders may run at once: the cores that this process may use, at most 4."""
    allowed = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return min(allowed or 1, 4)
