"""What pages are told of a case: what is public, in the order of a story, and nothing else."""

from __future__ import annotations

import makers
import pytest
from makers import film, photo, record

from pipeline.rules.errors import UsageError
from pipeline.steps.public.showing import pages_in_need, pages_of

CASE = "massage--s1"


def test_a_story_is_told_in_its_order_and_files_keep_their_names_private(
    empty: makers.Workspace,
) -> None:
    """Before, during, after; views are numbers, as a file's name may say anything."""
    names = ("z before.jpg", "secret elbow during.jpg", "a after.jpg")
    empty.drop(CASE, {name: photo(name) for name in names} | {"talk single.mov": film("talk")})
    empty.sign(record("s1"))
    assert empty.run().code == 0
    told = empty.case_json(CASE)
    assert [each["role"] for each in told["media"]] == ["before", "during", "after", "single"]
    assert {each["view"] for each in told["media"]} <= {"1", "2", "3", "4"}
    film_of = told["media"][-1]
    assert {each["type"] for each in film_of["renditions"]} == {"video/mp4", "image/jpeg"}
    for key, body in empty.public().items():
        for word in (b"elbow", b"talk single", b"z before"):
            assert word not in body, key


def test_comparisons_say_both_sides(published: makers.Workspace) -> None:
    """The words of a comparison are those of its before and its after."""
    media = {"before.jpg": {"caption": "Stiff", "alt": "Left"},
             "after.jpg": {"caption": "Free.", "alt": "Right"}}  # fmt: skip
    published.say("edit", CASE, str(published.file("c.yaml", {"media": media})))
    published.run()
    (both,) = published.case_json(CASE)["comparisons"]
    assert both["kind"] == "photo"
    for part in ("Stiff", "Free"):
        assert part in both["caption"]
    for part in ("Left", "Right"):
        assert part in both["alt"]


def test_the_same_bytes_have_another_name_in_every_epoch(published: makers.Workspace) -> None:
    """Who knows an old address can tell nothing from the new one."""
    before = {key.rpartition("/")[2] for key in published.public() if key.startswith("media/")}
    published.say("hold", CASE, "--why", "w")
    published.say("release", CASE)
    published.run()
    after = {key.rpartition("/")[2] for key in published.public() if key.startswith("media/")}
    assert len(before) == len(after) == 6
    assert not before & after


def test_templates_that_cannot_be_opened_are_replaced_by_ours_in_need(
    empty: makers.Workspace,
) -> None:
    """A withdrawal does not wait for somebody to correct a word list."""
    empty.file("templates/pages/words.en.yaml", "home: [\n")
    with empty.opened() as means:
        with pytest.raises(UsageError):
            pages_of(means)
        assert pages_in_need(means)
