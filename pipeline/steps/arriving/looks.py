"""Looks at the inbox: which folders and files are there, and which have settled.

A file has settled when two looks, `settle_s` apart, saw the same size, times and inode, and its
container is whole. Nothing here reads a case or writes anything.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from pipeline.rules.errors import BadMedia, Reason
from pipeline.rules.inbox.names import is_temporary
from pipeline.rules.inbox.naming import case_slug, read_loose_name
from pipeline.tools.files import Signature, signature
from pipeline.tools.sniff import complete_container

PROBLEMS = "_problems"
WAITING = "_waiting.txt"
CONSENTS = "_consents"
CASE_FILE = "case.yaml"


class Patience(StrEnum):
    """Who asked for the look: the clock, or a person who knows that the files are there."""

    SCHEDULED = "scheduled"
    PERSON = "person"


@dataclass(frozen=True, slots=True)
class Unit:
    """What is taken in at once: a case folder with all in it, or loose files of one case.

    `name` is what staff see; `folder` is None for loose files.
    """

    name: str
    folder: Path | None
    files: tuple[Path, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """The inbox at one moment: units, records, and what nobody can place."""

    units: tuple[Unit, ...]
    consents: tuple[Path, ...]
    unplaced: tuple[tuple[Path, Reason], ...]


def look(inbox: Path) -> Found:
    """List what lies in the inbox; temporary, hidden and reserved names are left alone."""
    units: list[Unit] = []
    loose: dict[str, list[Path]] = {}
    unplaced: list[tuple[Path, Reason]] = []
    for entry in _entries(inbox):
        if entry.name in {PROBLEMS, WAITING, CONSENTS}:
            continue
        if not is_text(entry.name):
            unplaced.append(
                (Path(entry.path), Reason("name_unreadable", file=readable(entry.name)))
            )
            continue
        if entry.is_dir(follow_symlinks=False):
            files = tuple(_below(Path(entry.path)))
            units.append(Unit(entry.name, Path(entry.path), files))
            continue
        name = read_loose_name(entry.name)
        if isinstance(name, Reason):
            unplaced.append((Path(entry.path), name))
        else:
            loose.setdefault(name.case.slug, []).append(Path(entry.path))
    units += [Unit(_case_part(files[0].name), None, tuple(files)) for files in loose.values()]
    consents = inbox / CONSENTS
    records = tuple(_below(consents)) if consents.is_dir() else ()
    return Found(tuple(units), records, tuple(unplaced))


def is_text(name: str) -> bool:
    """Tell whether a name is text at all; file systems take any bytes."""
    return not any("\ud800" <= sign <= "\udfff" for sign in name)


def readable(name: str) -> str:
    """Return a name that can be written down, with a mark for each byte that is no text."""
    return "".join("\ufffd" if "\ud800" <= sign <= "\udfff" else sign for sign in name)


def _case_part(file_name: str) -> str:
    return file_name.rsplit("--", 1)[0]


def slug_of_unit(unit: Unit) -> str:
    """Return the case name that a unit's name stands for."""
    return case_slug(unit.name)


def _entries(folder: Path) -> list[os.DirEntry[str]]:
    with os.scandir(folder) as found:
        return sorted((e for e in found if not is_temporary(e.name)), key=lambda e: e.name)


def _below(folder: Path) -> Iterator[Path]:
    """Yield the files below a folder; links are yielded, never followed."""
    for entry in _entries(folder):
        if entry.is_dir(follow_symlinks=False):
            yield from _below(Path(entry.path))
        else:
            yield Path(entry.path)


@dataclass(slots=True)
class Sightings:
    """What earlier looks saw. `clock` is monotonic, so that a wrong wall clock starves nobody."""

    clock: Callable[[], float]
    seen: dict[Path, tuple[Signature, float]] = field(default_factory=dict)

    def note(self, paths: Iterable[Path]) -> None:
        """Look at these files, and forget files that are gone."""
        now = self.clock()
        current = {path: found for path in paths if (found := _signature(path)) is not None}
        self.seen = {
            path: self.seen[path]
            if path in self.seen and self.seen[path][0] == found
            else (found, now)
            for path, found in current.items()
        }

    def quiet_s(self, path: Path) -> float:
        """Return for how long a file has looked the same; 0 for one never seen before."""
        if path not in self.seen or _signature(path) != self.seen[path][0]:
            return 0.0
        return self.clock() - self.seen[path][1]


def is_whole(path: Path) -> bool:
    """Tell whether a file's container is complete; what is no regular file is not judged here."""
    try:
        return not stat.S_ISREG(path.lstat().st_mode) or complete_container(path)
    except BadMedia:
        return True  # such as a hard link: waiting would not mend it, sorting says what it is
    except OSError:
        return False


def _signature(path: Path) -> Signature | None:
    try:
        return signature(path)
    except OSError:
        return None
