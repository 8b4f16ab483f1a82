"""The fence that a process puts around itself: memory, time, file size, and dying in company."""

from __future__ import annotations

import ctypes
import os
import resource
import signal
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pipeline.rules.work import Limits

_PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


def fence_in(limits: Limits) -> None:
    """Limit this process and all that it starts; files it makes are its owner's alone.

    No core is ever dumped: it would hold pictures of patients.
    """
    os.umask(0o077)
    _lower(resource.RLIMIT_CORE, 0)
    _lower(resource.RLIMIT_CPU, limits.cpu_s)
    _lower(resource.RLIMIT_FSIZE, limits.file_bytes)
    if sys.platform != "darwin":  # macOS refuses to limit the address space
        _lower(resource.RLIMIT_AS, limits.memory_bytes)
    die_with_parent()


def die_with_parent() -> None:
    """Ask the kernel to end this process when the thread that started it ends (Linux only)."""
    if _LIBC is not None:
        _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


def _lower(limit: int, value: int) -> None:
    _, hard = resource.getrlimit(limit)
    value = value if hard == resource.RLIM_INFINITY else min(value, hard)
    resource.setrlimit(limit, (value, value))
