"""What people write is read as the text they typed, or refused with the place to correct."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.tools.documents import (
    MAX_BYTES,
    Unreadable,
    read_mapping,
    read_mappings,
    read_rows,
    read_text,
    write_mapping,
)

WORDS = st.text(
    st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\u2028\u2029\ufeff\x85"),
    max_size=30,
)


@pytest.mark.parametrize(
    "typed",
    ["0042", "42", "007", "0x1F", "1_000", "12:30:45", "1e3", ".5", "no", "yes", "on", "off",
     "true", "False", "2026-12-01", "2026-12-01T08:00:00Z", "=", "<<", "!important", "~/drop"],
)  # fmt: skip
def test_scalars_stay_as_they_were_typed(typed: str) -> None:
    """No number, no yes, no day: every scalar is the text on the page, as value and as key."""
    if not typed.startswith("!"):
        assert read_mapping(f"code: {typed}") == {"code": typed}
        assert read_mapping(f"{typed}: x") == {typed: "x"}
        assert read_mapping(f"codes: [{typed}, {typed}]") == {"codes": [typed, typed]}
    assert read_mapping(f'code: "{typed}"') == {"code": typed}


@pytest.mark.parametrize("typed", ["", "~", "null", "Null", "NULL"])
def test_nothing_is_none(typed: str) -> None:
    """An empty place and null are nothing; in quotation marks they are words."""
    assert read_mapping(f"code: {typed}") == {"code": None}
    assert read_mapping(f'code: "{typed}"') == {"code": typed}


def test_json_is_read_too() -> None:
    """Flow style, hence JSON, is the same mapping; numbers stay as they were typed."""
    given_ = {"id": "C-1", "allows": {"face": "true"}, "channels": ["web"], "none": None}
    assert read_mapping(json.dumps(given_)) == given_
    assert read_mapping('{"code": 0042, "share": 0.50, "yes": true}') == {
        "code": "0042",
        "share": "0.50",
        "yes": "true",
    }


def test_emoji_are_read_as_json_escapes_them() -> None:
    """Two halves in a text or a key are one sign; half of one, and NUL, cannot be stored."""
    mapping = {"title": "👩🏽‍⚕️ 🙂", "🙂": ["🦵"]}
    assert read_mapping(json.dumps(mapping)) == mapping
    for text in ('title: "\\ud83d"', 'title: "\\ude42\\ud83d"', 'title: "a\\0b"', '"\\0": a'):
        with pytest.raises(Unreadable, match=r"line 1: .*stored"):
            read_mapping(text)


@pytest.mark.parametrize("text", ["", "\n\n", "# only a remark\n", "---\n", "null"])
def test_an_empty_text_is_an_empty_mapping(text: str) -> None:
    """Nothing written is nothing said, not a mistake."""
    assert read_mapping(text) == {}
    assert read_mappings(text) == []


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a: 1\nb: [1, 2\nc: 3\n", 3),
        ("a: 1\n\tb: 2\n", 2),
        ("a: 1\nb: 2\na: 3\n", 3),
        ("a:\n  b: 1\n  b: 2\n", 3),
        ("a: &x 1\nb: *x\n", 2),
        ("a: &x {b: *x}\n", 1),
        ("? [a, b]\n: 1\n", 1),
        ("? {a: b}\n: 1\n", 1),
    ],
)
def test_what_cannot_be_meant_is_refused_with_its_line(text: str, line: int) -> None:
    """Open brackets, tabs, double keys, references and keys that are no text."""
    with pytest.raises(Unreadable, match=f"line {line}"):
        read_mapping(text)


@pytest.mark.parametrize(
    "text",
    [
        "- a\n- b\n",
        "just a sentence",
        "a: 1\n---\nb: 2\n",
        "a: !!python/object/apply:os.system [echo]\n",
        "a: !!binary aGk=\n",
        "a: !!set {x, y}\n",
        "a: !!int 0042\n",
        "a: !!bool no\n",
        "a: !!timestamp 2026-12-01\n",
        "a: !!omap [b: c]\n",
        "a: !include other.yaml\n",
        "a: \x00",
        "a: [" * 5000,
        "{a: " * 5000,
    ],
    ids=lambda text: text[:30].replace("\x00", "NUL"),
)
def test_no_document_runs_or_means_more_than_it_shows(text: str) -> None:
    """Lists, several documents, types of other languages, and nesting without end are refused."""
    with pytest.raises(Unreadable):
        read_mapping(text)


def test_a_bomb_of_references_is_refused_at_once() -> None:
    """Nine lines that would become a billion words are refused at their first reference."""
    lines = ["a0: &a0 [lol, lol]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 10)]
    with pytest.raises(Unreadable, match="line 2"):
        read_mapping("\n".join(lines))


@pytest.mark.parametrize(
    "raw",
    [
        "name: Søren 膝".encode(),
        "name: Søren 膝".encode("utf-8-sig"),
        "name: Søren 膝".encode("utf-16"),
        b"\xfe\xff" + "name: Søren 膝".encode("utf-16-be"),
    ],
    ids=["UTF-8", "with a mark", "UTF-16", "UTF-16, big end first"],
)
def test_what_editors_save_is_read(raw: bytes) -> None:
    """UTF-8 with or without its mark, and what spreadsheets call Unicode."""
    assert read_mapping(read_text(raw)) == {"name": "Søren 膝"}


@pytest.mark.parametrize(
    "raw",
    ["Größe".encode("latin-1"), b"\xff\xfea", b"\x89PNG\r\n\x1a\n\xff", b"a" * (MAX_BYTES + 1)],
    ids=["another code", "half a sign", "a picture", "too many bytes"],
)
def test_what_is_no_text_is_refused(raw: bytes) -> None:
    """Another code, cut signs, pictures and enormous files are told in words."""
    with pytest.raises(Unreadable, match="file"):
        read_text(raw)


def test_a_text_of_the_greatest_size_is_read() -> None:
    """The limit itself is allowed."""
    assert len(read_text(b"a" * MAX_BYTES)) == MAX_BYTES


def test_a_list_of_mappings() -> None:
    """One mapping is a list of one; a list with anything else in it is refused."""
    assert read_mappings("id: A\n") == [{"id": "A"}]
    assert read_mappings("- id: 01\n- {id: 02}\n") == [{"id": "01"}, {"id": "02"}]
    for text in ("- id: A\n- b\n", "- [a]\n"):
        with pytest.raises(Unreadable, match="list"):
            read_mappings(text)


@pytest.mark.parametrize(
    "text",
    [
        "id,subject,channels\nC-1,0042,web; instagram\n",
        "id;subject;channels\nC-1;0042;web, instagram\n".replace("web, instagram", "web"),
        "id\tsubject\tchannels\nC-1\t0042\tweb; instagram\n",
        ' id , subject ,channels\r\n"C-1", 0042 ,"web; instagram"\r\n\r\n,,\r\n',
    ],
    ids=["commas", "semicolons", "tabs", "as spreadsheets do"],
)
def test_spreadsheets_are_read(text: str) -> None:
    """Commas, semicolons or tabs; codes keep their zeros; spaces and empty rows do not count."""
    (row,) = read_rows(text)
    assert (row["id"], row["subject"]) == ("C-1", "0042")
    assert row["channels"].startswith("web")


def test_cells_may_hold_lines_and_commas() -> None:
    """What stands in quotation marks is one cell."""
    (row,) = read_rows('id,purpose\nC-1,"Marketing, of ""us""\nand more"\n')
    assert row["purpose"] == 'Marketing, of "us"\nand more'


@pytest.mark.parametrize("text", ["id,id\n1,2\n", "id,subject\n1,2,3\n", "id, id \n1,2\n"])
def test_rows_that_do_not_fit_their_header_are_refused(text: str) -> None:
    """A column named twice, or a cell too many, could mean anything."""
    with pytest.raises(Unreadable):
        read_rows(text)


def test_a_short_row_has_empty_cells() -> None:
    """Cells that are missing at the end are empty; no rows are no rows."""
    assert read_rows("id,subject\nC-1\n") == [{"id": "C-1", "subject": ""}]
    assert read_rows("id,subject\n") == read_rows("") == []


@given(
    st.dictionaries(
        WORDS.filter(bool),
        st.recursive(
            st.none() | WORDS,
            lambda inner: (
                st.lists(inner, max_size=4) | st.dictionaries(WORDS.filter(bool), inner, max_size=4)
            ),
            max_leaves=8,
        ),
        max_size=6,
    )
)
def test_what_is_written_is_read_back(mapping: dict[str, object]) -> None:
    """Any texts, lists and sections come back as they were: `show` can be given to `edit`."""
    assert read_mapping(write_mapping(mapping)) == mapping


@pytest.mark.parametrize(
    "code", ["0042", "no", "null", "~", "1e3", "2026-12-01", "", " a ", "a: b"]
)
def test_texts_that_look_like_something_else_are_kept(code: str) -> None:
    """Codes that YAML would read as numbers, answers or days are written so that they stay."""
    assert read_mapping(write_mapping({"code": code, "codes": [code]})) == {
        "code": code,
        "codes": [code],
    }


def test_writing_keeps_the_order_and_the_script() -> None:
    """Keys stand in the order of the mapping, letters as letters."""
    written = write_mapping({"title": "Søren 膝", "channels": ["web"], "alt": "x"})
    assert written == "title: Søren 膝\nchannels:\n  - web\nalt: x\n"
