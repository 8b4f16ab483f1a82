"""The films: a person who turns the head, written as a telephone and as a camera write films."""

from __future__ import annotations

import itertools
import math
import subprocess
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import imageio_ffmpeg
from easel import Easel
from figures import ALMA, Stance, draw_front
from PIL import Image
from rooms import draw_treatment_room

FRAME_RATE = 30
_SIZE = (720.0, 1280.0)
_ROOM_TONE = (
    "anoisesrc=color=brown:amplitude=0.10:seed={seed}:sample_rate=48000,lowpass=f=320[room];"
    "anoisesrc=color=pink:amplitude=0.10:seed={breath}:sample_rate=48000,"
    "bandpass=f=700:width_type=h:width=500,tremolo=f=0.3:d=0.95[breath];"
    "[room][breath]amix=inputs=2,aformat=channel_layouts=stereo,afade=t=in:d=0.2"
)

_COLOURS = "setparams=color_primaries=bt709:color_trc=bt709:colorspace=bt709:range=tv"

Keys = tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class Turn:
    """How a head turns over time: `keys` are (seconds, degrees), eased between."""

    keys: Keys
    helps: float
    tremor: float

    @property
    def duration_s(self) -> float:
        """How long the film is."""
        return self.keys[-1][0]

    def stance(self, at_s: float) -> Stance:
        """The person at a time. `helps` is how much the shoulders join in (0 to 1)."""
        yaw = _eased(self.keys, at_s)
        shake = self.tremor * math.sin(at_s * 9.1) * math.sin(at_s * 2.3)
        effort = self.helps * yaw / 30
        return Stance(
            yaw=yaw + shake,
            roll=5.0 * effort,
            lift=(max(0.0, -effort) * 0.36, max(0.0, effort) * 0.36),
            twist=0.9 * effort + 0.12 * math.sin(math.radians(yaw)),
            breath=0.035 * (1 - math.cos(at_s * math.tau / 3.4)),
        )


STIFF = Turn(
    keys=(
        (0.0, 0),
        (0.5, 0),
        (1.5, 17),
        (2.1, 23),
        (2.5, 22),
        (3.7, -12),
        (4.6, -19),
        (4.9, -18),
        (5.7, 0),
        (6.0, 0),
    ),
    helps=1.0,
    tremor=0.7,
)
FREE = Turn(
    keys=((0.0, 0), (0.4, 0), (1.5, 70), (2.0, 71), (3.8, -70), (4.3, -71), (5.5, 0), (5.8, 0)),
    helps=0.0,
    tremor=0.0,
)
BRIEF = Turn(keys=((0.0, 0), (0.3, 0), (1.5, 21), (2.5, 0)), helps=0.9, tremor=0.5)


@dataclass(frozen=True, slots=True)
class Device:
    """What a telephone writes into its films and pictures: all of it must go before publishing."""

    make: str
    model: str
    software: str
    serial: str
    latitude: float
    longitude: float

    @property
    def iso6709(self) -> str:
        """The place as films carry it."""
        return f"{self.latitude:+08.4f}{self.longitude:+09.4f}+012.000/"


PHONE = Device("Pocketcam", "Pocketcam 7", "PocketOS 17.2", "PC7-00831-X", 40.2015, -69.7342)


def film_sideways(path: Path, turn: Turn, *, scale: float, taken: datetime) -> None:
    """Write an upright film as a telephone does: coded lying, with a matrix that rights it.

    Raises:
        subprocess.CalledProcessError: ffmpeg refused.
    """
    lying = path.with_name(f".{path.stem}.lying.mov")
    _encode(lying, turn, scale=scale, seed=3, flip=Image.Transpose.ROTATE_90)
    stamp = taken.isoformat(timespec="seconds")
    tags = {
        "location": PHONE.iso6709,
        "com.apple.quicktime.location.ISO6709": PHONE.iso6709,
        "com.apple.quicktime.make": PHONE.make,
        "com.apple.quicktime.model": PHONE.model,
        "com.apple.quicktime.software": PHONE.software,
        "com.apple.quicktime.creationdate": stamp,
        "creation_time": stamp,
    }
    marks = [word for name, value in tags.items() for word in ("-metadata", f"{name}={value}")]
    _ffmpeg(
        ["-display_rotation:v:0", "-90", "-i", str(lying), "-map", "0", "-c", "copy", *marks],
        ["-movflags", "use_metadata_tags", "-f", "mov", str(path)],
    )
    lying.unlink()


