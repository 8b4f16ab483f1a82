"""Programs in ffmpeg's place that hang, babble or kill, and whether a process has really ended."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import pytest


def fake_ffmpeg(words: str, *, folder: Path, patch: pytest.MonkeyPatch) -> None:
    """Put words of Python in ffmpeg's place for workers that start from now on.

    The program writes its own process number to `folder/pid` before anything else.
    """
    path = folder / "fake-ffmpeg"
    path.write_text(
        f"#!{sys.executable}\nimport os, signal, sys, time\n"
        f"open({str(folder / 'new')!r}, 'w').write(f'{{os.getpid()}} {{os.getppid()}}')\n"
        f"os.replace({str(folder / 'new')!r}, {str(folder / 'pid')!r})\n{words}\n",
    )
    path.chmod(0o755)
    patch.setenv("IMAGEIO_FFMPEG_EXE", str(path))


def pids(folder: Path, *, within_s: float = 20.0) -> list[int]:
    """Return the numbers of the fake program and of its worker, once it has started."""
    deadline = time.monotonic() + within_s
    while not (folder / "pid").exists():
        assert time.monotonic() < deadline, "the program was not started"
        time.sleep(0.05)
    return [int(each) for each in (folder / "pid").read_text().split()]


def gone(pid: int, *, within_s: float = 5.0) -> bool:
    """Whether a process ends in time; a zombie has ended."""
    deadline = time.monotonic() + within_s
    while time.monotonic() < deadline:
        try:
            state = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            return True
        if state[0] in "ZX":
            return True
        time.sleep(0.05)
    return False
