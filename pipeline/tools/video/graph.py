"""The filter graph of a render, as text: one decode in, every rendition of an original out.

Everything here is pure: a plan in, the words of ffmpeg's filter language out. Nothing that staff
or a file said becomes part of it; words are drawn elsewhere and come in as pictures.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.rules.media import Box
from pipeline.tools.video.colour import to_bt709
from pipeline.tools.video.rates import exact_rate

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from fractions import Fraction

    from pipeline.rules.media import Canvas, Overlay
    from pipeline.rules.work import Output, Sheet
    from pipeline.tools.video.probe import Source

STEREO = "aresample=48000:async=1:first_pts=0,aformat=sample_fmts=fltp:channel_layouts=stereo"
# The AAC encoder adds up to 0.4 dB: this keeps a true peak of -1 dBTP.
LIMITER = "alimiter=limit=-1.5dB:level=0:attack=1:release=50"


@dataclass(frozen=True, slots=True)
class Length:
    """How long films are: their constant rate and the number of their frames."""

    rate: Fraction
    frames: int

    @property
    def duration_s(self) -> float:
        """The length of every film, a whole number of frames."""
        return float(self.frames / self.rate)


@dataclass(frozen=True, slots=True)
class Timeline:
    """What all films of an original share: its tracks, its constant rate and its length."""

    source: Source
    rate: Fraction
    frames: int

    @property
    def length(self) -> Length:
        """The length alone."""
        return Length(self.rate, self.frames)

    @property
    def duration_s(self) -> float:
        """The length of every film, a whole number of frames."""
        return self.length.duration_s


@dataclass(frozen=True, slots=True)
class Graph:
    """The text for -filter_complex, and the labels that come out of it.

    `pictures` has a label for each film's key; `sounds` labels each track and names the keys of
    the films that it belongs to; `stills` has a label for each time at which a frame is wanted.
    """

    text: str
    pictures: Mapping[str, str]
    sounds: Mapping[str, tuple[str, ...]]
    stills: Mapping[float, str]


class Writer:
    """Collects chains and hands out labels that are used once."""

    def __init__(self) -> None:
        """Begin with no chain."""
        self.chains: list[str] = []
        self._count = 0

    def chain(self, text: str) -> str:
        """Add a chain and return the label of its output."""
        return self.split(text, count=0)[0]

    def split(self, text: str, *, count: int, word: str = "split") -> list[str]:
        """Add a chain that is handed to `count` others; return their labels."""
        labels = [f"[s{self._count + each}]" for each in range(max(1, count))]
        self._count += len(labels)
        self.chains.append(text + (f",{word}={count}" if count > 1 else "") + "".join(labels))
        return labels


def frames(source: Source, *, rate: Fraction) -> str:
    """Return the filters that make whole frames at a constant rate of the source's track."""
    deinterlace = "bwdif=mode=send_frame:deint=interlaced," if source.interlaced else ""
    return f"{deinterlace}fps=fps={rate}:start_time=0:round=near"


def draw(
    timeline: Timeline,
    *,
    films: Sequence[Sheet],
    still_times: Sequence[float],
    overlays: Sequence[Sequence[int]],
) -> Graph:
    """Write the graph for all films and stills of an original.

    `overlays` has for each of the films the numbers of its overlays' inputs. A still is the whole
    upright frame: who knows pictures makes the rest of it.
    """
    writer = Writer()
    source = timeline.source
    whole = f"[0:{source.video_index}]{frames(source, rate=timeline.rate)}"
    shares = writer.split(whole, count=bool(films) + len(still_times))
    pictures: dict[str, str] = {}
    if films:
        pictures = _draw_films(
            writer, shares.pop(), timeline, list(zip(films, overlays, strict=True))
        )
    stills = {
        at_s: writer.chain(share + _still(timeline, at_s=at_s))
        for share, at_s in zip(shares, still_times, strict=True)
    }
    sounds = _draw_sounds(writer, timeline, [each for sheet in films for each in sheet.outputs])
    return Graph(";".join(writer.chains), pictures, sounds, stills)


def _draw_films(
    writer: Writer,
    share: str,
    timeline: Timeline,
    films: Sequence[tuple[Sheet, Sequence[int]]],
) -> dict[str, str]:
    """Make what sheets have in common once: colours for all, crop and scale where they agree."""
    source = timeline.source
    size = working_size(source, canvases=[sheet.canvas for sheet, _ in films])
    pictures: dict[str, str] = {}
    bases: dict[str, list[tuple[Sheet, Sequence[int]]]] = {}
    for sheet, inputs in films:
        placed = place_filters(sheet.canvas, source=source, size=size)
        bases.setdefault(placed, []).append((sheet, inputs))
    trunks = writer.split(share + ",".join(to_bt709(source, size=size)), count=len(bases))
    for trunk, (base, branches) in zip(trunks, bases.items(), strict=True):
        labels = writer.split(trunk + base, count=len(branches))
        for label, (sheet, inputs) in zip(labels, branches, strict=True):
            branded = brand(writer, label, sheet.canvas.overlays, inputs)
            pictures |= draw_sizes(writer, branded, sheet, timeline.length)
    return pictures


