"""Tells what the files of a unit are: media with a role, papers, side files, or of no use.

Reads names and first bytes; decides nothing about consent and writes nothing.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from pipeline.rules.errors import BadMedia, Reason
from pipeline.rules.inbox.case_file import CaseFile, Medium, read_case_file
from pipeline.rules.inbox.names import is_sync_conflict
from pipeline.rules.inbox.naming import (
    Aside,
    CaseName,
    RoleWords,
    name_case,
    read_case_name,
    read_loose_name,
    role_of,
    view_of,
)
from pipeline.rules.media import Kind, Role
from pipeline.steps.arriving.looks import CASE_FILE, Unit, is_text, readable
from pipeline.tools.documents import Unreadable, read_mapping, read_text
from pipeline.tools.sniff import Sniffed, sniff

SIDECARS = {".vtt", ".srt"}
# What a person meant as case.yaml: another ending, capitals, a copy's number, a hidden .txt.
_LOOKALIKE = re.compile(r"case(?: ?\(\d+\))?\.(?:ya?ml|json)(?:\.txt)?", re.IGNORECASE)
PAPER_KIND = "paper"
SIDECAR_KIND = "sidecar"
CASE_FILE_KIND = "case_file"


@dataclass(frozen=True, slots=True)
class Item:
    """One file of a unit. `kind` is photo, video, paper or sidecar.

    `role` is None where nobody said it; `question` is then what has to be asked.
    """

    path: Path
    file: str
    kind: str
    role: Role | Aside | None
    view: str
    question: Reason | None
    said: Medium


@dataclass(frozen=True, slots=True)
class Sorted:
    """A unit understood: its case, what its case.yaml says, its files, and what is of no use."""

    name: CaseName
    said: CaseFile
    items: tuple[Item, ...]
    useless: tuple[tuple[Path, Reason], ...]
    case_file: Path | None


def sort(unit: Unit, *, words: RoleWords) -> Sorted | tuple[Reason, ...]:
    """Understand a unit, or say why it has to wait as a whole."""
    case_file = next((path for path in unit.files if _is_case_file(unit, path)), None)
    said = _read_case_file(case_file) if case_file else CaseFile()
    if isinstance(said, tuple):
        return said
    name = _name(unit, said)
    if isinstance(name, Reason):
        return (name,)
    items: list[Item] = []
    useless: list[tuple[Path, Reason]] = []
    for path in unit.files:
        if path == case_file:
            continue
        if not is_text(path.name):
            useless.append((path, Reason("name_unreadable", file=readable(path.name))))
            continue
        if _LOOKALIKE.fullmatch(path.name):
            return (Reason("case_file_misnamed", file=path.name),)
        if is_sync_conflict(path.name):
            return (Reason("sync_conflict", file=path.name),)
        found = _item(path, unit=unit, said=said, words=words)
        if isinstance(found, Reason):
            useless.append((path, found))
        else:
            items.append(found)
    return Sorted(name, said, _alone(items, name), tuple(useless), case_file)


def _is_case_file(unit: Unit, path: Path) -> bool:
    return unit.folder is not None and path == unit.folder / CASE_FILE


def _read_case_file(path: Path) -> CaseFile | tuple[Reason, ...]:
    if path.is_symlink():
        problem = "it is a link to another file"
        return (Reason("case_file_unreadable", file=path.name, facts={"problem": problem}),)
    try:
        entries = read_mapping(read_text(path.read_bytes()))
    except (Unreadable, OSError) as error:
        return (Reason("case_file_unreadable", file=path.name, facts={"problem": str(error)}),)
    return read_case_file(entries, file=path.name)


def _name(unit: Unit, said: CaseFile) -> CaseName | Reason:
    """Read the name; treatment and subject of case.yaml win over it."""
    if unit.folder is None:
        loose = read_loose_name(unit.files[0].name)
        named = loose if isinstance(loose, Reason) else loose.case
    else:
        named = read_case_name(unit.name)
    if isinstance(named, Reason):
        return named
    if said.treatment is None and said.subject is None:
        return named
    better = name_case(said.treatment or named.treatment, subject=said.subject or named.subject)
    if isinstance(better, Reason):
        return better
    return replace(
        named,
        treatment=better.treatment,
        subject=better.subject,
        press=named.press and better.press,
    )


def _item(path: Path, *, unit: Unit, said: CaseFile, words: RoleWords) -> Item | Reason:
    file = _relative(path, unit=unit)
    medium = said.medium(file)
    if medium == Medium():
        medium = said.medium(path.name)
    stem = PurePosixPath(path.name).stem
    if unit.folder is None:
        loose = read_loose_name(path.name)
        stem = stem if isinstance(loose, Reason) else loose.role_stem
    sniffed = _sniffed(path)
    if isinstance(sniffed, Reason):
        return sniffed
    if path.suffix.lower() in SIDECARS and sniffed.kind is None:
        return Item(path, file, SIDECAR_KIND, None, "", None, medium)
    if sniffed.kind is None or sniffed.kind == "archive":
        return Reason("archive" if sniffed.kind else "unknown_format", file=path.name)
    kind = sniffed.kind if isinstance(sniffed.kind, Kind) else None
    role: Role | Aside | Reason | None = medium.role
    if role is None:
        role = role_of(stem, words=words, kind=kind)
    if kind is None or role is Aside.PAPER:
        if isinstance(role, Reason) and medium.role is None and kind is not None:
            return Item(path, file, str(kind), None, "", role, medium)
        return Item(path, file, PAPER_KIND, None, "", None, medium)
    question = replace(role, file=file) if isinstance(role, Reason) else None
    known = None if isinstance(role, Reason) else role
    view = medium.view or view_of(stem, words=words)
    return Item(path, file, str(kind), known, view, question, medium)


def _sniffed(path: Path) -> Sniffed | Reason:
    try:
        return sniff(path)
    except BadMedia as error:
        return replace(error.reason, file=path.name)
    except OSError as error:
        return Reason("unreadable_file", file=path.name, facts={"problem": error.strerror or ""})


def _relative(path: Path, *, unit: Unit) -> str:
    return path.name if unit.folder is None else path.relative_to(unit.folder).as_posix()


def _alone(items: Sequence[Item], name: CaseName) -> tuple[Item, ...]:
    """In a press folder what has no role is press; the rest is settled where the case is known."""
    if not name.press:
        return tuple(items)
    return tuple(
        replace(item, role=Role.PRESS)
        if item.kind in set(Kind) and item.role is None and item.question is None
        else item
        for item in items
    )
