"""What `export` hands out: the files of a channel, each with the text to post with it."""

from __future__ import annotations

from pathlib import Path

import makers
from makers import film, licence, photo, record

from pipeline.tools.documents import read_mapping, write_mapping

CASE = "massage--p1"
DISCLOSURE = "Shown with written permission. This is one person; results differ."
PACKAGED = makers.ROOT / "templates" / "rules" / "networks.yaml"


def texts(folder: Path) -> dict[str, str]:
    """The texts in a folder by their names."""
    return {path.name: path.read_text(encoding="utf-8") for path in folder.glob("*.txt")}


def published(folder: Path) -> makers.Workspace:
    """A published pair with captions of its own."""
    clinic = makers.workspace(folder)
    clinic.sign(record("p1"))
    media = {
        "before.jpg": {"caption": "Shoulders uneven"},
        "after.jpg": {"caption": "Shoulders level #posture"},
    }
    files = {"before.jpg": photo("b"), "after.jpg": photo("a")}
    clinic.drop(CASE, files, case={"title": "Massage, six visits", "media": media})
    assert clinic.run().code == 0
    return clinic


def test_each_file_has_its_text_beside_it(tmp_path: Path) -> None:
    """Title, its own caption, disclosure and a hashtag of the treatment, and nothing private."""
    clinic = published(tmp_path / "clinic")
    answer = clinic.say("export", CASE, "--channel", "instagram", str(tmp_path / "out"))
    assert answer.code == 0
    assert answer.data["reasons"] == []
    found = texts(tmp_path / "out")
    assert len(found) == len(answer.data["files"]) == 2
    assert {Path(name).with_suffix(".txt").name for name in answer.data["files"]} == set(found)
    before = next(text for text in found.values() if "uneven" in text)
    after = next(text for text in found.values() if "level" in text)
    paragraphs = ["Massage, six visits", "Shoulders uneven", DISCLOSURE, "#Massage\n"]
    assert before.split("\n\n") == paragraphs
    assert "#posture" in after
    assert not any("p1" in text for text in found.values())


def test_the_web_gets_no_hashtags_of_ours(tmp_path: Path) -> None:
    """Pages, letters and paper have none; what staff wrote stays."""
    clinic = published(tmp_path / "clinic")
    clinic.say("export", CASE, "--channel", "web", str(tmp_path / "out"))
    found = texts(tmp_path / "out")
    assert found
    assert all("#Massage" not in text and DISCLOSURE in text for text in found.values())


def test_a_text_that_cannot_hold_the_disclosure_is_refused(tmp_path: Path) -> None:
    """The files are handed out, no text is, and the command says so with exit code 1."""
    clinic = published(tmp_path / "clinic")
    data = read_mapping(PACKAGED.read_text(encoding="utf-8"))
    data["networks"]["instagram"]["text"]["characters"]["most"] = "40"  # type: ignore[index] # known
    clinic.file("templates/rules/networks.yaml", write_mapping(data))
    clinic.run()
    answer = clinic.say("export", CASE, "--channel", "instagram", str(tmp_path / "out"))
    assert answer.code == 1
    assert [reason["code"] for reason in answer.data["reasons"]] == ["post_too_long"]
    assert len(answer.data["files"]) == 2
    assert not texts(tmp_path / "out")
    assert "40 characters" in answer.text


def test_a_photo_and_a_film_of_one_recipe_keep_their_own_texts(tmp_path: Path) -> None:
    """They differ in their endings only, and a text has but one: no text is written over."""
    recipe = {"from": ["photo", "video"], "short_sides": [48], "formats": ["jpeg"]}
    recipes = {"all": recipe | {"channels": ["web"], "codec": "h264"}}
    clinic = makers.workspace(tmp_path / "clinic", recipes=recipes)
    clinic.sign(record("p1"))
    media = {"before.jpg": {"caption": "The photo"}, "during.mp4": {"caption": "The film"}}
    files = {"before.jpg": photo("b"), "during.mp4": film()}
    clinic.drop(CASE, files, case={"complete": "true", "media": media})
    assert clinic.run().code == 0
    for _ in range(2):  # and a second export beside the first
        clinic.say("export", CASE, "--channel", "web", str(tmp_path / "out"))
    found = {path.with_suffix(""): path for path in (tmp_path / "out").glob("*.txt")}
    assert len(found) == 4
    for stem, path in found.items():
        said = "The photo" if stem.with_suffix(".jpg").exists() else "The film"
        assert said in path.read_text(encoding="utf-8")


def test_press_carries_its_credit_and_no_disclosure(tmp_path: Path) -> None:
    """A work under a licence is posted with its credit, whole."""
    clinic = makers.workspace(tmp_path / "clinic")
    clinic.sign(licence("river"))
    rights = {"role": "press", "rights": ["C-river"], "people": []}
    clinic.drop("massage--press", {"a.jpg": photo("a")}, case={"media": {"a.jpg": rights}})
    assert clinic.run().code == 0
    clinic.say("export", "massage--press", "--channel", "instagram", str(tmp_path / "out"))
    (text,) = texts(tmp_path / "out").values()
    assert "Photo: River Stone" in text
    assert DISCLOSURE not in text
