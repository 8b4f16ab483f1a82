"""The fence is real: a fenced process cannot use more than it was given."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent


def fenced(words: str, *, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run words of Python in a process that fences itself in first."""
    start = (
        "import os, resource\n"
        "from pipeline.tools.fences import fence_in\n"
        "from pipeline.rules.work import Limits\n"
        "fence_in(Limits(memory_bytes=500 << 20, cpu_s=1, file_bytes=1 << 20))\n"
    )
    return subprocess.run(
        [sys.executable, "-c", start + words],
        cwd=cwd,
        env={"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_memory_ends(tmp_path: Path) -> None:
    """More memory than allowed is a MemoryError, in the process alone."""
    done = fenced("bytearray(600 << 20)", cwd=tmp_path)
    assert "MemoryError" in done.stderr
    assert fenced("bytearray(50 << 20)", cwd=tmp_path).returncode == 0


def test_time_ends(tmp_path: Path) -> None:
    """A process that counts for ever is killed."""
    done = fenced("while True: pass", cwd=tmp_path)
    assert done.returncode in {-signal.SIGKILL, -signal.SIGXCPU}


def test_files_end(tmp_path: Path) -> None:
    """No file grows beyond the limit, and what is there is its owner's alone."""
    done = fenced("open('a', 'wb').write(bytes(3 << 20))", cwd=tmp_path)
    assert done.returncode != 0
    assert (tmp_path / "a").stat().st_size <= 1 << 20
    assert (tmp_path / "a").stat().st_mode & 0o077 == 0


def test_no_core_is_dumped(tmp_path: Path) -> None:
    """A crash leaves no picture of the memory, and no child can lift the limits."""
    words = (
        "print(resource.getrlimit(resource.RLIMIT_CORE))\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 30, 1 << 30))"
    )
    done = fenced(words, cwd=tmp_path)
    assert done.stdout.strip() == "(0, 0)"
    if "ValueError" not in done.stderr:
        pytest.skip("this user may lift limits")
