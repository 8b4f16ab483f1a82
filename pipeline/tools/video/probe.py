"""What a video claims about itself, read by PyAV, and which claims we accept.

Only the header and the first frame are read here. Whether the claims hold is for `measure`, which
decodes everything.
"""

from __future__ import annotations

import errno
import re
import struct
from dataclasses import dataclass
from datetime import UTC, date, datetime
from fractions import Fraction
from typing import TYPE_CHECKING, cast

import av
import av.error
from av.sidedata.sidedata import Type
from av.stream import Disposition

from pipeline.rules.errors import BadMedia, Reason
from pipeline.tools.sniff import sniff
from pipeline.tools.video.ffmpeg import CONTAINERS

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from av.audio.stream import AudioStream
    from av.container import InputContainer
    from av.sidedata.sidedata import SideDataContainer
    from av.video.frame import VideoFrame
    from av.video.stream import VideoStream

MAX_DURATION_S = 30 * 60
MAX_SIDE_PX = 8192
MAX_PIXELS = 40_000_000
MAX_SOURCE_RATE = 1000

_VIDEO_CODECS = {"h264", "hevc", "vp8", "vp9", "av1", "libdav1d", "mpeg4", "prores", "mjpeg"}
_AUDIO_CODECS = {"aac", "mp3", "mp3float", "opus", "vorbis", "ac3", "eac3", "flac", "alac"}
_AUDIO_CODECS |= {"amrnb", "amrwb", "amr_nb", "amr_wb"}
_TRANSFERS = {16: "pq", 18: "hlg"}
_UNSPECIFIED = 2
_FIRST_CREDIBLE_YEAR = 1990


@dataclass(frozen=True, slots=True)
class Colour:
    """The colour codes of ITU-T H.273 that the first frame carries; 2 where it says nothing."""

    primaries: int
    transfer: int
    matrix: int
    full_range: bool
    pixel_format: str


@dataclass(frozen=True, slots=True)
class Source:
    """The tracks that are used of an original, and how its picture has to be turned and scaled.

    `width` and `height` are upright and in square pixels; `coded_upright` is the size that ffmpeg
    hands out after it has turned the picture. `duration_s` is what the container claims.
    """

    format: str
    video_index: int
    audio_index: int | None
    width: int
    height: int
    coded_upright: tuple[int, int]
    interlaced: bool
    average_rate: Fraction
    duration_s: float | None
    colour: Colour
    taken_on: date | None

    @property
    def transfer(self) -> str:
        """The transfer function as `media.Facts` has it: sdr, hlg or pq."""
        return _TRANSFERS.get(self.colour.transfer, "sdr")


def probe(path: Path) -> Source:
    """Read the claims of the video at `path`. Raises BadMedia for what we do not accept."""
    found = sniff(path)
    if found.kind != "video":
        raise BadMedia(Reason("video_format"))
    options = {"protocol_whitelist": "file", "format_whitelist": CONTAINERS}
    try:
        with av.open(f"file:{path}", options=options) as container:
            return _read(container, found=found.format)
    except (av.error.FFmpegError, ValueError, OverflowError) as error:
        if getattr(error, "errno", None) == errno.ENOMEM:
            raise MemoryError from error  # the machine's lack is no fault of the film
        raise BadMedia(Reason("video_broken"), type(error).__name__) from error


