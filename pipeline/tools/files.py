"""Files that others are still writing: opening them safely, copying them whole, telling changes.

Nothing in an inbox is trusted to be a file at all. A name is opened without following links and
without blocking, and what was opened is asked what it is, so that a swap in between changes
nothing.
"""

from __future__ import annotations

import errno
import hashlib
import os
import secrets
import stat
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.rules.errors import BadMedia, ClinicmediaError, Reason

if TYPE_CHECKING:
    from pathlib import Path
    from typing import BinaryIO

_CHUNK_BYTES = 1 << 20


class Changed(ClinicmediaError):
    """A file changed while it was being read: come back later."""

    exit_code = 1


@dataclass(frozen=True, slots=True)
class Signature:
    """What changes when a file does. Two equal ones, some time apart, mean that it is at rest."""

    size_bytes: int
    mtime_ns: int
    ctime_ns: int
    inode: int


def signature(path: Path) -> Signature:
    """Return the signature of `path` itself, links not followed. Raises OSError when it is gone."""
    return _signature(path.lstat())


def open_regular(path: Path) -> BinaryIO:
    """Open a file of one name for reading.

    Raises BadMedia for a symbolic link, a second name of another file, a folder, a pipe, a socket
    or a device; a pipe without a writer does not block. Other trouble is an OSError.
    """
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        if error.errno in {errno.ELOOP, errno.EMLINK}:
            raise BadMedia(Reason("symlink")) from error
        if error.errno == errno.ENXIO:  # a socket, or a device without a driver
            raise BadMedia(Reason("not_a_file")) from error
        raise
    found = os.fstat(handle)
    if stat.S_ISREG(found.st_mode) and found.st_nlink == 1:
        return os.fdopen(handle, "rb")
    os.close(handle)
    raise BadMedia(Reason("hard_link" if stat.S_ISREG(found.st_mode) else "not_a_file"))


def copy_verified(source: Path, *, to: Path) -> str:
    """Copy `source` and return the SHA-256 of what was copied, in hex.

    `to` appears only when it is whole and on the disk. Raises Changed when the source was written
    to, replaced or cut meanwhile, BadMedia as `open_regular` does, OSError when the disk fails.
    """
    partial = to.with_name(f".{secrets.token_hex(8)}.partial")
    try:
        with open_regular(source) as reader:
            before = _signature(os.fstat(reader.fileno()))
            digest, size_bytes = _copy(reader, to=partial)
            after = _signature(os.fstat(reader.fileno()))
        if not before == after == _signature_or_none(source) or size_bytes != before.size_bytes:
            raise Changed("The file changed while it was copied.", remedy="It is taken later.")
        partial.replace(to)
    finally:
        partial.unlink(missing_ok=True)
    sync_folder(to.parent)
    return digest


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file of ours, in hex."""
    with path.open("rb") as reader:
        return hashlib.file_digest(reader, "sha256").hexdigest()


def sync_folder(folder: Path) -> None:
    """Make the names in `folder` survive a power cut."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _copy(reader: BinaryIO, *, to: Path) -> tuple[str, int]:
    digest = hashlib.sha256()
    size_bytes = 0
    handle = os.open(to, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with os.fdopen(handle, "wb") as writer:
        while chunk := reader.read(_CHUNK_BYTES):
            digest.update(chunk)
            size_bytes += writer.write(chunk)
        writer.flush()
        os.fsync(writer.fileno())
    return digest.hexdigest(), size_bytes


def _signature(found: os.stat_result) -> Signature:
    return Signature(found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino)


def _signature_or_none(path: Path) -> Signature | None:
    try:
        return signature(path)
    except OSError:
        return None
