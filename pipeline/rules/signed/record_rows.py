"""Consent records in other clothes: a row of a spreadsheet coming in, a record going out again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from pipeline.rules.signed.elements import KEYS

if TYPE_CHECKING:
    from pipeline.rules.signed.records import Record

_LISTS = frozenset({"channels", "covers.treatments", "covers.cases"})
# A byte order mark at the head of a file, as UTF-8 and as older Windows programs misread it.
_MARKS = ("\ufeff", "ï»¿")
_DEEPEST = 6


def record_from_row(cells: Mapping[str, str]) -> dict[str, object]:
    """A row, by the names of its columns, as the mapping that `read_record` reads.

    Columns are named as elements are, with a dot within sections ("statements.redisclosure") and
    in any case; lists have ";" between their items; blank cells are absent. A cell that cannot be
    placed, and columns that contradict each other, are kept so that `read_record` finds a defect.
    """
    entries: dict[str, object] = {}
    for column, cell in cells.items():
        name, text = _name(column), _text(cell)
        if not text:
            continue
        value: object = text
        if name in _LISTS:
            value = [item.strip() for item in text.split(";") if item.strip()]
        section, dot, rest = name.partition(".")
        place = entries
        if dot:
            inner = entries.setdefault(section, {})
            if isinstance(inner, dict):
                place, name = inner, rest
        # Two answers to one question are none: a list of both is no text, day or list of texts.
        place[name] = [place[name], value] if place.get(name, value) != value else value
    return entries


def to_mapping(record: Record) -> dict[str, object]:
    """A record as a mapping to print or store: `read_record` reads the same record from it.

    It is what was handed in, without blanks, in the order of the form; what nobody could read
    is in it too.
    """
    entries = {str(key): _plain(value) for key, value in record.raw.items()}
    ordered = [key for key in KEYS if key in entries] + [key for key in entries if key not in KEYS]
    return {key: entries[key] for key in ordered if entries[key] not in (None, "", [], {})}


def _name(column: object) -> str:
    name = str(column or "")
    for mark in _MARKS:
        name = name.removeprefix(mark)
    return name.strip().strip('"').strip().casefold().replace(" ", "_")


def _text(cell: object) -> str:
    """The text of a cell; cells beyond the last column, which come as a list, as one text."""
    if isinstance(cell, list):
        return "; ".join(filter(None, map(_text, cell)))
    return str(cell).strip() if cell is not None else ""


def _plain(value: object, *, depth: int = 0) -> object:
    """`value` as texts, flags, lists and mappings, whatever it was."""
    if value is None or isinstance(value, bool):
        return value
    if depth > _DEEPEST:
        return "…"
    if isinstance(value, Mapping):
        return {str(key): _plain(each, depth=depth + 1) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(each, depth=depth + 1) for each in value]
    return value.strip() if isinstance(value, str) else str(value)
