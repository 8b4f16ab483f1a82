"""Films and stills of a pair of originals: one ffmpeg process for each timeline.

The cards of a reel are films that we drew ourselves; photos are brought to their places by
`images` first. From then on a pair of photos and a pair of films are made into a film alike.
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.rules.errors import BadMedia, Reason
from pipeline.rules.media import Course, Facts, Kind
from pipeline.tools.video import ffmpeg
from pipeline.tools.video.films import SLACK_S, check, film_arguments, finish
from pipeline.tools.video.graph import Length
from pipeline.tools.video.pair_graph import PairFilm, Side, draw_pair, shown_frames, side_of
from pipeline.tools.video.probe import probe
from pipeline.tools.video.rates import exact_rate
from pipeline.tools.video.render import still

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pipeline.rules.work import Made, Rights, Sheet

_FILMS_SHARE = 0.9  # of the progress; the rest are stills and reading back


@dataclass(frozen=True, slots=True)
class _Pair:
    """The two originals of a job and what was measured of them."""

    sources: tuple[Path, Path]
    facts: tuple[Facts, Facts]

    @property
    def films(self) -> bool:
        """Whether they are films."""
        return self.facts[0].kind is Kind.VIDEO


class _Inputs:
    """Collects what ffmpeg opens, and numbers it."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self.arguments: list[str] = []
        self._count = 0

    def add(self, arguments: Sequence[str]) -> int:
        """Open one more; return its number."""
        self.arguments += arguments
        self._count += 1
        return self._count - 1


def render_pair(
    sources: tuple[Path, Path],
    *,
    facts: tuple[Facts, Facts],
    sheets: Sequence[Sheet],
    rights: Rights,
    font: Path,
    drawn: Path,
    out: Path,
    progress: Callable[[float], None] | None = None,
) -> list[Made]:
    """Make all files of a pair in the folder `out`, in the order of the sheets' outputs.

    `drawn` is the folder of the canvases' cards. Sheets whose outputs are no films are stills.

    Raises:
        BadMedia: an original is not the one that was measured.
        VerificationFailed: ffmpeg failed, a card is missing, or a file is not as planned.
        MemoryError, OSError: the limits of the process or the disk were reached.
    """
    pair = _Pair(sources, facts)
    lines: dict[Course | None, list[Sheet]] = {}
    stills = [sheet for sheet in sheets if sheet.outputs[0].format != "mp4"]
    for sheet in sheets:
        course = sheet.canvas.course
        if sheet not in stills:
            apart = course if course and not course.together else None
            lines.setdefault(apart, []).append(sheet)
    made: list[Made] = []
    for at, films in enumerate(lines.values()):
        hear = progress and _part_of(progress, at=at, of=len(lines))
        with tempfile.TemporaryDirectory(prefix=".render-", dir=out) as name:
            made += _films(pair, films, rights, font, drawn, Path(name), out, hear)
    if stills:
        with tempfile.TemporaryDirectory(prefix=".render-", dir=out) as name:
            made += _stills(pair, stills, rights, font, Path(name), out)
    by_key = {each.artifact.key: each for each in made}
    return [by_key[output.key] for sheet in sheets for output in sheet.outputs]


def _part_of(progress: Callable[[float], None], *, at: int, of: int) -> Callable[[float], None]:
    return lambda done: progress((at + done) / of * _FILMS_SHARE)


def _films(
    pair: _Pair,
    sheets: Sequence[Sheet],
    rights: Rights,
    font: Path,
    drawn: Path,
    folder: Path,
    out: Path,
    progress: Callable[[float], None] | None,
) -> list[Made]:
    """Make the films of one timeline in one process."""
    length = _length(sheets[0])
    inputs = _Inputs()
    sides = (Side(), Side())
    if pair.films:
        shown = shown_frames(sheets[0].canvas.course, length=length)
        sides = (
            _open(pair, 0, inputs, at_most_s=float(shown[0] / length.rate)),
            _open(pair, 1, inputs, at_most_s=float(shown[1] / length.rate)),
        )
    films = [_film(pair, sheet, inputs, font, drawn, folder, length) for sheet in sheets]
    graph = draw_pair(length, sides=sides, films=films)
    outputs = [output for sheet in sheets for output in sheet.outputs]
    log = ffmpeg.run(
        [
            *inputs.arguments,
            *("-filter_complex", graph.text),
            *film_arguments(graph, outputs=outputs, length=length),
        ],
        cwd=folder,
        duration_s=length.duration_s,
        progress=progress,
    )
    check(log)
    return [
        finish(folder / f"{at}.mp4", output, length, rights, out)
        for at, output in enumerate(outputs)
    ]