def _read(container: InputContainer, *, found: str) -> Source:
    video = _picture_track(container)
    _check_size(video.codec_context.width, video.codec_context.height)
    duration_s = _claimed_duration_s(container, video)
    if duration_s is not None and duration_s > MAX_DURATION_S:
        facts = {"minutes": f"{duration_s / 60:.0f}", "limit": f"{MAX_DURATION_S // 60}"}
        raise BadMedia(Reason("video_too_long", facts=facts))
    rate = video.average_rate or video.guessed_rate or Fraction(30)
    if not 0 < rate <= MAX_SOURCE_RATE:
        raise BadMedia(Reason("video_frame_rate", facts={"rate": f"{float(rate):.0f}"}))
    frame = next(container.decode(video), None)
    if frame is None:
        raise BadMedia(Reason("video_no_picture"))
    width, height = frame.width, frame.height
    ratio = video.sample_aspect_ratio or Fraction(1)
    shown = (max(1, round(width * ratio)), height) if ratio else (width, height)
    if _lies_on_its_side(frame):
        width, height, shown = height, width, shown[::-1]
    _check_size(*shown)
    return Source(
        format=found,
        video_index=video.index,
        audio_index=_sound_track(container),
        width=shown[0],
        height=shown[1],
        coded_upright=(width, height),
        interlaced=bool(frame.interlaced_frame),
        average_rate=Fraction(rate),
        duration_s=duration_s,
        colour=_colour(frame),
        taken_on=_taken_on({**video.metadata, **container.metadata}),
    )


def _picture_track(container: InputContainer) -> VideoStream:
    """Return the largest track of moving pictures; a cover picture is none."""
    tracks = [
        each for each in container.streams.video if not each.disposition & Disposition.attached_pic
    ]
    if not tracks:
        raise BadMedia(Reason("video_no_picture"))
    largest = max(tracks, key=lambda each: each.codec_context.width * each.codec_context.height)
    if largest.codec_context.name not in _VIDEO_CODECS:
        raise BadMedia(Reason("video_codec", facts={"codec": largest.codec_context.name}))
    return largest


def _sound_track(container: InputContainer) -> int | None:
    """Return the first track of sound that we can read. None at all is no fault."""
    tracks = container.streams.audio
    usable = [each.index for each in tracks if _readable(each)]
    if tracks and not usable:
        raise BadMedia(Reason("video_codec", facts={"codec": tracks[0].name or "?"}))
    return usable[0] if usable else None


def _readable(track: AudioStream) -> bool:
    name = track.codec_context.name if track.codec_context else ""
    return name in _AUDIO_CODECS or name.startswith("pcm_")


def _check_size(width: int, height: int) -> None:
    if width < 1 or height < 1:
        raise BadMedia(Reason("video_no_picture"))
    if max(width, height) > MAX_SIDE_PX or width * height > MAX_PIXELS:
        raise BadMedia(
            Reason("video_too_large", facts={"width": f"{width}", "height": f"{height}"})
        )


def _claimed_duration_s(container: InputContainer, video: VideoStream) -> float | None:
    if video.duration is not None and video.time_base is not None:
        return float(video.duration * video.time_base)
    tag = re.fullmatch(r"(\d+):(\d+):(\d+(?:\.\d+)?)", video.metadata.get("DURATION", ""))
    if tag:
        return int(tag[1]) * 3600 + int(tag[2]) * 60 + float(tag[3])
    return None if container.duration is None else container.duration / av.time_base


def _lies_on_its_side(frame: VideoFrame) -> bool:
    """Read the display matrix: whether a quarter turn is part of it, mirrored or not."""
    try:
        found = cast("SideDataContainer", frame.side_data)[Type.DISPLAYMATRIX]
    except KeyError:
        return False
    a, b, _, c, d, *_ = struct.unpack("=9i", bytes(found)[:36])
    if a == d == 0 and b and c:
        return True
    if b == c == 0 and a and d:
        return False
    raise BadMedia(Reason("video_tilted"))


def _colour(frame: VideoFrame) -> Colour:
    return Colour(
        primaries=int(frame.color_primaries),
        transfer=int(frame.color_trc),
        matrix=int(frame.colorspace),
        full_range=int(frame.color_range) == 2 or frame.format.name.startswith("yuvj"),
        pixel_format=frame.format.name,
    )


def _taken_on(metadata: Mapping[str, str]) -> date | None:
    """Return the day in the file's own words: a phone's local day before the container's UTC."""
    for name in ("com.apple.quicktime.creationdate", "creation_time", "DATE_RECORDED"):
        try:
            taken = datetime.fromisoformat(metadata[name])
        except (KeyError, ValueError):
            continue
        if taken.replace(tzinfo=taken.tzinfo or UTC).year >= _FIRST_CREDIBLE_YEAR:
            return taken.date()
    return None
