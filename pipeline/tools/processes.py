"""Who is running: names a process so that another can tell later whether it still lives."""

from __future__ import annotations

import os
import socket
from pathlib import Path


def this_process() -> str:
    """Return `host:pid:start`; the start time tells a reused process number apart."""
    pid = os.getpid()
    return f"{socket.gethostname()}:{pid}:{_started(pid)}"


def is_dead(holder: str) -> bool:
    """Tell whether a process named by `this_process` is known to have ended.

    A process of another host may live: only its lease's end says more.
    """
    try:
        host, pid, started = holder.rsplit(":", 2)
    except ValueError:
        return True
    if host != socket.gethostname():
        return False
    return _started(int(pid)) != started


def is_here(holder: str) -> bool:
    """Tell whether a process named by `this_process` runs, or ran, on this host."""
    return holder.rsplit(":", 2)[0] == socket.gethostname()


def _started(pid: int) -> str:
    """Return the start time of a process in clock ticks, empty when there is no such process."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace")
        state, *fields = stat.rsplit(")", 1)[1].split()
        # A zombie is dead; only its parent has not asked yet.
        return "" if state in {"Z", "X"} else fields[18]
    except (OSError, IndexError):
        pass
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return ""
    except PermissionError:
        return "alive"
    return "alive"