def _length(sheet: Sheet) -> Length:
    output = sheet.outputs[0]
    if output.frame_rate is None or output.duration_s is None:
        raise ValueError("a film without a length")
    rate = exact_rate(output.frame_rate)
    return Length(rate, round(output.duration_s * rate))


def _open(pair: _Pair, number: int, inputs: _Inputs, *, at_most_s: float) -> Side:
    facts = pair.facts[number]
    found = probe(pair.sources[number])
    if (found.width, found.height) != (facts.width, facts.height):
        raise BadMedia(Reason("video_broken"), "the size is not the measured one")
    inputs.add(ffmpeg.video_input(pair.sources[number], at_most_s=at_most_s + SLACK_S))
    return Side(found, facts.duration_s or 0.0)


def _film(
    pair: _Pair,
    sheet: Sheet,
    inputs: _Inputs,
    font: Path,
    drawn: Path,
    folder: Path,
    length: Length,
) -> PairFilm:
    """Draw what a film needs beside its two originals, and open it."""
    from pipeline.tools import images  # noqa: PLC0415 - measuring a video needs no Pillow

    canvas = sheet.canvas
    rate = str(length.rate)
    overlays, photos, divider = [], [], None
    stem = sheet.outputs[0].key
    for at, overlay in enumerate(canvas.overlays):
        png = folder / f"{stem}-overlay-{at}.png"
        images.draw_png(overlay, font=font, to=png)
        overlays.append(inputs.add(ffmpeg.picture_input(png)))
    for number in (0, 1) if not pair.films else ():
        png = folder / f"{stem}-side-{number}.png"
        side = side_of(canvas, number)
        images.draw_side(
            pair.sources[number], crop=side.crop, place=side.place, ground=side.ground, to=png
        )
        photos.append(inputs.add(["-framerate", rate, *ffmpeg.picture_input(png)]))
    if canvas.course:
        png = folder / f"{stem}-divider.png"
        colour = next((each.accent for each in canvas.cards if each.kind == "matte"), "#ffffff")
        images.draw_divider((canvas.width, canvas.height), colour=colour, to=png)
        divider = inputs.add(ffmpeg.picture_input(png))
    cards = [inputs.add(ffmpeg.film_input(drawn / f"{card.key}.mov")) for card in canvas.cards]
    return PairFilm(
        sheet,
        overlays=tuple(overlays),
        cards=tuple(cards),
        divider=divider,
        photos=(photos[0], photos[1]) if photos else None,
    )


def _stills(
    pair: _Pair,
    sheets: Sequence[Sheet],
    rights: Rights,
    font: Path,
    folder: Path,
    out: Path,
) -> list[Made]:
    """Make stills of both sides: taken from films where they are films, then photos like others."""
    from pipeline.tools import images  # noqa: PLC0415 - as above

    if not pair.films:
        return images.render_pair(
            pair.sources, facts=pair.facts, sheets=sheets, rights=rights, font=font, out=out
        )
    made: list[Made] = []
    for sheet in sheets:
        second = sheet.canvas.second
        times = (sheet.canvas.at_s or 0.0, (second and second.at_s) or 0.0)
        frames = (folder / "still-0.png", folder / "still-1.png")
        for side in (0, 1):
            still(pair.sources[side], facts=pair.facts[side], at_s=times[side], to=frames[side])
        as_photos = (
            replace(pair.facts[0], kind=Kind.PHOTO, format="png"),
            replace(pair.facts[1], kind=Kind.PHOTO, format="png"),
        )
        made += images.render_pair(
            frames, facts=as_photos, sheets=[sheet], rights=rights, font=font, out=out
        )
    return made
