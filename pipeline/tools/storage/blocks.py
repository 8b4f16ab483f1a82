"""Moving bytes: sums taken on the way, and files that appear whole or not at all."""

from __future__ import annotations

import contextlib
import hashlib
import io
import secrets
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO, Protocol

from pipeline.rules.errors import VerificationFailed
from pipeline.tools.storage.contract import MEBIBYTE, Stored
from pipeline.tools.storage.disk import created, plainly

BLOCK_BYTES = MEBIBYTE


class Sink(Protocol):
    """Something that takes bytes."""

    def write(self, data: bytes, /) -> object:
        """Take all of `data`."""
        ...


@contextlib.contextmanager
def opened(body: bytes | Path) -> Iterator[BinaryIO]:
    """Open what is to be stored; a file that is not there is the caller's `OSError`."""
    with io.BytesIO(body) if isinstance(body, bytes) else body.open("rb") as source:
        yield source


def blocks(source: BinaryIO, *, block_bytes: int = BLOCK_BYTES) -> Iterator[bytes]:
    """Yield what is left of the source in blocks of that size, the last one shorter."""
    while block := source.read(block_bytes):
        yield block


def copied(parts: Iterable[bytes], *, to: Sink | None = None) -> tuple[int, str]:
    """Write the parts to `to`, if given; return their size in bytes and their sha256."""
    digest = hashlib.sha256()
    size_bytes = 0
    for part in parts:
        digest.update(part)
        size_bytes += len(part)
        if to is not None:
            to.write(part)
    return size_bytes, digest.hexdigest()


def received(
    parts: Iterable[bytes], *, key: str, to: Path, allowed: Iterable[str | None]
) -> Stored:
    """Write the parts to the file `to`, readable by us alone, once they are known to be right.

    Every sum of `allowed` that is not None must be theirs; else `VerificationFailed`.
    """
    unfinished = to.with_name(f".{secrets.token_hex(8)}.part")
    with plainly(to.parent):
        try:
            with created(unfinished) as sink:
                size_bytes, sha256 = copied(parts, to=sink)
            if wrong := {known for known in allowed if known not in (None, sha256)}:
                raise VerificationFailed(
                    f"The stored object {key} is damaged: its sum is {sha256}, not {wrong.pop()}.",
                    remedy="Restore it from a backup; `clinicmedia verify` lists what else is.",
                )
            unfinished.replace(to)
        finally:
            unfinished.unlink(missing_ok=True)
    return Stored(key, size_bytes, sha256)
