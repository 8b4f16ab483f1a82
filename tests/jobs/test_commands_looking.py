"""What is where: status, show, plan; and that looking changes nothing."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import makers
import pytest

CASE = "massage--0042"


def test_status_has_the_keys_of_the_contract(published: makers.Workspace, tell: Any) -> None:
    """Exactly these keys on every level, with values of these kinds."""
    (published.inbox / "notes.xyz").write_bytes(b"no picture")
    published.run()
    data = tell(published, "status", "--json").json
    assert data.keys() == {"version", "at", "cases", "withdrawals", "problems"}
    assert data["version"] == 1
    assert datetime.fromisoformat(data["at"]).tzinfo
    by_name = {case["case"]: case for case in data["cases"]}
    for case in by_name.values():
        assert case.keys() == {
            "id", "case", "treatment", "subject", "title", "stage", "since", "url", "reasons",
            "channels", "assets",
        }  # fmt: skip
        assert datetime.fromisoformat(case["since"]).tzinfo
        for reason in case["reasons"]:
            assert reason.keys() == {"code", "text", "remedy", "file", "channel"}
        for channel in case["channels"].values():
            assert channel.keys() == {"state", "until"}
            assert channel["state"] in {
                "public", "ready", "waiting", "refused", "off", "withdrawing",
            }  # fmt: skip
        for asset in case["assets"]:
            assert asset.keys() == {"file", "role", "kind", "sha256", "state"}
    public, waiting = by_name[CASE], by_name["cupping--7"]
    assert (public["treatment"], public["subject"], public["stage"]) == (
        "massage",
        "0042",
        "PUBLISHED",
    )
    assert public["url"] == f"http://127.0.0.1:8000/cases/{public['id']}/index.html"
    assert {name: each["state"] for name, each in public["channels"].items()} == {
        "web": "public",
        "instagram": "public",
    }
    assert [(each["file"], each["role"]) for each in public["assets"]] == [
        ("after.jpg", "after"),
        ("before.jpg", "before"),
    ]
    assert (waiting["stage"], waiting["url"]) == ("HELD", None)
    assert [reason["code"] for reason in waiting["reasons"]] == ["no_consent"]
    (problem,) = data["problems"]
    assert problem.keys() == {"file", "code", "text", "remedy"}
    assert (problem["file"], problem["code"]) == ("notes.xyz", "unknown_format")


def test_a_withdrawal_under_way_is_listed(published: makers.Workspace, tell: Any) -> None:
    """With its case, its channel, since when, and what is pending."""
    from pipeline.steps import enrol  # noqa: PLC0415 - a revocation, and nothing behind it

    with published.opened() as means:
        enrol.revoke(means, ["C-0042"], received_at=means.now())
    data = tell(published, "status", "--json").json
    assert [each.keys() for each in data["withdrawals"]] == [
        {"case", "channel", "since", "pending"}
    ] * 2
    assert {each["case"] for each in data["withdrawals"]} == {CASE}
    case = next(each for each in data["cases"] if each["case"] == CASE)
    assert {each["state"] for each in case["channels"].values()} == {"withdrawing"}
    assert "still coming down" in tell(published, "status").out


def test_the_empty_state_teaches(empty: makers.Workspace, tell: Any) -> None:
    """A new workspace says what to drop and where."""
    told = tell(empty, "status")
    assert told.code == 0
    assert str(empty.inbox) in told.out
    assert "dry-needling--0042" in told.out


def test_status_in_words(published: makers.Workspace, tell: Any) -> None:
    """What needs somebody comes first, with its sentence and what to do; then the address."""
    said = tell(published, "status").out
    assert said.index("HELD") < said.index("PUBLISHED")
    assert "This waits: there is no signed consent for 7." in said
    assert "→ Add the record" in said
    assert "http://127.0.0.1:8000/cases/massage-" in said
    assert "public on: instagram, web" in said or "public on: web, instagram" in said


def test_what_waits_in_the_inbox_is_listed(published: makers.Workspace, tell: Any) -> None:
    """A folder with a name that says nothing stands among the problems, untouched."""
    published.drop("holiday", {"one.jpg": makers.photo("h")})
    (problem,) = tell(published, "status", "--json").json["problems"]
    assert (problem["file"], problem["code"]) == ("holiday", "case_name_one_part")
    assert (published.inbox / "holiday" / "one.jpg").exists()


def test_an_older_database_is_shouted_about(published: makers.Workspace, tell: Any) -> None:
    """With a head outside that is ahead of the database, status says so before all else."""
    (published.private / "ledger" / "head.json").write_text('{"seq": 999999, "hash": "00"}')
    first = tell(published, "status", "--json").json["problems"][0]
    assert first["code"] == "catalog_older_than_log"


@pytest.mark.parametrize(
    "words",
    [
        ["status"],
        ["show", CASE],
        ["plan", "--all"],
        ["plan", CASE],
        ["verify"],
        ["consent", "list"],
    ],
    ids=" ".join,
)
def test_looking_changes_nothing(published: makers.Workspace, tell: Any, words: list[str]) -> None:
    """No event, no object, no file of the inbox is touched by a question."""
    before = published.events(), published.public(), makers.files_below(published.inbox)
    tell(published, *words)
    assert before == (
        published.events(),
        published.public(),
        makers.files_below(published.inbox),
    )


def test_show_prints_the_case_as_a_case_file(published: makers.Workspace, tell: Any) -> None:
    """Its form, its stage and its public name; the chart code keeps its zeros."""
    data = tell(published, "show", CASE, "--json").json
    assert data["form"]["subject"] == "0042"
    assert data["form"]["media"].keys() == {"before.jpg", "after.jpg"}
    assert (data["case"], data["stage"]) == (CASE, "PUBLISHED")
    said = tell(published, "show", CASE).out
    assert said.startswith(f"# {CASE} (PUBLISHED); public name {data['id']}\n")
    assert "subject: '0042'" in said


def test_plan_is_a_dry_run(published: makers.Workspace, tell: Any) -> None:
    """What exists, what would be made and on which record; what is refused, with the reason."""
    data = tell(published, "plan", CASE, "--json").json
    (case,) = data["cases"]
    assert data["missing"] == 0
    web = case["channels"]["web"]
    assert web["stands_on"] == [["C-0042", 1]]
    assert all(each["exists"] for each in web["renditions"])
    assert {(each["name"], each["width"], each["height"]) for each in web["renditions"]} == {
        ("web-48", 48, 36)
    } or all(each["width"] == 48 for each in web["renditions"])
    held = tell(published, "plan", "cupping--7").out
    assert "no signed consent for 7" in held
    assert "0 renditions would be made." in held


def test_plan_tells_how_much_a_change_would_remake(published: makers.Workspace, tell: Any) -> None:
    """After a change of the recipes the new files are counted, and nothing is made."""
    web = {**makers.RECIPES["web"], "widths": [32], "formats": ["jpeg", "webp"]}
    published.configure(recipes={**makers.RECIPES, "web": web})
    before = published.public()
    told = tell(published, "plan", "--all", "--json")
    assert told.code == 0
    assert told.json["missing"] == 4  # two photos in two formats
    assert len(told.json["cases"]) == 2
    assert "4 renditions would be made." in tell(published, "plan", "--all").out
    assert published.public() == before
