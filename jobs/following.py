"""Follows config.yaml while the schedule runs: a good edit counts, a broken one is refused.

The jobs borrow the handles of the newest good configuration; those that it replaced are closed
when the last job that borrowed them has given them back.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from pipeline.config import Config
from pipeline.rules.errors import ClinicmediaError
from pipeline.steps.means import Means

log = logging.getLogger(__name__)

Opener = Callable[[], AbstractContextManager[Means]]


@dataclass(slots=True)
class _Opened:
    """Handles, what closes them, and how many jobs use them."""

    means: Means
    closing: ExitStack
    users: int = 0


class Following:
    """The newest good configuration of a file, and what it opens."""

    def __init__(self, first: Means, *, path: Path, reopen: Opener) -> None:
        """Begin with `first`, which whoever opened it closes; `reopen` reads `path` again."""
        self._path = path
        self._reopen = reopen
        self._newest = _Opened(first, ExitStack())
        self._others: list[_Opened] = []
        self._looked_at: tuple[int, ...] = ()
        self._lock = threading.Lock()

    @property
    def config(self) -> Config:
        """The configuration that counts now."""
        return self._newest.means.config

    @contextmanager
    def means(self) -> Iterator[Means]:
        """Lend the newest handles for the length of one job."""
        with self._lock:
            lent = self._newest
            lent.users += 1
        try:
            yield lent.means
        finally:
            with self._lock:
                lent.users -= 1
                done = self._unused()
            for each in done:
                each.closing.close()

    def look(self) -> bool:
        """Read the file again if it changed; True when another configuration counts from now on."""
        try:
            now = self._path.stat()
            found = (now.st_mtime_ns, now.st_size, now.st_ino)
        except OSError:
            return False  # an editor is between two files; the next look finds the new one
        with self._lock:
            if found == self._looked_at:
                return False
            self._looked_at = found
        closing = ExitStack()
        try:
            means = closing.enter_context(self._reopen())
        except ClinicmediaError as error:
            log.error("The edit of %s is refused, the old one stays: %s", self._path.name, error)  # noqa: TRY400 - a mistake in a file; its sentence says all
            return False
        if means.config == self.config:
            closing.close()
            return False
        with self._lock:
            self._others.append(self._newest)
            self._newest = _Opened(means, closing)
            done = self._unused()
        for each in done:
            each.closing.close()
        log.warning("The edit of %s counts from now on.", self._path.name)
        return True

    def stop(self) -> None:
        """End the workers at once; what waits for them is told that they were stopped."""
        with self._lock:
            opened = [self._newest, *self._others]
        for each in opened:
            each.means.executor.close()

    def close(self) -> None:
        """Close what was opened here. Nobody may use it any more."""
        with self._lock:
            opened = [self._newest, *self._others]
            self._others = []
        for each in opened:
            each.closing.close()

    def _unused(self) -> list[_Opened]:
        """Take out the replaced handles that nobody uses any more."""
        done = [each for each in self._others if each.users == 0]
        self._others = [each for each in self._others if each.users > 0]
        return done
