"""Every film and still of an original from one decode in one ffmpeg process.

Films are written under temporary names, read back and compared with the plan, and only then get
the names that count. Sound is encoded once and shared by all films that carry it.
"""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.rules.errors import BadMedia, Reason
from pipeline.rules.media import Facts, Kind
from pipeline.tools.video import ffmpeg
from pipeline.tools.video.films import SLACK_S, check, film_arguments, finish
from pipeline.tools.video.graph import Graph, Timeline, draw
from pipeline.tools.video.probe import probe
from pipeline.tools.video.rates import exact_rate

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pipeline.rules.work import Made, Rights, Sheet

_FILMS_SHARE = 0.9  # of the progress; the rest are stills and reading back


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
    """Make all files of a video in the folder `out`, in the order of the sheets' outputs.

    Sheets whose canvas has `at_s` are stills of the video.

    Raises:
        BadMedia: the original is not the one that was measured.
        VerificationFailed: ffmpeg failed, or a file does not read back as planned.
        MemoryError, OSError: the limits of the process or the disk were reached.
    """
    if not sheets:
        return []
    timeline = _timeline(source, facts=facts)
    films = [sheet for sheet in sheets if sheet.canvas.at_s is None]
    times = sorted({sheet.canvas.at_s for sheet in sheets if sheet.canvas.at_s is not None})
    outputs = [output for sheet in films for output in sheet.outputs]
    with tempfile.TemporaryDirectory(prefix=".render-", dir=out) as name:
        folder = Path(name)
        pictures, overlays = _draw_overlays(films, font=font, folder=folder)
        graph = draw(timeline, films=films, still_times=times, overlays=overlays)
        log = ffmpeg.run(
            [
                *ffmpeg.video_input(source, at_most_s=timeline.duration_s + SLACK_S),
                *(word for each in pictures for word in ffmpeg.picture_input(each)),
                *("-filter_complex", graph.text),
                *film_arguments(graph, outputs=outputs, length=timeline.length),
                *_still_arguments(graph),
            ],
            cwd=folder,
            duration_s=timeline.duration_s,
            progress=progress and (lambda done: progress(done * _FILMS_SHARE)),
        )
        check(log)
        made = {
            output.key: finish(folder / f"{at}.mp4", output, timeline.length, rights, out)
            for at, output in enumerate(outputs)
        }
        for at, at_s in enumerate(times):
            stills = [sheet for sheet in sheets if sheet.canvas.at_s == at_s]
            made |= _stills(folder / f"still-{at}.png", stills, facts, rights, font, out)
    return [made[output.key] for sheet in sheets for output in sheet.outputs]


def still(source: Path, *, facts: Facts, at_s: float, to: Path) -> None:
    """Write one whole upright frame of a video as a PNG in sRGB. Raises as `render` does."""
    timeline = _timeline(source, facts=facts)
    graph = draw(timeline, films=[], still_times=[at_s], overlays=[])
    with tempfile.TemporaryDirectory(prefix=".still-", dir=to.parent) as name:
        log = ffmpeg.run(
            [
                *ffmpeg.video_input(source, at_most_s=timeline.duration_s + SLACK_S),
                *("-filter_complex", graph.text),
                *_still_arguments(graph),
            ],
            cwd=Path(name),
            duration_s=timeline.duration_s,
        )
        check(log)
        Path(name, "still-0.png").replace(to)


def versions() -> dict[str, str]:
    """Return the versions of what renders, for the record."""
    import av  # noqa: PLC0415 - needed for its number alone

    return {"ffmpeg": ffmpeg.version(), "pyav": av.__version__}


def _timeline(source: Path, *, facts: Facts) -> Timeline:
    found = probe(source)
    if facts.duration_s is None or facts.frame_rate is None:
        raise ValueError("the facts are not those of a video")
    if (found.width, found.height) != (facts.width, facts.height):
        raise BadMedia(Reason("video_broken"), "the size is not the measured one")
    rate = exact_rate(facts.frame_rate)
    return Timeline(source=found, rate=rate, frames=round(facts.duration_s * rate))


def _draw_overlays(
    films: Sequence[Sheet],
    *,
    font: Path,
    folder: Path,
) -> tuple[list[Path], list[list[int]]]:
    """Draw each overlay once; return the files, and for each film the numbers of its inputs."""
    from pipeline.tools import images  # noqa: PLC0415 - measuring a video needs no Pillow

    files: list[Path] = []
    numbers: list[list[int]] = []
    for sheet in films:
        numbers.append([])
        for overlay in sheet.canvas.overlays:
            files.append(folder / f"overlay-{len(files)}.png")
            images.draw_png(overlay, font=font, to=files[-1])
            numbers[-1].append(len(files))  # input 0 is the original
    return files, numbers


def _still_arguments(graph: Graph) -> list[str]:
    arguments = []
    for at, label in enumerate(graph.stills.values()):
        arguments += ["-map", label, "-frames:v", "1", "-map_metadata", "-1"]
        arguments += ["-c:v", "png", "-f", "image2", "-update", "1", f"still-{at}.png"]
    return arguments


def _stills(
    png: Path,
    sheets: Sequence[Sheet],
    facts: Facts,
    rights: Rights,
    font: Path,
    out: Path,
) -> dict[str, Made]:
    """Make the files of a frame: from here on it is a photo like any other."""
    from pipeline.tools import images  # noqa: PLC0415 - as above

    still = replace(facts, kind=Kind.PHOTO, format="png")
    made = images.render(png, facts=still, sheets=sheets, rights=rights, font=font, out=out)
    return {each.artifact.key: each for each in made}
