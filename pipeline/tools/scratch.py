"""Private folders for the length of one job, and how those of a dead process are told and swept.

A folder belongs to whoever holds the lock on the file beside it. The kernel lets go of the lock
with the process, however it ends, so that nobody has to guess from ages.
"""

from __future__ import annotations

import contextlib
import fcntl
import secrets
import shutil
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


_NEW_S = 60.0


@contextlib.contextmanager
def scratch_folder(root: Path) -> Iterator[Path]:
    """Make an empty folder under `root` that only this user can enter; remove it afterwards."""
    root.mkdir(mode=0o700, parents=True, exist_ok=True)
    name = secrets.token_hex(8)
    new = root / f"{name}.new"
    with new.open("x") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        claimed = new.rename(root / f"{name}.lock")  # locked before any sweeper sees it
        folder = root / name
        folder.mkdir(mode=0o700)
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)
            claimed.unlink(missing_ok=True)


def sweep_scratch(root: Path) -> int:
    """Remove the folders under `root` whose process is gone; return how many."""
    swept = 0
    for new in root.glob("*.new"):  # empty; its maker gives it its lasting name at once
        with contextlib.suppress(FileNotFoundError):
            if time.time() - new.stat().st_mtime > _NEW_S:
                new.unlink()
    for claimed in sorted(root.glob("*.lock")):
        with contextlib.suppress(BlockingIOError, FileNotFoundError), claimed.open() as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(claimed.with_suffix(""), ignore_errors=True)
            claimed.unlink(missing_ok=True)
            swept += 1
    return swept
