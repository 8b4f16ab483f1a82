"""Composites and their cards through a whole workspace: made once, gone with either side."""

from __future__ import annotations

import json
from pathlib import Path

import makers
import pytest

RECIPES = {
    "web": {"from": "photo", "widths": [32], "formats": ["webp"]},
    "side-16x9": {"from": "pair", "layout": "side", "size": [160, 90], "formats": ["jpeg"]},
    "reel-9x16": {
        "from": "pair",
        "channels": ["instagram"],
        "layout": "reel",
        "size": [180, 320],
        "quality": {"preset": "ultrafast"},
    },
}
PHOTOS = {f"{name}.jpg": makers.photo(name) for name in ("before", "after")}
TWO = {"people": ["s1"], "media": {"after.jpg": {"people": ["s1", "s2"]}}}


@pytest.fixture
def clinic(tmp_path: Path) -> makers.Workspace:
    """A workspace that makes composites, with a published pair that shows a second person."""
    made = makers.workspace(tmp_path / "clinic", recipes=RECIPES)
    made.drop("massage--s1", PHOTOS, case=TWO)
    made.sign(makers.record("s1"), makers.record("s2"))
    made.run()
    return made


def below(clinic: makers.Workspace, folder: str) -> list[str]:
    """The private keys below a folder."""
    keys = makers.files_below(clinic.private)
    return [key for key in keys if key.startswith(folder) and "also-" not in key]


def test_composites_stand_where_the_contract_says(clinic: makers.Workspace) -> None:
    """The side by side in case.json under its comparison, the reel on its network alone."""
    told = clinic.case_json("massage--s1")
    (pair,) = told["comparisons"]
    assert [each["recipe"] for each in pair["renditions"]] == ["side-16x9"]
    assert {each["recipe"] for one in told["media"] for each in one["renditions"]} == {"web"}
    reels = [key for key in clinic.shown("massage--s1") if "reel-9x16" in key]
    assert [key.endswith(".mp4") for key in reels] == [True]
    assert clinic.tokens("massage--s1")["instagram"] in reels[0]
    assert "reel" not in json.dumps(told)


def test_cards_are_drawn_once_for_a_brand_and_text(clinic: makers.Workspace) -> None:
    """A second case with the same words uses title, matte and end card of the first."""
    first = below(clinic, "cards/")
    assert len(first) == 3
    other = {f"{name}.jpg": makers.photo(f"other {name}") for name in ("before", "after")}
    clinic.clock.forward(minutes=5)
    clinic.drop("massage--s3", other)
    clinic.sign(makers.record("s3"))
    clinic.run()
    assert [key for key in clinic.shown("massage--s3") if "reel" in key]
    assert below(clinic, "cards/") == first


def test_a_revocation_of_either_side_takes_the_composites(clinic: makers.Workspace) -> None:
    """The second person stands in one picture alone: what shows it goes, in private storage too."""
    assert [key for key in clinic.shown("massage--s1") if "side-16x9" in key]
    before = below(clinic, "rendered/")
    clinic.clock.forward(minutes=5)
    answer = clinic.say("consent", "revoke", "--subject", "s2")
    assert answer.code == 0
    public = [key for key in clinic.public() if key.startswith("media/")]
    assert not [key for key in public if "side-16x9" in key or "reel-9x16" in key]
    left = below(clinic, "rendered/")
    assert len(left) < len(before)
    kept = makers.files_below(clinic.private)
    assert not [key for key in left if kept[key][4:8] == b"ftyp"], "a film stayed behind"
    assert len(below(clinic, "cards/")) == 2, "the title card held the words of this case"
    clinic.run()
    assert not [key for key in below(clinic, "rendered/") if key not in left]


def test_a_lost_card_is_drawn_again(clinic: makers.Workspace) -> None:
    """Private storage lost a card; another reel that needs it is made all the same."""
    for key in below(clinic, "cards/"):
        (clinic.private / key).unlink()
    other = {f"{name}.jpg": makers.photo(f"other {name}") for name in ("before", "after")}
    clinic.clock.forward(minutes=5)
    clinic.drop("massage--s3", other)
    clinic.sign(makers.record("s3"))
    clinic.run()
    assert [key for key in clinic.shown("massage--s3") if "reel" in key]
    assert len(below(clinic, "cards/")) == 3
