"""Whether a film that we wrote is the film that was planned, read back before it counts."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

import av
import av.error

from pipeline.rules.errors import VerificationFailed

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from av.container import InputContainer
    from av.video.stream import VideoStream

GROUP_S = 2  # a key frame at least this often
_BT709, _LIMITED = 1, 1
_FOREIGN = {"major_brand", "minor_version", "compatible_brands"}
_SOUND_SLACK_S = 0.03  # a frame of AAC


@dataclass(frozen=True, slots=True)
class Planned:
    """What a film has to be: its size in pixels, its frames and their rate, its tracks."""

    width: int
    height: int
    frames: int
    rate: Fraction
    has_sound: bool


def verify(path: Path, *, planned: Planned) -> None:
    """Read the film at `path` back. Raises VerificationFailed that says what is wrong with it.

    Every packet is counted and its time compared; the first and the last group of pictures are
    decoded. A short film is decoded whole.
    """
    try:
        with av.open(f"file:{path}", options={"format_whitelist": "mov"}) as film:
            complaints = [*_tracks(film, planned), *_packets(film, planned)]
            if not complaints:
                complaints = list(_pictures(film, planned))
    except (av.error.FFmpegError, ValueError) as error:
        complaints = [f"it cannot be read ({type(error).__name__})"]
    if complaints:
        raise VerificationFailed(f"A film is not as planned: {'; '.join(complaints)}.")


def _tracks(film: InputContainer, planned: Planned) -> Iterator[str]:
    kinds = sorted(each.type for each in film.streams)
    wanted = ["audio", "video"] if planned.has_sound else ["video"]
    if kinds != wanted:
        yield f"tracks {kinds}"
        return
    video = film.streams.video[0]
    context = video.codec_context
    size = (context.width, context.height)
    if size != (planned.width, planned.height):
        yield f"size {size[0]}x{size[1]}"
    if video.sample_aspect_ratio not in {None, Fraction(0), Fraction(1)}:
        yield "pixels that are not square"
    if (context.name, context.pix_fmt) != ("h264", "yuv420p"):
        yield f"codec {context.name} {context.pix_fmt}"
    tags = (context.color_primaries, context.color_trc, context.colorspace, context.color_range)
    if tuple(int(each) for each in tags) != (_BT709, _BT709, _BT709, _LIMITED):
        yield f"colour tags {tags}"
    if foreign := set(film.metadata) - _FOREIGN:
        yield f"metadata {sorted(foreign)}"


def _packets(film: InputContainer, planned: Planned) -> Iterator[str]:
    """Compare the number of packets, their distances, key frames and both tracks' ends."""
    video = film.streams.video[0]
    if video.time_base is None:
        yield "no time base"
        return
    times, keys, sound_end = [], [], Fraction(0)
    for packet in film.demux():
        if packet.pts is None or packet.time_base is None:
            continue
        if packet.stream.type == "audio":
            sound_end = max(sound_end, (packet.pts + (packet.duration or 0)) * packet.time_base)
            continue
        times.append(packet.pts * packet.time_base)
        if packet.is_keyframe:
            keys.append(times[-1])
    if len(times) != planned.frames:
        yield f"{len(times)} frames instead of {planned.frames}"
        return
    slots = [each * planned.rate for each in sorted(times)]
    if any(abs(slot - number) > Fraction(1, 10) for number, slot in enumerate(slots)):
        yield "uneven frames"
    ends = [*keys[1:], planned.frames / planned.rate]
    if max(b - a for a, b in zip(keys, ends, strict=True)) > GROUP_S + 1 / planned.rate:
        yield "key frames too far apart"
    length = planned.frames / planned.rate
    if planned.has_sound and abs(sound_end - length) > 1 / planned.rate + Fraction(_SOUND_SLACK_S):
        yield f"sound of {float(sound_end):.2f} s for {float(length):.2f} s of picture"


def _pictures(film: InputContainer, planned: Planned) -> Iterator[str]:
    video = film.streams.video[0]
    video.codec_context.options = {"err_detect": "explode"}
    group = GROUP_S * planned.rate
    film.seek(0, stream=video)
    first = _decoded(film, video, at_most=min(planned.frames, int(group)))
    if first < min(planned.frames, int(group)):
        yield "a beginning that cannot be decoded"
    if planned.frames > group and video.time_base is not None:
        film.seek(int((planned.frames - 1) / planned.rate / video.time_base), stream=video)
        if not _decoded(film, video, at_most=planned.frames, until=planned):
            yield "an end that cannot be decoded"


def _decoded(
    film: InputContainer,
    video: VideoStream,
    *,
    at_most: int,
    until: Planned | None = None,
) -> int:
    """Count the frames from here on; with `until`, count the film's last frame alone."""
    count = 0
    for frame in film.decode(video):
        is_last = until and frame.time and round(frame.time * until.rate) == until.frames - 1
        count += 1 if until is None or is_last else 0
        if count >= at_most:
            break
    return count