def film_upright(path: Path, turn: Turn, *, scale: float, taken: datetime) -> None:
    """Write a film as it is seen, with the index first, so that a cut copy still opens."""
    stamp = taken.isoformat(timespec="seconds")
    tags = ["-metadata", f"creation_time={stamp}", "-metadata", f"location={PHONE.iso6709}"]
    tags += ["-metadata", f"comment={PHONE.model} {PHONE.serial}"]
    _encode(path, turn, scale=scale, seed=8, flip=None, extra=[*tags, "-movflags", "+faststart"])


def cut_short(whole: Path, *, to: Path, part: float) -> None:
    """Keep only the first part of a file's bytes, as a copy that broke off."""
    body = whole.read_bytes()
    to.write_bytes(body[: int(len(body) * part)])


def _encode(
    path: Path,
    turn: Turn,
    *,
    scale: float,
    seed: int,
    flip: Image.Transpose | None,
    extra: list[str] | None = None,
) -> None:
    room = draw_treatment_room(_SIZE, scale=scale)
    first = _frame(room, turn, at_s=0.0, flip=flip)
    tone = _ROOM_TONE.format(seed=seed, breath=seed + 1)
    command = _command(
        ["-f", "rawvideo", "-pix_fmt", "rgb24", "-video_size", f"{first.width}x{first.height}"],
        ["-framerate", str(FRAME_RATE), "-i", "pipe:0"],
        ["-f", "lavfi", "-t", str(turn.duration_s), "-i", tone],
        ["-vf", f"scale=out_color_matrix=bt709:out_range=tv,format=yuv420p,{_COLOURS}"],
        ["-c:v", "libx264", "-preset", "veryfast", "-crf", "18", "-threads", "1"],
        ["-c:a", "aac", "-b:a", "96k", "-t", str(turn.duration_s)],
        [*(extra or []), str(path)],
    )
    with subprocess.Popen(command, stdin=subprocess.PIPE) as process:
        if process.stdin is None:
            raise BrokenPipeError(command[0])
        for number in range(round(turn.duration_s * FRAME_RATE)):
            picture = _frame(room, turn, at_s=number / FRAME_RATE, flip=flip)
            process.stdin.write(picture.tobytes())
        process.stdin.close()
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)


def _frame(room: Easel, turn: Turn, *, at_s: float, flip: Image.Transpose | None) -> Image.Image:
    easel = room.copy()
    draw_front(easel, ALMA, turn.stance(at_s), at=(360, 505), size=140)
    return easel.image if flip is None else easel.image.transpose(flip)


def _command(*parts: list[str]) -> list[str]:
    head = [imageio_ffmpeg.get_ffmpeg_exe(), "-nostdin", "-hide_banner", "-v", "error", "-y"]
    return [*head, *(word for part in parts for word in part)]


def _ffmpeg(*parts: list[str]) -> None:
    subprocess.run(_command(*parts), check=True, stdin=subprocess.DEVNULL)


def _eased(keys: Keys, at_s: float) -> float:
    """A value between two keys, slow at both."""
    for (start, low), (end, high) in itertools.pairwise(keys):
        if at_s <= end:
            part = (at_s - start) / (end - start)
            return low + (high - low) * part * part * (3 - 2 * part)
    return keys[-1][1]
