"""Files in and out: edit, originals, export."""

from __future__ import annotations

import hashlib
from typing import Any

import makers
import pytest

CASE = "massage--0042"


def test_edit_changes_only_what_is_given(published: makers.Workspace, tell: Any) -> None:
    """A new title is public after the next run; the rest stays; the event keeps the old words."""
    file = published.file("words.yaml", {"title": "A looser neck"})
    told = tell(published, "edit", CASE, str(file), "--json")
    assert (told.code, told.json["changed"]) == (0, ["title"])
    published.run()
    assert published.case(CASE)["title"] == "A looser neck"
    assert "A looser neck" in published.page(CASE)
    assert tell(published, "edit", CASE, str(file), "--json").json["changed"] == []
    amended = [each for each in published.events() if each.verb == "amended"]
    assert len(amended) == 1


def test_show_is_ready_to_edit(published: makers.Workspace, tell: Any) -> None:
    """What `show` prints can be given to `edit` as it is, and changes nothing."""
    file = published.file("form.yaml", tell(published, "show", CASE).out)
    told = tell(published, "edit", CASE, str(file), "--json")
    assert (told.code, told.json["changed"]) == (0, [])


def test_edit_that_narrows_withdraws_at_once(published: makers.Workspace, tell: Any) -> None:
    """Leaving a channel out takes it down in the same command."""
    file = published.file("less.yaml", {"channels": ["web"]})
    told = tell(published, "edit", CASE, str(file), "--json")
    assert [each["channel"] for each in told.json["withdrawals"]] == ["instagram"]
    assert set(published.tokens(CASE)) == {"web"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("titel: A\n", "title"),
        ("title: [\n", "cannot be read"),
        ("media: {befor.jpg: {caption: A}}\n", "Did you mean before.jpg?"),
        ("channels: [wep]\n", "web"),
    ],
)
def test_edit_with_a_slip_changes_nothing(
    published: makers.Workspace, tell: Any, text: str, said: str
) -> None:
    """2, what was probably meant, and no event."""
    before = len(published.events())
    told = tell(published, "edit", CASE, str(published.file("slip.yaml", text)))
    assert told.code == 2
    assert said in told.out + told.err
    assert len(published.events()) == before
    assert tell(published, "edit", CASE, str(published.folder / "none.yaml")).code == 2


def test_originals_come_back_byte_for_byte(published: makers.Workspace, tell: Any) -> None:
    """Under their names, and beside what lies there already; the log knows that they were given."""
    folder = published.folder / "out" / "deep"
    for again in range(2):
        told = tell(published, "originals", CASE, str(folder), "--json")
        assert told.code == 0
        names = ["before.jpg", "after.jpg"] if not again else ["before (2).jpg", "after (2).jpg"]
        assert sorted(told.json["files"]) == sorted(names)
    for name, photo in (("before", "b"), ("after", "a")):
        for number in ("", " (2)"):
            found = (folder / f"{name}{number}.jpg").read_bytes()
            assert found == makers.photo(photo)
    assert [each.verb for each in published.events()][-2:] == ["originals_given"] * 2


def test_a_folder_that_cannot_be_is_told_in_words(published: makers.Workspace, tell: Any) -> None:
    """A file in the folder's place is a usage error, for originals and for exports."""
    place = str(published.file("taken", "a file"))
    for words in (["originals", CASE, place], ["export", CASE, "--channel", "web", place]):
        told = tell(published, *words)
        assert told.code == 2, told.err
        assert "cannot be made" in told.err
    assert not [each for each in published.events() if each.verb == "exported"]


def test_export_hands_out_what_is_public(published: makers.Workspace, tell: Any) -> None:
    """The files of that channel with the post's text, the very bytes that are public."""
    folder = published.folder / "post"
    told = tell(published, "export", CASE, "--channel", "instagram", str(folder), "--json")
    assert told.code == 0
    assert len(told.json["files"]) == 2
    token = published.tokens(CASE)["instagram"]
    public = {
        hashlib.sha256(body).hexdigest() for key, body in published.public().items() if token in key
    }
    for name in told.json["files"]:
        body = (folder / name).read_bytes()
        assert hashlib.sha256(body).hexdigest() in public
        text = (folder / name).with_suffix(".txt").read_text(encoding="utf-8")
        assert published.case(CASE)["title"] in text
        assert "0042" not in text


def test_the_receipt_names_exports(published: makers.Workspace, tell: Any) -> None:
    """After a revocation staff are told which handed-out files must be deleted by hand."""
    folder = published.folder / "post"
    tell(published, "export", CASE, "--channel", "instagram", str(folder))
    told = tell(published, "consent", "revoke", "C-0042", "--json")
    exports = {each["channel"]: each["exports"] for each in told.json["withdrawals"]}
    assert exports["instagram"] == [str(folder)]


def test_export_refuses_what_is_not_public(published: makers.Workspace, tell: Any) -> None:
    """Not a held case, not a channel without a publication: 1; no such channel: 2."""
    folder = published.folder / "post"
    for case, channel in (("cupping--7", "web"), (CASE, "tiktok")):
        told = tell(published, "export", case, "--channel", channel, str(folder))
        assert told.code == 1
        assert "is not public" in told.err
    told = tell(published, "export", CASE, "--channel", "instgram", str(folder))
    assert told.code == 2
    assert "Did you mean instagram?" in told.err
    assert not folder.exists()


def test_export_waits_while_files_are_made_anew(published: makers.Workspace, tell: Any) -> None:
    """After a change of the recipes the new files are not there yet: 1, and when to come back."""
    recipes = {**makers.RECIPES, "cut": {**makers.RECIPES["cut"], "size": [340, 340]}}
    published.configure(recipes=recipes)
    folder = published.folder / "post"
    told = tell(published, "export", CASE, "--channel", "instagram", str(folder))
    assert told.code == 1
    assert "made anew" in told.err
    published.run()
    assert tell(published, "export", CASE, "--channel", "instagram", str(folder)).code == 0
