"""A person's word: hold, release, retract, take out, approve; and that a refusal is above it."""

from __future__ import annotations

from pathlib import Path

import makers
import pytest
from makers import photo, record

from pipeline.rules.errors import NeedsPerson, UsageError

ONE, TWO = "massage--w1", "cupping--w2"


def published(folder: Path, **changes: object) -> makers.Workspace:
    """Two published cases of two patients."""
    clinic = makers.workspace(folder, **changes)
    clinic.drop(ONE, {"before.jpg": photo("b"), "after.jpg": photo("a"), "during.jpg": photo("d")})
    clinic.drop(TWO, {"one.jpg": photo("other")})
    clinic.sign(record("w1"), record("w2"))
    assert clinic.run().code == 0
    assert len(clinic.tokens(ONE)) == len(clinic.tokens(TWO)) == 2
    return clinic


def media(clinic: makers.Workspace) -> set[str]:
    """The tokens under which media lie in public storage."""
    return {key.split("/")[1] for key in clinic.public() if key.startswith("media/")}


def named_in_indexes(clinic: makers.Workspace, name: str) -> bool:
    """Whether any index page names a case."""
    slug = clinic.case(name)["id"].encode()
    public = clinic.public()
    return any(slug in body for key, body in public.items() if not key.startswith("cases/"))


def test_hold_takes_down_until_release(tmp_path: Path) -> None:
    """Gone within the command, down through every run, back under new tokens on release."""
    clinic = published(tmp_path)
    first = set(clinic.tokens(ONE).values())
    others = set(clinic.tokens(TWO).values())
    answer = clinic.say("hold", ONE, "--why", "the patient called")
    assert answer.code == 0
    assert all(each["complete"] for each in answer.data["withdrawals"])
    assert media(clinic) == others
    assert not named_in_indexes(clinic, ONE)
    assert clinic.run().code == 1
    assert media(clinic) == others
    case = clinic.case(ONE)
    assert case["stage"] == "HELD"
    assert [(r["code"], "the patient called" in r["text"]) for r in case["reasons"]] == [
        ("held_by_person", True)
    ]
    assert "the patient called" in clinic.waiting()
    assert clinic.say("release", ONE).code == 0
    assert clinic.run().code == 0
    assert media(clinic) == others | set(clinic.tokens(ONE).values())
    assert not first & media(clinic)
    verbs = [event.verb for event in clinic.events() if event.case == ONE]
    assert verbs.index("held") < verbs.index("withdrawn") < verbs.index("released")


def test_hold_all_is_the_emergency_stop(tmp_path: Path) -> None:
    """Everything is gone within the command; what was held by itself stays held afterwards."""
    clinic = published(tmp_path)
    clinic.say("hold", TWO, "--why", "its own reason")
    assert clinic.say("hold", "--all", "--why", "something is wrong").code == 0
    assert media(clinic) == set()
    assert not named_in_indexes(clinic, ONE)
    clinic.drop("massage--w3", {"one.jpg": photo("third")})
    clinic.sign(record("w3"))
    clinic.run()
    assert media(clinic) == set(), "a new case went up during the stop"
    clinic.say("release", "--all")
    clinic.run()
    assert media(clinic) == {
        *clinic.tokens(ONE).values(), *clinic.tokens("massage--w3").values()
    }  # fmt: skip
    assert clinic.case(TWO)["stage"] == "HELD"


def test_retract_is_for_good(tmp_path: Path) -> None:
    """Neither a release nor a new record nor an amendment brings a retracted case back."""
    clinic = published(tmp_path)
    others = set(clinic.tokens(TWO).values())
    assert clinic.say("retract", ONE, "--why", "wrong patient").code == 0
    with pytest.raises(UsageError):
        clinic.say("release", ONE)
    clinic.sign(record("w1", id="C-new", signed_on="2026-11-15"))
    clinic.drop(ONE, {"new after.jpg": photo("new")}, case="consent: [C-new]\n")
    clinic.run()
    assert media(clinic) == others
    assert clinic.case(ONE)["stage"] == "WITHDRAWN"


