"""What a disk says when something fails, in words for a person; and what it is told to keep."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from pipeline.rules.errors import Unreachable

_ROOM = ("is on a disk that is full", "Make room on the disk, then run it again.")
_RIGHTS = (
    "may not be used by this account",
    "Give the account that runs Clinicmedia the right to read and write there.",
)
_CAUSES = {
    errno.ENOSPC: _ROOM,
    errno.EDQUOT: _ROOM,
    errno.EFBIG: ("takes no file of this size", "Raise the limit, then run it again."),
    errno.EACCES: _RIGHTS,
    errno.EPERM: _RIGHTS,
    errno.EROFS: ("is read-only", "Mount the disk so that it can be written."),
    errno.EXDEV: (
        "is a disk of its own, so that nothing can be moved into it in one step",
        "Name a folder inside that disk in config.yaml.",
    ),
}


@contextlib.contextmanager
def plainly(folder: Path) -> Iterator[None]:
    """Turn an `OSError` about the folder into `Unreachable`."""
    try:
        yield
    except OSError as error:
        says, remedy = _CAUSES.get(
            error.errno or 0,
            (f"does not work ({error.strerror})", "Check the disk, then run it again."),
        )
        raise Unreachable(f"The folder {folder} {says}.", remedy=remedy) from error


def synced(folder: Path) -> None:
    """Make names that were made or removed in the folder survive a power failure."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def created(path: Path) -> BinaryIO:
    """Make a new file for us alone, whatever the umask says, and open it for writing.

    While it is open it is locked: that tells an unfinished file from a dead writer's.
    """
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    while True:
        handle = os.open(path, flags, 0o600)
        with contextlib.suppress(OSError):  # a file system without locks: nobody sweeps there
            fcntl.flock(handle, fcntl.LOCK_EX)
        if os.fstat(handle).st_nlink:
            return os.fdopen(handle, "wb")
        os.close(handle)  # swept in the instant before it was locked


def swept(folder: Path) -> int:
    """Remove the files in the folder whose writer is gone; return how many."""
    count = 0
    for path in folder.iterdir() if folder.is_dir() else ():
        with contextlib.suppress(OSError):  # somebody writes it, or was faster
            handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                path.unlink()
                count += 1
            finally:
                os.close(handle)
    return count
