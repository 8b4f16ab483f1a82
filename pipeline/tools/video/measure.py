"""The one full decode in which everything is learnt that planning a video needs.

Damage is found here as well: what the container claims has to come out of the decoder.
"""

from __future__ import annotations

import itertools
import math
import tempfile
from pathlib import Path
from statistics import fmean
from typing import TYPE_CHECKING

from pipeline.rules.errors import BadMedia, Reason
from pipeline.rules.media import Facts, Kind
from pipeline.tools.sniff import complete_container
from pipeline.tools.video import ffmpeg, graph
from pipeline.tools.video.probe import MAX_DURATION_S, Source, probe
from pipeline.tools.video.rates import output_rate

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

FACTS_VERSION = 1

# Small grey frames, taken at even distances, in which the poster is looked for.
_SAMPLES = 48
_SAMPLE_WIDTH, _SAMPLE_HEIGHT = 160, 90
_SAMPLE_BYTES = _SAMPLE_WIDTH * _SAMPLE_HEIGHT
_EDGE = 0.06  # of the film at either end: hands reaching for the button
_SILENT_LUFS = -69.0
_TOLERANCE_S = 0.25
_TOLERANCE = 0.01


def measure(path: Path, *, progress: Callable[[float], None] | None = None) -> Facts:
    """Decode the video at `path` once and return its facts.

    `duration_s` is a whole number of frames at `frame_rate`, the constant rate that renditions
    get. Raises BadMedia when the file is damaged, cut off or not what we accept; MemoryError or
    OSError when the machine's limits were reached.
    """
    source = probe(path)
    rate = output_rate(source.average_rate)
    expected_s = source.duration_s or MAX_DURATION_S
    step = max(1, math.floor(expected_s * rate / _SAMPLES))
    with tempfile.TemporaryDirectory(prefix="measure-") as folder:
        log = ffmpeg.run(
            _arguments(path, source=source, sampling=graph.frames(source, rate=rate), step=step),
            cwd=Path(folder),
            duration_s=expected_s,
            progress=progress,
        )
        grey = Path(folder, "grey").read_bytes() if Path(folder, "grey").exists() else b""
    frames = _frames_counted(log)
    duration_s = float(frames / rate)
    _check(log, path=path, source=source, duration_s=duration_s)
    best, sharpness = best_sample(
        [grey[at : at + _SAMPLE_BYTES] for at in range(0, len(grey), _SAMPLE_BYTES)],
    )
    loudness = _figure(log, r"\bI:\s+(\S+) LUFS") if source.audio_index is not None else None
    heard = loudness is not None and loudness > _SILENT_LUFS
    return Facts(
        version=FACTS_VERSION,
        kind=Kind.VIDEO,
        format=source.format,
        width=source.width,
        height=source.height,
        duration_s=duration_s,
        frame_rate=float(rate),
        has_audio=source.audio_index is not None,
        loudness_lufs=loudness if heard else None,
        true_peak_dbtp=_figure(log, r"\bPeak:\s+(\S+) dBFS") if heard else None,
        transfer=source.transfer,
        taken_on=source.taken_on,
        poster_at_s=float(min(best * step, frames - 1) / rate),
        sharpness=round(sharpness, 2),
    )


def best_sample(samples: Sequence[bytes]) -> tuple[int, float]:
    """Return which of the grey frames is sharpest in good light, and its sharpness.

    Sharpness is the mean squared step between neighbouring pixels. The ends of the film and
    frames that are black, white or flat are taken only when there is nothing else.
    """
    if not samples:
        return 0, 0.0
    edge = math.ceil(len(samples) * _EDGE) if len(samples) > 4 else 0
    sharpness = [_sharpness(each) for each in samples]
    scores = [
        value * _light(each) * (1.0 if edge <= at < len(samples) - edge else 0.01)
        for at, (value, each) in enumerate(zip(sharpness, samples, strict=True))
    ]
    best = scores.index(max(scores))
    return best, sharpness[best]


def _sharpness(grey: bytes) -> float:
    across = itertools.pairwise(grey)
    down = zip(grey, grey[_SAMPLE_WIDTH:], strict=False)
    return fmean((a - b) ** 2 for a, b in across) + fmean((a - b) ** 2 for a, b in down)


def _light(grey: bytes) -> float:
    """Return 1 for well-lit frames, down to 0.01 for those that are black or burnt out."""
    mean = sum(grey) / len(grey)
    return max(0.01, min(1.0, (mean - 16) / 64, (250 - mean) / 50))


def _arguments(path: Path, *, source: Source, sampling: str, step: int) -> list[str]:
    picture = (
        f"[0:{source.video_index}]{sampling},select='not(mod(n,{step}))',"
        f"scale={_SAMPLE_WIDTH}:{_SAMPLE_HEIGHT}:flags=area,format=gray[grey]"
    )
    outputs = ["-map", "[grey]", "-fps_mode", "passthrough", "-f", "rawvideo", "grey"]
    chains = [picture]
    if source.audio_index is not None:
        chains.append(
            f"[0:{source.audio_index}]{graph.STEREO},ebur128=peak=true:framelog=quiet[sound]",
        )
        outputs += ["-map", "[sound]", "-f", "null", "-"]
    return [
        *ffmpeg.video_input(path, at_most_s=MAX_DURATION_S + 1),
        *("-filter_complex", ";".join(chains), *outputs),
    ]


def _frames_counted(log: ffmpeg.Log) -> int:
    counted = log.last(r"frames in, (\d+) frames out;")
    return int(counted[1]) if counted else 0


def _check(log: ffmpeg.Log, *, path: Path, source: Source, duration_s: float) -> None:
    detail = f"exit {log.code}: {'; '.join(log.complaints[:3])}"
    log.blame_the_machine()
    if log.failed:
        whole = complete_container(path)
        raise BadMedia(Reason("video_broken" if whole else "video_cut_off"), detail)
    if duration_s <= 0:
        raise BadMedia(Reason("video_no_picture"), detail)
    if duration_s > MAX_DURATION_S:
        facts = {"minutes": f"{duration_s / 60:.0f}", "limit": f"{MAX_DURATION_S // 60}"}
        raise BadMedia(Reason("video_too_long", facts=facts))
    claimed_s = source.duration_s
    # Sound counts too: where the container gives one length for both, it may be the longer track.
    reached_s = max(duration_s, log.reached_s)
    if claimed_s is not None and reached_s < claimed_s - max(_TOLERANCE_S, claimed_s * _TOLERANCE):
        raise BadMedia(Reason("video_cut_off"), f"{reached_s:.1f} s of {claimed_s:.1f} s")


def _figure(log: ffmpeg.Log, pattern: str) -> float | None:
    found = log.last(pattern)
    return float(found[1]) if found and math.isfinite(float(found[1])) else None
