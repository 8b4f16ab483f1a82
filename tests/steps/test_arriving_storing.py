"""Storing: the rows that follow from what was taken, in one go."""

from __future__ import annotations

import re

import makers
from makers import film, phone_photo, photo

from pipeline.tools.catalog import cases

CASE = "massage--s1"


def assets(clinic: makers.Workspace, name: str = CASE) -> dict[str, cases.AssetRow]:
    """The originals of a case by SHA-256's file and state."""
    with clinic.opened() as means, means.catalog.read() as connection:
        row = cases.find(connection, name)
        assert row is not None
        return {f"{a.file} {a.state}": a for a in cases.assets_of(connection, row.id)}


def test_a_new_case_has_a_public_name_that_tells_nothing(taken: makers.Workspace) -> None:
    """Treatment and eight letters drawn by chance; the original's bytes lie under their hash."""
    case = taken.case(CASE)
    assert re.fullmatch(r"massage-[a-z]{8}", case["id"])
    for name in ("before", "after", "during"):
        row = assets(taken)[f"{name}.jpg active"]
        path = taken.private / "originals" / row.sha256[:2] / row.sha256
        assert path.read_bytes() == photo(name)
        assert row.facts is not None
        assert (row.facts["width"], row.facts["height"]) == makers.SIZE
        assert row.people == ("s1",)
    assert [event.verb for event in taken.events()] == ["received", "decided"]


def test_a_file_of_the_same_name_is_a_new_version(taken: makers.Workspace) -> None:
    """The old row stays as replaced, its bytes stay too."""
    taken.drop(CASE, {"after.jpg": photo("newer")})
    taken.say("intake")
    found = assets(taken)
    assert found["after.jpg active"].sha256 != found["after.jpg replaced"].sha256
    assert photo("after") in makers.files_below(taken.private / "originals").values()


def test_the_same_bytes_again_change_nothing(taken: makers.Workspace) -> None:
    """Under the same or another name they are known, and leave the inbox without an event."""
    events = len(taken.events())
    taken.drop(CASE, {"after.jpg": photo("after"), "another name after.jpg": photo("after")})
    answer = taken.say("intake")
    assert answer.data["cases"] == []
    assert len(assets(taken)) == 3
    assert len(taken.events()) == events
    assert not (taken.inbox / CASE).exists()


def test_the_same_bytes_with_a_role_answer_the_question(empty: makers.Workspace) -> None:
    """A wordless picture that is dropped again as `after` is no question any more."""
    empty.drop("massage--q", {"before.jpg": photo("b"), "which.jpg": photo("w")})
    empty.say("intake")
    assert assets(empty, "massage--q")["which.jpg active"].reason is not None
    empty.drop("massage--q", {"knee after.jpg": photo("w")})
    empty.say("intake")
    row = assets(empty, "massage--q")["knee after.jpg active"]
    assert (row.role, row.reason, row.view) == ("after", None, "knee")


def test_what_is_not_shown_has_a_state_that_says_so(empty: makers.Workspace) -> None:
    """Papers, skipped files and the film of a Live Photo; the still alone is single."""
    empty.drop(
        "massage--q",
        {"IMG_7.HEIC": phone_photo("q"), "IMG_7.MOV": film("q"), "id card.jpg": photo("i"),
         "skip.jpg": photo("k")},
    )  # fmt: skip
    empty.say("intake")
    states = {name: row.role for name, row in assets(empty, "massage--q").items()}
    assert states == {
        "IMG_7.HEIC active": "single", "IMG_7.MOV skip": None,
        "id card.jpg paper": None, "skip.jpg skip": None,
    }  # fmt: skip
