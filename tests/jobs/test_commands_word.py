"""A person's word on the command line: hold, release, retract, take-out, approve."""

from __future__ import annotations

from typing import Any

import makers

CASE = "massage--0042"


def stage(clinic: makers.Workspace) -> str:
    """Where the public case stands."""
    return str(clinic.case(CASE)["stage"])


def test_hold_and_release(published: makers.Workspace, tell: Any) -> None:
    """Held is down at once with its receipt and reason; released comes back with the next run."""
    told = tell(published, "hold", CASE, "--why", "a question", "--json")
    assert (told.code, told.json["case"]) == (0, CASE)
    assert {each["cause"] for each in told.json["withdrawals"]} == {"held"}
    assert published.shown(CASE) == []
    assert stage(published) == "HELD"
    assert "held: a question" in tell(published, "status").out
    released = tell(published, "release", CASE)
    assert released.code == 0
    assert "next run" in released.out
    published.run()
    assert stage(published) == "PUBLISHED"


def test_the_emergency_stop(published: makers.Workspace, tell: Any) -> None:
    """--all takes everything down; a case held by itself stays held when the stop is over."""
    told = tell(published, "hold", "--all", "--why", "stop", "--json")
    assert (told.code, told.json["held"]) == (0, 2)
    assert published.shown(CASE) == []
    tell(published, "hold", CASE, "--why", "this one too")
    assert tell(published, "release", "--all").code == 0
    published.run()
    assert stage(published) == "HELD"
    tell(published, "release", CASE)
    published.run()
    assert stage(published) == "PUBLISHED"


def test_retracted_is_for_good(published: makers.Workspace, tell: Any) -> None:
    """Down at once, never up again, and a release is refused with a way out."""
    told = tell(published, "retract", CASE, "--why", "the wrong patient")
    assert told.code == 0
    assert "retracted for good" in told.out
    assert "all gone" in told.out
    refused = tell(published, "release", CASE)
    assert refused.code == 2
    assert "new case" in refused.err
    published.run()
    assert published.shown(CASE) == []


def test_take_out_prints_the_incident(published: makers.Workspace, tell: Any) -> None:
    """Where the file was public, since when, and every address; afterwards it is nowhere."""
    addresses = {f"http://127.0.0.1:8000/{key}" for key in published.shown(CASE) if "media/" in key}
    told = tell(published, "take-out", CASE, "after.jpg", "--why", "wrong knee", "--json")
    assert told.code == 0
    assert {each["channel"] for each in told.json["incidents"]} == {"web", "instagram"}
    assert all(each["since"] < each["until"] for each in told.json["incidents"])
    assert addresses <= {url for each in told.json["incidents"] for url in each["urls"]}
    assert published.shown(CASE) == []
    states = {each["file"]: each["state"] for each in published.case(CASE)["assets"]}
    assert states == {"before.jpg": "active", "after.jpg": "taken_out"}
    told = tell(published, "take-out", CASE, "befor.jpg", "--why", "x")
    assert told.code == 2
    assert "Did you mean before.jpg?" in told.err


def test_take_out_in_words(published: makers.Workspace, tell: Any) -> None:
    """The incident can be read and copied into a report."""
    told = tell(published, "take-out", CASE, "after.jpg", "--why", "wrong knee")
    assert "after.jpg is out." in told.out
    assert f"Incident: {CASE} on web, public from " in told.out
    assert "http://127.0.0.1:8000/media/" in told.out


def test_approve_answers_a_flag_and_nothing_else(published: makers.Workspace, tell: Any) -> None:
    """A case in review goes out after it; one without a consent stays where it is: exit 1."""
    refused = tell(published, "approve", "cupping--7", "--why", "it is fine")
    assert (refused.code, refused.out) == (1, "")
    assert "an approval cannot replace" in refused.err
    published.configure(review="always")
    published.drop("massage--0050", {"one.jpg": makers.photo("z")})
    published.sign(makers.record("0050", **makers.today()))
    published.run()
    assert published.case("massage--0050")["stage"] == "REVIEW"
    told = tell(published, "approve", "massage--0050", "--why", "looked at", "--json")
    assert (told.code, told.json["approved"]) == (0, ["instagram", "web"])
    published.run()
    assert published.case("massage--0050")["stage"] == "PUBLISHED"
