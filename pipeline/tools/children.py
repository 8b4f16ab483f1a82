"""One worker process: how it is started, listened to, and ended with all that it started.

Its output is untrusted and bounded like everything that comes out of a decoder.
"""

from __future__ import annotations

import contextlib
import json
import os
import selectors
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import pipeline
from pipeline.rules.work import Died, job_to_json, outcome_from_json

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable

    from pipeline.rules.work import Job, Outcome

_GRACE_S = 1.0  # ffmpeg needs about a second to die of a SIGTERM
_TICK_S = 0.25
_OUTPUT_BYTES = 4 << 20
_NOISE_BYTES = 2000
_KEPT = ("IMAGEIO_FFMPEG_EXE",)  # where an administrator keeps ffmpeg
# Isolated: nothing in the job's folder, in the home or in the environment is ever imported.
_BOOT = """\
import runpy, sys
root = sys.argv.pop()
if root not in sys.path:
    sys.path.insert(0, root)
runpy.run_module("pipeline.steps.worker", run_name="__main__")
"""

_Why = Literal["timeout", "killed", "crashed"]


def attend(
    job: Job,
    *,
    folder: Path,
    progress: Callable[[str, float], None] | None,
    closing: threading.Event,
) -> Outcome:
    """Start a worker in `folder`, hand it the job, and return what became of it.

    Ends it after `job.limits.wall_s` seconds, or when `closing` is set. `progress` hears the job's
    id and the share done. Raises OSError only when no process can be started.
    """
    ends_at = time.monotonic() + job.limits.wall_s
    process = subprocess.Popen(
        [sys.executable, "-I", "-c", _BOOT, str(Path(pipeline.__file__).parent.parent)],
        cwd=folder,
        env=_environment(folder),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    ears = _Ears(job.id, progress)
    try:
        _hand_over(process, json.dumps(job_to_json(job)).encode())
        why = _listen(process, ears, ends_at=ends_at, closing=closing)
    finally:
        code = _end(process)
    told = ears.noise.decode("utf-8", "replace").strip()
    if why is None and code == 0:
        with contextlib.suppress(ValueError, TypeError, KeyError, AttributeError):
            return outcome_from_json(ears.last, job_id=job.id)
    if why is None:
        why = "killed" if code < 0 else "crashed"
    return Died(job.id, why, f"exit {code}: {told}")


class _Ears:
    """What was heard so far: the last line of answers, and the tail of the noise beside them."""

    def __init__(self, job_id: str, progress: Callable[[str, float], None] | None) -> None:
        self.last: dict[str, Any] = {}
        self.noise = b""
        self.received = 0
        self._job_id = job_id
        self._progress = progress
        self._unfinished = b""

    def hear_answers(self, chunk: bytes) -> None:
        """Take a piece of standard output."""
        self.received += len(chunk)
        *lines, self._unfinished = (self._unfinished + chunk).split(b"\n")
        for line in lines:
            try:
                heard = json.loads(line)
            except ValueError:
                continue
            if isinstance(heard, dict):
                self.last = heard
                share = heard.get("progress")
                if self._progress is not None and isinstance(share, (int, float)):
                    self._progress(self._job_id, float(share))

    def hear_noise(self, chunk: bytes) -> None:
        """Take a piece of standard error."""
        self.noise = (self.noise + chunk)[-_NOISE_BYTES:]


def _listen(
    process: subprocess.Popen[bytes],
    ears: _Ears,
    *,
    ends_at: float,
    closing: threading.Event,
) -> _Why | None:
    """Read until both streams end; return why no end was waited for, if so."""
    with selectors.DefaultSelector() as selector:
        for stream, hear in (
            (process.stdout, ears.hear_answers),
            (process.stderr, ears.hear_noise),
        ):
            if stream is not None:
                selector.register(stream, selectors.EVENT_READ, hear)
        while selector.get_map():
            if closing.is_set():
                return "killed"
            if time.monotonic() >= ends_at:
                return "timeout"
            if ears.received > _OUTPUT_BYTES:
                return "crashed"
            for key, _ in selector.select(_TICK_S):
                chunk = os.read(key.fd, 1 << 16)
                if chunk:
                    key.data(chunk)
                else:
                    selector.unregister(key.fileobj)
    return None if _exits(process, within_s=ends_at - time.monotonic()) else "timeout"


def _hand_over(process: subprocess.Popen[bytes], job: bytes) -> None:
    with contextlib.suppress(BrokenPipeError):  # it died at once; its end will tell
        if process.stdin is not None:
            with process.stdin as stdin:
                stdin.write(job)


def _end(process: subprocess.Popen[bytes]) -> int:
    """End the whole session of the worker, politely at first, and return the worker's exit code.

    The worker is reaped last, so that its number cannot come to mean another process before.
    """
    if not _exits(process, within_s=0):
        _signal(process, signal.SIGTERM)
        _exits(process, within_s=_GRACE_S)
    _signal(process, signal.SIGKILL)  # what it started may outlive it
    code = process.wait()
    for stream in (process.stdout, process.stderr):
        if stream is not None:
            stream.close()
    return code


def _exits(process: subprocess.Popen[bytes], *, within_s: float) -> bool:
    """Say whether the process ends in time; it is left to be reaped."""
    deadline = time.monotonic() + within_s
    while os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT | os.WNOHANG) is None:
        if time.monotonic() >= deadline:
            return False
        time.sleep(0.01)
    return True


def _signal(process: subprocess.Popen[bytes], number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, number)


def _environment(folder: Path) -> dict[str, str]:
    kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
    return kept | {"PATH": os.defpath, "LANG": "C.UTF-8", "TMPDIR": str(folder)}
