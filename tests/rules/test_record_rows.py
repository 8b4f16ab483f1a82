"""Consent records as rows of a spreadsheet, and printed again."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.rules.signed.elements import KEYS
from pipeline.rules.signed.record_rows import record_from_row, to_mapping
from pipeline.rules.signed.records import Record, read_record

ROW = {
    "\ufeffid": "c-17",
    "Kind": "patient",
    " subject ": "0042",
    "signed by": "Ana Example",
    "signed_on": "2026-03-01",
    "channels": "web; instagram;",
    "expires_on": "2027-03-01",
    "discloser": "the clinic; its marketing staff",
    "recipients": "everybody",
    "information": "films of the neck",
    "purpose": "marketing",
    "statements.right_to_revoke": "TRUE",
    "statements.no_conditioning": "yes",
    "statements.redisclosure": "Yes",
    "statements.remuneration": "none",
    "allows.face": "yes",
    "covers.treatments": "Cupping; Dry needling",
    "covers.taken_until": "",
    "revoked_on": " ",
}


def record(row: dict[str, str]) -> Record:
    """The record read from a row."""
    read = read_record(record_from_row(row))
    assert isinstance(read, Record)
    return read


def test_a_row() -> None:
    """Columns with dots are sections, `;` parts lists, blanks and a byte order mark are nothing."""
    assert record_from_row(ROW) == {
        "id": "c-17",
        "kind": "patient",
        "subject": "0042",
        "signed_by": "Ana Example",
        "signed_on": "2026-03-01",
        "channels": ["web", "instagram"],
        "expires_on": "2027-03-01",
        "discloser": "the clinic; its marketing staff",
        "recipients": "everybody",
        "information": "films of the neck",
        "purpose": "marketing",
        "statements": {
            "right_to_revoke": "TRUE",
            "no_conditioning": "yes",
            "redisclosure": "Yes",
            "remuneration": "none",
        },
        "allows": {"face": "yes"},
        "covers": {"treatments": ["Cupping", "Dry needling"]},
    }
    read = record(ROW)
    assert read.defects == ()
    assert read.covers is not None
    assert read.covers.treatments == {"cupping", "dry-needling"}
    assert not read.revoked


@pytest.mark.parametrize("mark", ["\ufeff", "ï»¿", '\ufeff"'])
def test_byte_order_marks(mark: str) -> None:
    """The mark that spreadsheets write at the head of a file is no letter of a column's name."""
    assert record_from_row({f"{mark}id": "c-1"}) == {"id": "c-1"}


@pytest.mark.parametrize(
    ("more", "code", "element"),
    [
        ({"Expires_on": "2099-01-01"}, "consent_not_day", "expires_on"),
        ({"Channels": "web;tiktok"}, "consent_not_list", "channels"),
        ({"Allows.face": "no"}, "consent_not_yes_no", "allows.face"),
        ({"": "left over"}, "consent_unknown_key", ""),
        ({"signed_on.time": "9:00"}, "consent_unknown_key", "signed_on.time"),
        ({"statements.": "x"}, "consent_unknown_key", "statements."),
        ({"purpose": "=A1"}, "consent_formula", "purpose"),
        ({"allows.face": "=TRUE()"}, "consent_not_yes_no", "allows.face"),
        ({"notes": "called back"}, "consent_unknown_key", "notes"),
    ],
)
def test_nothing_is_widened_silently(more: dict[str, str], code: str, element: str) -> None:
    """Contradicting columns, stray cells and formulas are defects; none of them allows more."""
    read = record(ROW | more)
    assert [(defect.code, defect.element) for defect in read.defects] == [(code, element)]
    assert read.channels <= {"web", "instagram"}


def test_two_equal_answers_are_one() -> None:
    """The same column twice with the same cell contradicts nothing."""
    assert record(ROW | {"Expires_on": "2027-03-01"}) == record(ROW)


def test_a_formula_in_the_subject_keeps_the_row() -> None:
    """A row is never dropped for a formula: it might be a revocation."""
    read = record(ROW | {" subject ": '="0042"', "revoked_on": "2026-05-01"})
    assert read.revoked
    assert [defect.code for defect in read.defects] == ["consent_formula"]


def test_cells_beyond_the_last_column_are_told() -> None:
    """What a CSV reader gives under no name, in a list, is a defect and never lost."""
    stray: dict[str, str] = {None: ["x", ""]}  # type: ignore[dict-item] # as csv.DictReader gives it
    assert [defect.code for defect in record(ROW | stray).defects] == ["consent_unknown_key"]


def test_a_printed_record_reads_as_the_same() -> None:
    """What `show` prints is what was handed in, in the order of the form, blanks left out."""
    handed_in = {"purpose": "x", "zzz": {"a": ["b"]}, "id": "c-1", "subject": "0042", "renews": ""}
    read = read_record(handed_in)
    assert isinstance(read, Record)
    printed = to_mapping(read)
    assert list(printed) == ["id", "subject", "purpose", "zzz"]
    assert read_record(printed) == read
    assert read_record(to_mapping(record(ROW))) == record(ROW)


TEXTS = st.text(max_size=8)


@given(st.dictionaries(st.sampled_from(KEYS) | TEXTS, TEXTS | st.lists(TEXTS, max_size=2)))
def test_printing_keeps_what_nobody_could_read(entries: dict[str, object]) -> None:
    """Printing and reading are inverse for defective records too."""
    read = read_record({**entries, "id": "c-1", "subject": "0042"})
    assert isinstance(read, Record)
    again = read_record(to_mapping(read))
    assert isinstance(again, Record)
    assert again.revoked == read.revoked
    assert {each.code for each in again.defects} <= {each.code for each in read.defects}
    assert bool(again.defects) == bool(read.defects) or "consent_unknown_key" in {
        each.code for each in read.defects
    }


@given(st.dictionaries(TEXTS | st.sampled_from(KEYS), TEXTS))
def test_rows_never_fail(row: dict[str, str]) -> None:
    """Any row becomes a mapping that can be read."""
    read_record(record_from_row(row))