def working_size(source: Source, *, canvases: Sequence[Canvas]) -> tuple[int, int]:
    """Return the size in which colours are made: HDR as small as the largest canvas allows."""
    scale = max(
        max(each.place.width / each.crop.width, each.place.height / each.crop.height)
        for each in canvases
    )
    if source.transfer == "sdr" or scale >= 1:
        return source.width, source.height
    return 2 * math.ceil(source.width * scale / 2), 2 * math.ceil(source.height * scale / 2)


def place_filters(canvas: Canvas, *, source: Source, size: tuple[int, int]) -> str:
    """Return the filters from the working picture to a canvas without overlays."""
    across, along = size[0] / source.width, size[1] / source.height
    crop = Box(
        x=round(canvas.crop.x * across),
        y=round(canvas.crop.y * along),
        width=min(size[0], round(canvas.crop.width * across)),
        height=min(size[1], round(canvas.crop.height * along)),
    )
    place = canvas.place
    filters = []
    if crop != Box(0, 0, *size):
        filters.append(f"crop={crop.width}:{crop.height}:{crop.x}:{crop.y}")
    filters.append(f"scale={place.width}:{place.height}:flags=bicubic,setsar=1,format=yuv420p")
    if place != Box(0, 0, canvas.width, canvas.height):
        colour = f"0x{canvas.ground.removeprefix('#')}"
        filters.append(f"pad={canvas.width}:{canvas.height}:{place.x}:{place.y}:color={colour}")
    return ",".join(filters)


def brand(writer: Writer, label: str, overlays: Sequence[Overlay], inputs: Sequence[int]) -> str:
    """Lay overlays, each a picture with the number of its input, over a chain."""
    for overlay, number in zip(overlays, inputs, strict=True):
        drawn = writer.chain(
            f"[{number}:v]scale=out_color_matrix=bt709:out_range=tv,format=yuva420p",
        )
        at = f"{overlay.box.x}:{overlay.box.y}"
        label = writer.chain(f"{label}{drawn}overlay={at}:format=yuv420")
    return label


def draw_sizes(
    writer: Writer,
    label: str,
    sheet: Sheet,
    length: Length,
) -> dict[str, str]:
    """Scale each size from the next larger one."""
    pictures: dict[str, str] = {}
    falling = sorted(sheet.outputs, key=lambda each: each.width * each.height, reverse=True)
    current = (sheet.canvas.width, sheet.canvas.height)
    for remaining, output in zip(reversed(range(len(falling))), falling, strict=True):
        size = (output.width, output.height)
        scaled = "null" if size == current else f"scale={size[0]}:{size[1]}:flags=bicubic,setsar=1"
        current = size
        mine, *rest = writer.split(label + scaled, count=2 if remaining else 1)
        label = rest[0] if rest else ""
        rate = exact_rate(output.frame_rate or float(length.rate))
        pictures[output.key] = mine
        if rate != length.rate:
            pictures[output.key] = writer.chain(f"{mine}fps=fps={rate}:round=near")
    return pictures


def _still(timeline: Timeline, *, at_s: float) -> str:
    """Return the filters that take one frame, and only then make its colours."""
    source = timeline.source
    frame = min(max(0, round(at_s * timeline.rate)), timeline.frames - 1)
    colours = to_bt709(source, size=(source.width, source.height))
    rgb = "scale=in_color_matrix=bt709:in_range=tv:out_range=pc,format=rgb24"
    return ",".join([f"select='eq(n,{frame})'", *colours, rgb])


def _draw_sounds(
    writer: Writer,
    timeline: Timeline,
    outputs: Sequence[Output],
) -> dict[str, tuple[str, ...]]:
    """Make each different sound track once, as long as the picture."""
    wanted: dict[tuple[str, float], list[str]] = {}
    for output in outputs:
        gain_db = output.gain_db if output.sound == "keep" else 0.0
        if output.sound != "none":
            wanted.setdefault((output.sound, gain_db), []).append(output.key)
    kept = [each for each in wanted if each[0] == "keep"]
    if kept and timeline.source.audio_index is None:
        raise ValueError("a film is to keep a sound that the original does not have")
    shares = {}
    if kept:
        label = f"[0:{timeline.source.audio_index}]"
        split = writer.split(f"{label}{STEREO}", count=len(kept), word="asplit")
        shares = dict(zip(kept, split, strict=True))
    length = f"apad=whole_dur={timeline.duration_s:.6f},atrim=end={timeline.duration_s:.6f}"
    labels = {}
    for sound, keys in wanted.items():
        if sound in shares:
            chain = f"{shares[sound]}volume={sound[1]:.2f}dB,{LIMITER},{length}"
        else:
            chain = f"anullsrc=r=48000:cl=stereo,atrim=end={timeline.duration_s:.6f}"
        labels[writer.chain(chain)] = tuple(keys)
    return labels
