"""What changes after publication without a question of consent: replaced without a blink."""

from __future__ import annotations

from pathlib import Path

import makers
from makers import photo, record

CASE = "massage--v1"


def published(folder: Path, **changes: object) -> makers.Workspace:
    """A published pair."""
    clinic = makers.workspace(folder, **changes)
    clinic.drop(CASE, {"before.jpg": photo("b"), "after.jpg": photo("a")})
    clinic.sign(record("v1"))
    assert clinic.run().code == 0
    return clinic


def media(clinic: makers.Workspace) -> dict[str, bytes]:
    """The public media."""
    return {key: body for key, body in clinic.public().items() if key.startswith("media/")}


def test_a_file_of_the_same_name_replaces_without_a_blink(tmp_path: Path) -> None:
    """The old one stays until the new one is rendered; then it is gone, under the same token."""
    clinic = published(tmp_path)
    before, tokens = clinic.public(), clinic.tokens(CASE)
    clinic.drop(CASE, {"after.jpg": photo("a2")})
    for step in ("intake", "watch", "render", "watch"):
        clinic.say(step)
        assert clinic.public() == before, step
    answer = clinic.say("publish")
    assert {each["channel"] for each in answer.data["published"]} == {"web", "instagram"}
    assert clinic.tokens(CASE) == tokens
    old, new = {key for key in before if key.startswith("media/")}, set(media(clinic))
    assert len(old - new) == len(new - old) == 2
    assert len(clinic.case_json(CASE)["media"]) == 2
    states = [a["state"] for a in clinic.case(CASE)["assets"] if a["file"] == "after.jpg"]
    assert sorted(states) == ["active", "replaced"]
    assert not any(
        name in body for name in [key.encode() for key in old - new]
        for body in clinic.public().values()
    )  # fmt: skip


def test_words_change_by_a_new_case_file_and_only_those_that_it_gives(tmp_path: Path) -> None:
    """A dropped case.yaml amends: the caption changes, the title stays, the event keeps the old."""
    clinic = published(tmp_path)
    title, tokens = clinic.case_json(CASE)["title"], clinic.tokens(CASE)
    pictures = media(clinic)
    clinic.drop(CASE, {}, case={"media": {"after.jpg": {"caption": "Level shoulders"}}})
    assert clinic.run().code == 0
    told = clinic.case_json(CASE)
    assert told["title"] == title
    assert {m["role"]: m["caption"] for m in told["media"]}["after"] == "Level shoulders"
    assert clinic.tokens(CASE) == tokens
    assert media(clinic) == pictures, "no recipe here writes captions into pictures"
    amended = [event for event in clinic.events() if event.verb == "amended"]
    assert len(amended) == 1
    assert any("Level shoulders" in str(change) for change in amended[0].data.values())


def test_show_prints_a_form_that_changes_nothing_when_dropped_again(tmp_path: Path) -> None:
    """What `show` prints is a case.yaml that says what already holds."""
    clinic = published(tmp_path)
    before, events = clinic.public(), len(clinic.events())
    form = clinic.file("form.yaml", clinic.say("show", CASE).text)
    answer = clinic.say("edit", CASE, str(form))
    assert answer.code == 0
    clinic.run()
    assert clinic.public() == before
    assert [event.verb for event in clinic.events()[events:]] in ([], ["amended"])


def test_a_new_recipe_adds_files_and_touches_no_other(tmp_path: Path) -> None:
    """Configuration is a reason to look again: only what is new is rendered and uploaded."""
    clinic = published(tmp_path)
    before, tokens = media(clinic), clinic.tokens(CASE)
    recipes = makers.RECIPES | {
        "more": {"from": ["photo"], "channels": ["web"], "widths": [32], "formats": ["webp"]}
    }
    clinic.configure(recipes=recipes)
    answer = clinic.run()
    assert answer.data["rendered"] == 2
    assert clinic.tokens(CASE) == tokens
    after = media(clinic)
    assert {key: after[key] for key in before} == before
    assert len(after) == len(before) + 2


def test_press_shows_on_the_page_of_its_treatment_alone(tmp_path: Path) -> None:
    """Without rights and people said out loud it waits; then the treatment's page credits it."""
    clinic = published(tmp_path)
    clinic.drop("massage--press", {"at the fair.jpg": photo("fair")})
    clinic.sign(makers.licence("fair-photo", id="L-1", channels=["web"]))
    assert clinic.run().code == 1
    assert makers.codes(clinic.case("massage--press")) == {"press_unsaid"}
    assert clinic.tokens("massage--press") == {}
    clinic.drop(
        "massage--press", {},
        case={"media": {"at the fair.jpg": {"rights": ["L-1"], "people": []}}},
    )  # fmt: skip
    assert clinic.run().code == 0
    case = clinic.case("massage--press")
    assert case["stage"] == "PUBLISHED", case["reasons"]
    token = clinic.tokens("massage--press")["web"]
    naming = {key for key, body in clinic.public().items() if token.encode() in body}
    assert naming == {"treatments/massage/index.html"}
    assert not [key for key in clinic.public() if case["id"] in key]
    assert "River Stone" in clinic.public()["treatments/massage/index.html"].decode()
    assert clinic.say("consent", "revoke", "L-1").code == 0
    assert not (clinic.site / "media" / token).exists()
    assert token.encode() not in clinic.public()["treatments/massage/index.html"]


def test_verify_finds_what_somebody_changed_behind_our_back(tmp_path: Path) -> None:
    """A stranger, a missing and an altered object, and an altered original are each named."""
    clinic = published(tmp_path)
    assert clinic.say("verify").code == 0
    (clinic.site / "stranger.html").write_text("hello", encoding="utf-8")
    (clinic.site / "robots.txt").unlink()
    (clinic.site / "sitemap.xml").write_text("<no/>", encoding="utf-8")
    original = next(p for p in (clinic.private / "originals").rglob("*") if p.is_file())
    original.chmod(0o600)
    original.write_bytes(b"else")
    answer = clinic.say("verify")
    assert answer.code == 5
    found = {reason["code"] for reason in answer.data["findings"]}
    assert {"public_stranger", "public_missing", "public_altered", "original_altered"} <= found
