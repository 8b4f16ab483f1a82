"""Films as files: how ffmpeg is asked to write many at once, and when one of them counts.

Written under temporary names, cleaned, read back and compared with the plan; only then renamed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.rules.errors import VerificationFailed
from pipeline.rules.media import Artifact
from pipeline.rules.work import Made
from pipeline.tools.files import sha256_of
from pipeline.tools.video import ffmpeg
from pipeline.tools.video.boxes import clean
from pipeline.tools.video.graph import Graph, Length
from pipeline.tools.video.rates import exact_rate
from pipeline.tools.video.verify import GROUP_S, Planned, verify

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from pipeline.rules.work import Output, Rights

SLACK_S = 1.0


def film_arguments(graph: Graph, *, outputs: Sequence[Output], length: Length) -> list[str]:
    """Return one output of many files, so that the encoders of sound are shared."""
    if not outputs:
        return []
    arguments, files = [], []
    sounds = {key: at for at, keys in enumerate(graph.sounds.values()) for key in keys}
    for output in outputs:
        arguments += ["-map", graph.pictures[output.key]]
    for label in graph.sounds:
        arguments += ["-map", label]
    for at, output in enumerate(outputs):
        arguments += _picture_settings(output, at=at, length=length)
        tracks = f"v:{at},a:{sounds[output.key]}" if output.key in sounds else f"v:{at}"
        options = "f=mp4:onfail=abort:movflags=+faststart:fflags=+bitexact"
        files.append(rf"[{options}:select=\'{tracks}\']{at}.mp4")
    flags = "+bitexact+global_header"
    return [
        *arguments,
        *("-c:v", "libx264", "-profile:v", "high", "-pix_fmt", "yuv420p"),
        *("-threads:v", "1" if len(outputs) > 1 else "2", "-sc_threshold", "0"),
        *("-flags:v", f"{flags}+cgop", "-fps_mode", "passthrough"),
        *("-color_primaries", "bt709", "-color_trc", "bt709"),
        *("-colorspace", "bt709", "-color_range", "tv"),
        *("-c:a", "aac", "-b:a", "128k", "-ac", "2", "-ar", "48000", "-flags:a", flags),
        *("-map_metadata", "-1", "-map_chapters", "-1", "-sn", "-dn", "-fflags", "+bitexact"),
        *("-t", f"{length.duration_s + SLACK_S:.6f}", "-f", "tee", "|".join(files)),
    ]


def _picture_settings(output: Output, *, at: int, length: Length) -> list[str]:
    quality = dict(output.quality)
    group = str(round(GROUP_S * exact_rate(output.frame_rate or float(length.rate))))
    settings = [
        *(f"-preset:v:{at}", quality.get("preset", "veryfast")),
        *(f"-crf:v:{at}", quality.get("crf", "23")),
        *(f"-g:v:{at}", group, f"-keyint_min:v:{at}", group),
    ]
    for name in ("maxrate", "bufsize"):
        if name in quality:
            settings += [f"-{name}:v:{at}", quality[name]]
    return settings


def check(log: ffmpeg.Log) -> None:
    """Raise what a run that failed means: VerificationFailed, MemoryError or OSError."""
    if not log.failed:
        return
    log.blame_the_machine()
    told = "; ".join(log.complaints[:3])
    raise VerificationFailed(f"ffmpeg ended with {log.code}: {told}")


def finish(path: Path, output: Output, length: Length, rights: Rights, out: Path) -> Made:
    """Add the rights, read the film back, and put it in place under its final name."""
    from pipeline.tools.images.encoders import rights_packet  # noqa: PLC0415 - as above

    clean(path, packet=rights_packet(rights))
    rate = exact_rate(output.frame_rate or float(length.rate))
    planned = Planned(
        width=output.width,
        height=output.height,
        frames=round(length.duration_s * rate),
        rate=rate,
        has_sound=output.sound != "none",
    )
    verify(path, planned=planned)
    final = out / f"{output.key}.mp4"
    artifact = Artifact(
        key=output.key,
        sha256=sha256_of(path),
        size_bytes=path.stat().st_size,
        width=output.width,
        height=output.height,
        content_type="video/mp4",
        duration_s=float(planned.frames / rate),
    )
    path.replace(final)
    return Made(artifact, file=str(final))
