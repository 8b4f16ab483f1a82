"""From the inbox to the networks: what one does not take stays away from it, and staff are told."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import makers
from makers import film, photo, record

from pipeline.tools.documents import read_mapping, write_mapping

CASE = "massage--n1"
CUT = makers.RECIPES["cut"] | {"from": ["photo", "video"], "codec": "h264"}
PACKAGED = makers.ROOT / "templates" / "rules" / "networks.yaml"


def workspace(folder: Path) -> makers.Workspace:
    """A workspace whose cuts for Instagram are made of films too."""
    clinic = makers.workspace(folder, recipes=makers.RECIPES | {"cut": CUT})
    clinic.sign(record("n1"))
    return clinic


def limit(clinic: makers.Workspace, *, post: str, **bounds: dict[str, str]) -> None:
    """Write the workspace's own limits: the packaged ones, other bounds for a post on Instagram."""
    data: dict[str, Any] = read_mapping(PACKAGED.read_text(encoding="utf-8"))
    for name, bound in bounds.items():
        data["networks"]["instagram"]["posts"][post][name] = bound | {"source": "a test"}
    clinic.file("templates/rules/networks.yaml", write_mapping(data))


def on_instagram(clinic: makers.Workspace) -> list[str]:
    """The endings of what is public on Instagram."""
    token = clinic.tokens(CASE).get("instagram", "none")
    return sorted(key.rpartition(".")[2] for key in clinic.public() if f"/{token}/" in key)


def reasons(clinic: makers.Workspace) -> dict[str, dict[str, Any]]:
    """The reasons of the case by their codes."""
    return {reason["code"]: reason for reason in clinic.case(CASE)["reasons"]}


def test_a_film_that_is_too_short_stays_away_and_the_photo_goes_out(tmp_path: Path) -> None:
    """A second of film is nothing for Instagram: never rendered for it, told, and on the web."""
    clinic = workspace(tmp_path)
    clinic.drop(CASE, {"before.jpg": photo("b"), "during.mp4": film()}, case={"complete": "true"})
    assert clinic.run().code == 0
    case = clinic.case(CASE)
    assert case["stage"] == "PUBLISHED"
    assert on_instagram(clinic) == ["jpg"]
    assert {medium["kind"] for medium in clinic.case_json(CASE)["media"]} == {"photo", "video"}
    told = reasons(clinic)["network_too_short"]
    assert (told["file"], told["channel"]) == ("during.mp4", "instagram")
    assert "1 s" in told["text"]
    assert "3 s … 90 s" in told["text"]


def test_a_channel_whose_limits_nothing_meets_is_off(tmp_path: Path) -> None:
    """The case counts as published without it; the plan and the status say why."""
    clinic = workspace(tmp_path)
    clinic.drop(CASE, {"after.mp4": film()}, case={"channels": ["web", "instagram"]})
    assert clinic.run().code == 0
    case = clinic.case(CASE)
    assert case["stage"] == "PUBLISHED"
    assert case["channels"]["instagram"]["state"] == "off"
    assert set(reasons(clinic)) == {"network_too_short", "network_off"}
    assert "instagram" not in clinic.tokens(CASE)
    assert "takes 3 s … 90 s" in clinic.say("plan", CASE).text


def test_a_finished_file_that_came_out_too_large_is_kept_back(tmp_path: Path) -> None:
    """Its bytes are known only when it is made; the other file goes out, until the limit rises."""
    clinic = workspace(tmp_path)
    files = {"before.jpg": photo("b"), "during.jpg": photo("d", size=(320, 320))}
    clinic.drop(CASE, files, case={"complete": "true"})
    clinic.say("intake")
    clinic.say("render")
    # The larger picture makes the larger file; a limit between both keeps one of them back.
    sizes = sorted(
        path.stat().st_size
        for path in (clinic.private / "rendered").rglob("*")
        if path.is_file() and b"\x01\x40\x01\x40" in path.read_bytes()  # 320 x 320
    )
    assert len(sizes) == 2
    assert sizes[0] < sizes[1]
    limit(clinic, post="photo", size_bytes={"most": str(sizes[0])})
    assert clinic.run().code == 0
    assert clinic.case(CASE)["stage"] == "PUBLISHED"
    assert on_instagram(clinic) == ["jpg"]
    assert "kept back" in reasons(clinic)["network_too_large"]["text"]
    limit(clinic, post="photo", size_bytes={"most": str(sizes[1])})
    assert clinic.run().code == 0
    assert on_instagram(clinic) == ["jpg", "jpg"]
    assert not reasons(clinic)


def test_when_all_finished_files_are_kept_back_the_channel_is_off(tmp_path: Path) -> None:
    """Nothing of them becomes public on that network, and the web has its own."""
    clinic = workspace(tmp_path)
    limit(clinic, post="photo", size_bytes={"most": "100"})
    clinic.drop(CASE, {"after.jpg": photo("a")})
    assert clinic.run().code == 0
    assert clinic.case(CASE)["channels"]["instagram"]["state"] == "off"
    assert "instagram" not in clinic.tokens(CASE)
    assert clinic.case(CASE)["stage"] == "PUBLISHED"


def test_limits_that_cannot_be_read_are_named_and_never_keep_a_revocation(tmp_path: Path) -> None:
    """A broken file of limits stops new work with its name; a withdrawal needs none of it."""
    clinic = workspace(tmp_path)
    clinic.drop(CASE, {"after.jpg": photo("a")})
    assert clinic.run().code == 0
    clinic.file("templates/rules/networks.yaml", "version: 1\nchecked_on: lately\n")
    said = clinic.run()
    assert said.code == 2
    assert re.search(r"networks\.yaml.*checked_on", said.text, re.DOTALL)
    assert clinic.shown(CASE)
    answer = clinic.say("consent", "revoke", "C-n1")
    assert answer.code == 0
    assert not [key for key in clinic.public() if key.startswith("media/")]
