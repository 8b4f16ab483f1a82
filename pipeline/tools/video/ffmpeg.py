"""How the ffmpeg program is started, watched and believed.

It may open the one file it is given, as one of the containers we know, and nothing that this file
names. An exit code of 0 is not enough: what it says about damage counts as well.
"""

from __future__ import annotations

import errno
import functools
import os
import re
import signal
import subprocess
import threading
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.rules.errors import ToolMissing, VerificationFailed
from pipeline.tools.fences import die_with_parent

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path
    from typing import IO

CONTAINERS = "mov,matroska"
# Fixed, because the number of threads decides the bytes that an encoder writes.
DECODER_THREADS = 2

_LOG_LINES = 500
_COMPLAINTS = 20
_COMPLAINT_CHARS = 300
_COMPLAINT = re.compile(r"\[(?:error|fatal|panic)\]\s*(.+)")
# A decoder that gets no memory for a picture says so in its own way.
_NO_MEMORY = ("Cannot allocate memory", "get_buffer() failed")
_NO_SPACE = "No space left"
_OVER_LIMITS = {-signal.SIGKILL, -signal.SIGXCPU, -signal.SIGXFSZ}
_DAMAGE = re.compile(r"ended prematurely|partial file|truncat|corrupt", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Log:
    """What a run left behind: its exit code, its last lines, and its complaints without paths."""

    code: int
    lines: tuple[str, ...]
    complaints: tuple[str, ...]
    reached_s: float

    @property
    def failed(self) -> bool:
        """Whether the run ended early, or met damage that ffmpeg lets pass."""
        return self.code != 0 or any(_DAMAGE.search(each) for each in self.complaints)

    def blame_the_machine(self) -> None:
        """Raise MemoryError or OSError where a failure says nothing about the medium."""
        if not self.failed:
            return
        if any(_NO_SPACE in each for each in self.complaints):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        if self.code in _OVER_LIMITS or any(
            sign in each for each in self.complaints for sign in _NO_MEMORY
        ):
            raise MemoryError

    def last(self, pattern: str) -> re.Match[str] | None:
        """Return the last match of `pattern` in the log, searched line by line."""
        found = (re.search(pattern, line) for line in reversed(self.lines))
        return next((match for match in found if match), None)


@functools.cache
def program() -> str:
    """Return the path of the ffmpeg program. Raises ToolMissing when there is none."""
    import imageio_ffmpeg  # noqa: PLC0415 - only who needs the program pays for finding it

    try:
        return str(imageio_ffmpeg.get_ffmpeg_exe())
    except RuntimeError as error:
        raise ToolMissing("ffmpeg is missing.", remedy="Install imageio-ffmpeg.") from error


@functools.cache
def version() -> str:
    """Return the version that ffmpeg gives itself."""
    told = subprocess.run([program(), "-version"], capture_output=True, text=True, check=True)
    return told.stdout.split()[2]


def video_input(source: Path, *, at_most_s: float) -> list[str]:
    """Return the arguments that open an original, and only it, for at most so many seconds."""
    return [
        *("-protocol_whitelist", "file", "-format_whitelist", CONTAINERS),
        *("-threads", str(DECODER_THREADS), "-t", f"{at_most_s:.6f}", "-i", f"file:{source}"),
    ]


def picture_input(picture: Path) -> list[str]:
    """Return the arguments that open a PNG of ours."""
    return [
        *("-protocol_whitelist", "file", "-format_whitelist", "png_pipe"),
        *("-f", "png_pipe", "-i", f"file:{picture}"),
    ]


def film_input(film: Path) -> list[str]:
    """Return the arguments that open a film that we drew ourselves."""
    if not film.is_file():
        raise VerificationFailed("A card of a reel is missing.")
    return [
        *("-protocol_whitelist", "file", "-format_whitelist", "mov"),
        *("-i", f"file:{film}"),
    ]


def run(
    arguments: Sequence[str],
    *,
    cwd: Path,
    duration_s: float,
    progress: Callable[[float], None] | None = None,
) -> Log:
    """Run ffmpeg to its end and return what it said; `progress` gets fractions of the work.

    The program dies with its caller and keeps the limits that its caller has set itself.
    """
    command = [
        *(program(), "-nostdin", "-hide_banner", "-y", "-xerror", "-loglevel", "level+verbose"),
        *("-nostats", "-progress", "pipe:1", "-stats_period", "0.5"),
        *("-filter_complex_threads", "1", *arguments),
    ]
    with subprocess.Popen(
        command,
        cwd=cwd,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        errors="replace",
        preexec_fn=die_with_parent,  # noqa: PLW1509 - a lone prctl call; a fence has no threads
    ) as process:
        lines: deque[str] = deque(maxlen=_LOG_LINES)
        complaints: list[str] = []
        listener = threading.Thread(target=_listen, args=(process.stderr, lines, complaints))
        listener.start()
        try:
            reached_s = _follow(process.stdout, duration_s=duration_s, progress=progress)
        except BaseException:
            process.kill()
            raise
        finally:
            listener.join()
        code = process.wait()
    return Log(code, tuple(lines), tuple(_without_paths(complaints)), reached_s)


def _follow(
    stream: IO[str] | None,
    *,
    duration_s: float,
    progress: Callable[[float], None] | None,
) -> float:
    reached_s = 0.0
    for line in stream or ():
        name, _, value = line.strip().partition("=")
        if name == "out_time_us" and value.lstrip("-").isdigit():
            reached_s = max(reached_s, int(value) / 1e6)
            if progress is not None:
                progress(min(1.0, reached_s / max(duration_s, 0.001)))
    return reached_s


def _listen(stream: IO[str], lines: deque[str], complaints: list[str]) -> None:
    while line := stream.readline(10_000):  # a line without end must not fill the memory
        lines.append(line.rstrip("\n"))
        complaint = _COMPLAINT.search(line)
        if complaint and len(complaints) < _COMPLAINTS:
            complaints.append(complaint[1][:_COMPLAINT_CHARS])


def _without_paths(lines: Iterable[str]) -> Iterable[str]:
    return (re.sub(r"(?:file:)?/\S+", "<file>", line) for line in lines)
