"""Sorting a unit: roles by name, words of case.yaml above them, papers, and what is of no use."""

from __future__ import annotations

from pathlib import Path

import makers
import pytest
from makers import photo

from pipeline.rules.errors import Reason
from pipeline.rules.inbox.naming import ROLE_WORDS, Aside
from pipeline.rules.media import Role
from pipeline.steps.arriving.looks import look
from pipeline.steps.arriving.sorting import Sorted, sort


def sorted_of(inbox: Path) -> Sorted | tuple[Reason, ...]:
    """Sort the one unit of an inbox."""
    (unit,) = look(inbox).units
    return sort(unit, words=ROLE_WORDS)


def understood(inbox: Path) -> Sorted:
    """Sort a unit that can be understood."""
    found = sorted_of(inbox)
    assert isinstance(found, Sorted)
    return found


def test_each_file_is_told_by_name_and_content(empty: makers.Workspace) -> None:
    """Role words, a paper by name and one by content, a side file, an archive, a text."""
    empty.drop(
        "Dry Needling--0042--Left knee",
        {
            "Before.JPG": photo("b"),
            "knee after 2.png": photo("a", form="PNG"),
            "consent scan.jpg": photo("c"),
            "letter.pdf": makers.PDF,
            "knee after 2.en.vtt": b"WEBVTT\n\n00:00.000 --> 00:01.000\nwords\n",
            "which.jpg": photo("w"),
            "pack.zip": b"PK\x03\x04rest",
            "notes.txt": b"call back",
        },
    )
    found = understood(empty.inbox)
    assert (found.name.treatment, found.name.subject) == ("dry-needling", "0042")
    kinds = {item.file: (item.kind, item.role, item.view) for item in found.items}
    assert kinds == {
        "Before.JPG": ("photo", Role.BEFORE, ""),
        "knee after 2.png": ("photo", Role.AFTER, "knee"),
        "consent scan.jpg": ("paper", None, ""),
        "letter.pdf": ("paper", None, ""),
        "knee after 2.en.vtt": ("sidecar", None, ""),
        "which.jpg": ("photo", None, "which"),
    }
    assert {(path.name, reason.code) for path, reason in found.useless} == {
        ("pack.zip", "archive"), ("notes.txt", "unknown_format"),
    }  # fmt: skip


def test_the_case_file_wins_over_names(empty: makers.Workspace) -> None:
    """Treatment, subject, roles and views are what it says, also for a file in a folder below."""
    empty.drop(
        "massage--1",
        {"before.jpg": photo("b"), "day 1/consent form.jpg": photo("c")},
        case={
            "treatment": "Dry Needling",
            "subject": "0042",
            "media": {
                "before.jpg": {"role": "after", "view": "knee"},
                "consent form.jpg": {"role": "skip"},
            },
        },
    )
    found = understood(empty.inbox)
    assert (found.name.treatment, found.name.subject) == ("dry-needling", "0042")
    assert found.name.slug == "massage--1", "the folder keeps its name"
    roles = {item.file: (item.role, item.view) for item in found.items}
    assert roles["before.jpg"] == (Role.AFTER, "knee")
    assert roles["day 1/consent form.jpg"][0] is Aside.SKIP


@pytest.mark.parametrize(
    ("files", "case", "code"),
    [
        ({}, "titel: x\n", "case_file_unknown_key"),
        ({}, "title: [\n", "case_file_unreadable"),
        ({}, "title: a\ntitle: b\n", "case_file_unreadable"),
        ({"before (conflicted copy).jpg": b"x"}, None, "sync_conflict"),
        ({"a.sync-conflict-20260101-120000-ABCDEFG.jpg": b"x"}, None, "sync_conflict"),
    ],
)
def test_a_unit_that_cannot_be_understood_waits_whole(
    empty: makers.Workspace, files: dict[str, bytes], case: str | None, code: str
) -> None:
    """A slip in case.yaml or a second version by a sync program asks about the whole folder."""
    empty.drop("massage--1", {"before.jpg": photo()} | files, case=case)
    found = sorted_of(empty.inbox)
    assert isinstance(found, tuple)
    assert {reason.code for reason in found} == {code}


def test_a_linked_case_file_is_not_read(empty: makers.Workspace) -> None:
    """It may lie anywhere and change at any time."""
    folder = empty.drop("massage--1", {"before.jpg": photo()})
    (folder / "case.yaml").symlink_to(empty.file("elsewhere.yaml", {"subject": "2"}))
    found = sorted_of(empty.inbox)
    assert isinstance(found, tuple)
    assert found[0].code == "case_file_unreadable"


@pytest.mark.parametrize(
    ("name", "code"), [("before after.jpg", "role_two_words"), ("before id.jpg", "role_or_paper")]
)
def test_a_name_that_says_two_things_is_a_question(
    empty: makers.Workspace, name: str, code: str
) -> None:
    """The file is kept in its case with the question; nothing is guessed."""
    empty.drop("massage--1", {name: photo()})
    (item,) = understood(empty.inbox).items
    assert item.role is None
    assert item.question is not None
    assert (item.question.code, item.question.file) == (code, name)


def test_of_a_loose_file_only_the_last_part_is_read(empty: makers.Workspace) -> None:
    """`before` in the label is no role."""
    (empty.inbox / "massage--1--before surgery--after.jpg").write_bytes(photo())
    (item,) = understood(empty.inbox).items
    assert item.role is Role.AFTER


def test_everything_in_a_press_folder_is_press(empty: makers.Workspace) -> None:
    """Unless its name says something else."""
    empty.drop("massage--press", {"at the fair.jpg": photo("f"), "skip this.jpg": photo("s")})
    roles = {item.file: item.role for item in understood(empty.inbox).items}
    assert roles == {"at the fair.jpg": Role.PRESS, "skip this.jpg": Aside.SKIP}