def test_tombstones_are_one_constant_page(tmp_path: Path) -> None:
    """Two cases that came down for different reasons leave the very same bytes."""
    clinic = published(tmp_path)
    clinic.say("retract", ONE, "--why", "one reason")
    clinic.clock.forward(days=1)
    clinic.say("consent", "revoke", "C-w2")
    slugs = [clinic.case(name)["id"] for name in (ONE, TWO)]
    stones = [f"cases/{slug}/{page}.html" for slug in slugs for page in ("index", "embed")]
    left = clinic.public()
    assert sorted(key for key in left if key.startswith("cases/")) == sorted(stones)
    assert len({left[key] for key in stones}) == 1


def test_take_out_removes_one_file_everywhere_and_prints_the_incident(tmp_path: Path) -> None:
    """Its addresses are printed and dead; the rest of the case comes back under a new token."""
    clinic = published(tmp_path)
    clinic.drop(f"{ONE}--label", {"during again.jpg": photo("d"), "single.jpg": photo("s")})
    clinic.run()
    label = f"{ONE}--label"
    before = {*clinic.tokens(ONE).values(), *clinic.tokens(label).values()}
    answer = clinic.say("take-out", ONE, "during.jpg", "--why", "another person is in it")
    assert answer.code == 0
    incidents = answer.data["incidents"]
    assert {(each["case"], each["channel"]) for each in incidents} == {
        (name, channel) for name in (ONE, label) for channel in ("web", "instagram")
    }
    assert "Incident: " in answer.text
    urls = [url for each in incidents for url in each["urls"]]
    assert urls
    assert all(url in answer.text for url in urls)
    assert clinic.run().code == 0
    assert not before & media(clinic)
    assert [m["role"] for m in clinic.case_json(ONE)["media"]] == ["before", "after"]
    assert [m["role"] for m in clinic.case_json(label)["media"]] == ["single"]
    states = {asset["file"]: asset["state"] for asset in clinic.case(ONE)["assets"]}
    assert states["during.jpg"] == "taken_out"
    clinic.drop(ONE, {"during.jpg": photo("d")})
    clinic.run()
    assert len(clinic.case_json(ONE)["media"]) == 2, "the same bytes came back"


def test_review_always_waits_for_an_approval(tmp_path: Path) -> None:
    """Rendered privately, REVIEW and exit 1; public once approved; a new word asks again."""
    clinic = makers.workspace(tmp_path, review="always")
    clinic.drop(ONE, {"one.jpg": photo()})
    clinic.sign(record("w1"))
    assert clinic.run().code == 1
    case = clinic.case(ONE)
    assert case["stage"] == "REVIEW"
    assert makers.codes(case) == {"review_always"}
    assert media(clinic) == set()
    assert [key for key in makers.files_below(clinic.private) if key.startswith("rendered/")]
    assert clinic.say("approve", ONE, "--why", "looked at it").code == 0
    assert clinic.run().code == 0
    tokens = clinic.tokens(ONE)
    assert media(clinic) == set(tokens.values())
    title = clinic.case_json(ONE)["title"]

    clinic.drop(ONE, {}, case="title: A much better title\n")
    assert clinic.run().code == 1
    assert clinic.case(ONE)["stage"] == "REVIEW"
    assert clinic.case_json(ONE)["title"] == title, "words that nobody approved are public"
    clinic.say("approve", ONE, "--why", "the title is fine")
    assert clinic.run().code == 0
    assert clinic.case_json(ONE)["title"] == "A much better title"
    assert clinic.tokens(ONE) == tokens


def test_an_approval_cannot_replace_a_consent(tmp_path: Path) -> None:
    """`approve` says no where a refusal stands, and nothing goes up."""
    clinic = makers.workspace(tmp_path, review="always")
    clinic.drop(ONE, {"one.jpg": photo()})
    clinic.run()
    with pytest.raises(NeedsPerson):
        clinic.say("approve", ONE, "--why", "I know her, it is fine")
    clinic.run()
    assert media(clinic) == set()
