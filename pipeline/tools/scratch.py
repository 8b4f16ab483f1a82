"""Private folders for the length of one job, and how those of a dead process are told and swept.

A folder belongs to whoever holds the lock on the file beside it. The kernel lets go of the lock
with the process, however it ends, so that nobody has to guess from ages.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import secrets
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextlib.contextmanager
def scratch_folder(root: Path) -> Iterator[Path]:
    """Make an empty folder under `root` that only this user can enter; remove it afterwards."""
    root.mkdir(mode=0o700, parents=True, exist_ok=True)
    with contextlib.closing(_claimed(root)) as lock:
        claimed = Path(lock.name)
        folder = claimed.with_suffix("")
        folder.mkdir(mode=0o700)
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)
            claimed.unlink(missing_ok=True)


def _claimed(root: Path) -> TextIO:
    """Return a new lock file, locked before it may be taken for a dead process's."""
    while True:
        lock = (root / f"{secrets.token_hex(8)}.lock").open("x")
        fcntl.flock(lock, fcntl.LOCK_EX)
        if os.fstat(lock.fileno()).st_nlink:
            return lock
        lock.close()  # swept in the instant before it was locked


def sweep_scratch(root: Path) -> int:
    """Remove the folders under `root` whose process is gone; return how many."""
    swept = 0
    for claimed in sorted(root.glob("*.lock")):
        with contextlib.suppress(BlockingIOError, FileNotFoundError), claimed.open() as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(claimed.with_suffix(""), ignore_errors=True)
            claimed.unlink(missing_ok=True)
            swept += 1
    return swept
