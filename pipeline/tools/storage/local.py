"""A storage in a folder: under its root lie the stored keys and nothing else.

Unfinished files lie in the sibling folder `<root>.part`, on the same file system, so that
finishing one is a single rename. That sibling is also how we know that the root existed once: a
root that is gone while its sibling stands is a disk that is not mounted, not an empty storage.
"""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO
from urllib.parse import quote

from pipeline.rules.errors import Unreachable
from pipeline.tools.storage import anonymous
from pipeline.tools.storage.blocks import blocks, copied, opened, received
from pipeline.tools.storage.contract import (
    AlreadyThere,
    Answer,
    BadKey,
    NotThere,
    Place,
    Readers,
    Stat,
    Stored,
    checked_key,
    checked_name,
)
from pipeline.tools.storage.disk import created, plainly, swept, synced
from pipeline.tools.storage.nesting import part_folder

_SLASH = "!"  # stands for the slash in names under `<root>.part`; no key has it
_NO_HARD_LINKS = {errno.EPERM, errno.ENOTSUP, errno.EMLINK, errno.ENOSYS}
_ABSENT = (FileNotFoundError, NotADirectoryError)


@dataclass(frozen=True, slots=True)
class LocalStorage:
    """The contract of `Storage`, kept by a folder."""

    place: Place
    root: Path

    def put(
        self,
        key: str,
        body: bytes | Path,
        *,
        content_type: str,  # noqa: ARG002 - a folder's web server goes by the file's ending
        max_age_s: int | None = None,  # noqa: ARG002 - and by its own configuration
        if_absent: bool = False,
        before_visible: Callable[[], None] | None = None,
    ) -> Stored:
        """See `Storage.put`."""
        target = self.root / checked_key(key)
        unfinished = self._parts / f"{key.replace('/', _SLASH)}.{secrets.token_hex(8)}"
        try:
            with contextlib.ExitStack() as held:  # its lock says until the end that we live
                with opened(body) as source, self._plainly():
                    self._make_ready()
                    self._refuse_links(target)
                    sink = held.enter_context(created(unfinished))
                    size_bytes, sha256 = self._write(source, to=sink)
                if before_visible is not None:
                    before_visible()
                with self._plainly():
                    self._finish(unfinished, target, if_absent=if_absent, sha256=sha256)
        finally:
            with contextlib.suppress(OSError):  # what stopped us is already being reported
                unfinished.unlink()
        return Stored(key, size_bytes, sha256)

    def get(self, key: str) -> bytes:
        """See `Storage.get`."""
        with self._plainly():
            return self._regular(key).read_bytes()

    def fetch(self, key: str, *, to: Path, sha256: str | None = None) -> Stored:
        """See `Storage.fetch`."""
        with self._plainly():
            path = self._regular(key)
        with opened(path) as source:
            return received(blocks(source), key=key, to=to, allowed=[sha256])

    def stat(self, key: str) -> Stat | None:
        """See `Storage.stat`; a folder keeps no sums."""
        with self._plainly():
            found = self._look(key)
            if found is None or not stat.S_ISREG(found.st_mode):
                return None
            return Stat(key, found.st_size)

    def sha256(self, key: str) -> str:
        """See `Storage.sha256`."""
        with self._plainly():
            return _sum(self._regular(key))

    def keys(self, prefix: str = "") -> Iterator[str]:
        """See `Storage.keys`: everything that is not a folder, links too."""
        with self._plainly():
            if self._exists():
                inside, _, _ = prefix.rpartition("/")
                if inside:
                    self._refuse_links(self.root / checked_name(inside) / "any")
                yield from self._names(inside, prefix=prefix)

    def delete(self, key: str) -> None:
        """See `Storage.delete`; folders left empty go too, the root stays."""
        with self._plainly():
            if self._look(key) is None:
                return
            path = self.root / key
            path.unlink(missing_ok=True)
            synced(path.parent)
            for parent in path.relative_to(self.root).parents[:-1]:
                try:
                    (self.root / parent).rmdir()
                except OSError:  # not empty, or somebody else was faster: either is well
                    break

    def absent(self, key: str) -> bool:
        """See `Storage.absent`."""
        with self._plainly():
            return self._look(key) is None

    def abort_uploads(self, prefix: str = "") -> int:
        """See `Storage.abort_uploads`."""
        with self._plainly():
            if not self._exists() or not self._parts.is_dir():
                return 0
            start = prefix.replace("/", _SLASH)
            leftovers = [path for path in self._parts.iterdir() if path.name.startswith(start)]
            for path in leftovers:
                path.unlink(missing_ok=True)
            return len(leftovers)

    def sweep(self) -> int:
        """See `Storage.sweep`."""
        with self._plainly():
            return swept(self._parts)

    def url(self, key: str) -> str:
        """See `Storage.url`."""
        if self.place.base_url is None:
            return (self.root.absolute() / checked_name(key)).as_uri()
        return f"{self.place.base_url.rstrip('/')}/{quote(checked_name(key))}"

    def anonymous_get(self, key: str) -> Answer | None:
        """See `Storage.anonymous_get`."""
        return None if self.place.base_url is None else anonymous.ask(self.url(key))

    def anonymous_status(self, key: str) -> int | None:
        """See `Storage.anonymous_status`."""
        answer = self.anonymous_get(key)
        return None if answer is None else answer.status

    def bucket(self) -> None:
        """See `Storage.bucket`."""
        return

    @property
    def _parts(self) -> Path:
        return part_folder(self.root)

    @property
    def _is_public(self) -> bool:
        return self.place.readers is Readers.ANYONE

    def _exists(self) -> bool:
        """Tell whether the storage was ever used; raise if it was and is gone."""
        if self.root.is_dir():
            return True
        if self._parts.exists() or os.path.lexists(self.root):
            raise Unreachable(
                f"The storage folder {self.root} is gone, or is no folder.",
                remedy=f"Mount its disk. If you removed it on purpose, remove {self._parts} too.",
            )
        return False

    def _make_ready(self) -> None:
        if not self._exists():
            self._make_folders(self.root)
        self._parts.mkdir(mode=0o700, exist_ok=True)

    def _make_folders(self, path: Path) -> None:
        """Make the folder and those above it, each recorded on disk in the one above it."""
        if path.is_dir():
            return
        self._make_folders(path.parent)
        with contextlib.suppress(FileExistsError):
            path.mkdir()
            path.chmod(0o755 if self._is_public else 0o700)
        synced(path.parent)

    def _write(self, source: BinaryIO, *, to: BinaryIO) -> tuple[int, str]:
        """Write the unfinished file so that a power failure cannot shorten it any more."""
        written = copied(blocks(source), to=to)
        to.flush()
        os.fchmod(to.fileno(), 0o644 if self._is_public else 0o600)
        os.fsync(to.fileno())
        return written

    def _finish(self, unfinished: Path, target: Path, *, if_absent: bool, sha256: str) -> None:
        """Give the finished file its name; a `delete` nearby may remove the folder meanwhile."""
        for _ in range(20):
            try:
                self._make_folders(target.parent)
                if if_absent:
                    _link(unfinished, target)
                else:
                    unfinished.replace(target)
            except FileExistsError as error:
                if not self._same(target, sha256):
                    raise AlreadyThere(f"Other bytes lie under {target.name} already.") from error
                return
            except FileNotFoundError as error:
                if not unfinished.exists():
                    raise Unreachable(f"Storing {target.name} was called off.") from error
            else:
                synced(target.parent)
                return
        raise Unreachable(f"The storage folder {self.root} keeps changing.")

    def _same(self, target: Path, sha256: str) -> bool:
        return not target.is_symlink() and _sum(target) == sha256

    def _look(self, key: str) -> os.stat_result | None:
        """Look at the name itself, never through a link; only a clear no counts as none."""
        path = self.root / checked_name(key)
        if not self._exists():
            return None
        self._refuse_links(path)
        try:
            found = path.lstat()
        except _ABSENT:
            return None
        return None if stat.S_ISDIR(found.st_mode) else found

    def _regular(self, key: str) -> Path:
        found = self._look(key)
        if found is None or not stat.S_ISREG(found.st_mode):
            raise NotThere(f"The stored object {key} is not there.")
        return self.root / key

    def _refuse_links(self, path: Path) -> None:
        """Raise if a folder on the way to the path is a link: it may lead anywhere."""
        for parent in path.relative_to(self.root).parents[:-1]:
            if (self.root / parent).is_symlink():
                raise Unreachable(
                    f"{parent} in the storage folder {self.root} is a link.",
                    remedy="Remove the link: a storage folder holds only what Clinicmedia put in.",
                )

    def _names(self, folder: str, *, prefix: str) -> Iterator[str]:
        try:
            entries = list(os.scandir(self.root / folder))
        except _ABSENT:  # removed while we were looking
            return
        for entry in entries:
            name = f"{folder}/{entry.name}" if folder else entry.name
            if not name.startswith(prefix):
                continue
            if entry.is_dir(follow_symlinks=False):
                yield from self._names(name, prefix=prefix)
            else:
                yield name

    @contextlib.contextmanager
    def _plainly(self) -> Iterator[None]:
        """Turn what the disk says into words; a key that is the folder of another is ours."""
        with plainly(self.root):
            try:
                yield
            except (IsADirectoryError, NotADirectoryError) as error:
                raise BadKey("one key would be the folder of another") from error


def _sum(path: Path) -> str:
    with opened(path) as source:
        return copied(blocks(source))[1]


def _link(unfinished: Path, target: Path) -> None:
    """Give the file its name unless that is taken (`FileExistsError`), in one step if possible."""
    try:
        target.hardlink_to(unfinished)
    except OSError as error:
        if error.errno not in _NO_HARD_LINKS:
            raise
        # some file systems have no hard links; there a second writer in this instant could win
        if os.path.lexists(target):
            raise FileExistsError(errno.EEXIST, "taken") from error
        unfinished.replace(target)
