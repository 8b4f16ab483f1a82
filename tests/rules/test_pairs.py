"""Which files of a case belong together."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePosixPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.rules.inbox.naming import role_of, view_of
from pipeline.rules.inbox.pairs import Found, live_photo_films, pair_up
from pipeline.rules.media import Kind, Role


@dataclass(frozen=True)
class Shot:
    """A file with what its name says, as intake would know it."""

    file: str
    kind: Kind
    role: Role
    view: str


def shot(file: str, view: str | None = None) -> Shot:
    """A file whose name says its role, and its view if none is given."""
    path = PurePosixPath(file)
    role = role_of(path.stem)
    assert isinstance(role, Role)
    kind = Kind.VIDEO if path.suffix == ".mov" else Kind.PHOTO
    return Shot(file, kind, role, view_of(path.stem) if view is None else view)


def found(*shots: Shot) -> tuple[set[tuple[str, str]], set[str], set[str], list[str]]:
    """The pairs, lone befores, lone afters and questions of a case, by file name."""
    pairing = pair_up(shots)
    return (
        {(pair.before.file, pair.after.file) for pair in pairing.pairs},
        {lone.file for lone in pairing.lone_befores},
        {lone.file for lone in pairing.lone_afters},
        [reason.code for reason in pairing.questions],
    )


@pytest.mark.parametrize(
    ("files", "pairs", "lone_befores", "lone_afters", "questions"),
    [
        ("before.jpg after.jpg", {"before.jpg after.jpg"}, "", "", 0),
        ("knee-before.jpg gait-after.jpg", {"knee-before.jpg gait-after.jpg"}, "", "", 0),
        (
            "front-before.jpg side-before.jpg front-after.jpg side-after.jpg",
            {"front-before.jpg front-after.jpg", "side-before.jpg side-after.jpg"},
            "",
            "",
            0,
        ),
        ("before.jpg after.mov", set(), "before.jpg", "after.mov", 0),
        (
            "before.jpg after.jpg before.mov after.mov",
            {"before.jpg after.jpg", "before.mov after.mov"},
            "",
            "",
            0,
        ),
        (
            "front-before.jpg side-before.jpg front-after.jpg",
            {"front-before.jpg front-after.jpg"},
            "side-before.jpg",
            "",
            0,
        ),
        (
            "front-before.jpg front-after.jpg side-after.jpg",
            {"front-before.jpg front-after.jpg"},
            "",
            "side-after.jpg",
            0,
        ),
        (
            "before-1.jpg before-2.jpg after-1.jpg after-2.jpg",
            {"before-1.jpg after-1.jpg", "before-2.jpg after-2.jpg"},
            "",
            "",
            0,
        ),
        (
            "before.jpg before-2.jpg after.jpg after-2.jpg",
            {"before.jpg after.jpg", "before-2.jpg after-2.jpg"},
            "",
            "",
            0,
        ),
        (
            "IMG_0007-before-1.jpg IMG_0008-before-2.jpg IMG_0100-after-1.jpg IMG_0101-after-2.jpg",
            {
                "IMG_0007-before-1.jpg IMG_0100-after-1.jpg",
                "IMG_0008-before-2.jpg IMG_0101-after-2.jpg",
            },
            "",
            "",
            0,
        ),
        (
            "before-1.jpg before-2.jpg after-1.jpg",
            {"before-1.jpg after-1.jpg"},
            "before-2.jpg",
            "",
            0,
        ),
        (
            "before-1.jpg before-2.jpg after-1.jpg after-3.jpg",
            {"before-1.jpg after-1.jpg"},
            "",
            "",
            1,
        ),
        ("IMG_1-before.jpg IMG_2-before.jpg IMG_8-after.jpg IMG_9-after.jpg", set(), "", "", 1),
        ("before.jpg after-1.jpg after-2.jpg", set(), "", "", 1),
        ("before.jpg", set(), "before.jpg", "", 0),
        ("after.jpg during.jpg single.jpg", set(), "", "after.jpg", 0),
        ("", set(), "", "", 0),
    ],
)
def test_pairs(
    files: str, pairs: set[str], lone_befores: str, lone_afters: str, questions: int
) -> None:
    """Equal views pair, equal numbers tell several apart, and the rest is asked, not guessed."""
    got = found(*map(shot, files.split()))
    expected = {tuple(pair.split()) for pair in pairs}
    assert got[:3] == (expected, set(lone_befores.split()), set(lone_afters.split()))
    assert got[3] == ["pair_unclear"] * questions


def test_a_view_that_staff_wrote_is_compared_as_words() -> None:
    """In `case.yaml` "Left knee" is the view that a name writes as "left-knee"."""
    pairs = found(
        shot("a-before.jpg", "Left knee"),
        shot("b-before.jpg", "gait"),
        shot("left-knee-after.jpg"),
        shot("d-after.jpg", "Gait"),
    )[0]
    assert pairs == {("a-before.jpg", "left-knee-after.jpg"), ("b-before.jpg", "d-after.jpg")}


def test_a_question_names_its_files() -> None:
    """A person who is asked sees which files are meant."""
    (question,) = pair_up(map(shot, ["before.jpg", "after-1.jpg", "after-2.jpg"])).questions
    assert question.facts["befores"] == "before.jpg"
    assert question.facts["afters"] == "after-1.jpg, after-2.jpg"


SHOTS = st.lists(
    st.builds(
        Shot,
        st.text(alphabet="ab12-", min_size=1, max_size=5),
        st.sampled_from(Kind),
        st.sampled_from(Role),
        st.sampled_from(["", "front", "side"]),
    ),
    unique_by=lambda each: each.file,
    max_size=9,
)


@given(st.data(), SHOTS)
def test_pairing_loses_nothing_whatever_the_order(data: st.DataObject, shots: list[Shot]) -> None:
    """Each before and after is paired once, alone or asked about; pairs are like with like."""
    pairing = pair_up(shots)
    asked = sum(
        len(reason.facts[side].split(", "))
        for reason in pairing.questions
        for side in ("befores", "afters")
    )
    placed = [each for pair in pairing.pairs for each in (pair.before, pair.after)]
    placed += [*pairing.lone_befores, *pairing.lone_afters]
    assert len(placed) == len(set(placed))
    assert len(placed) + asked == sum(each.role in {Role.BEFORE, Role.AFTER} for each in shots)
    for pair in pairing.pairs:
        assert pair.before.kind == pair.after.kind
        assert (pair.before.role, pair.after.role) == (Role.BEFORE, Role.AFTER)
    assert pair_up(data.draw(st.permutations(shots))) == pairing


@pytest.mark.parametrize(
    ("files", "films"),
    [
        ([Found("IMG_1.HEIC", Kind.PHOTO), Found("IMG_1.MOV", Kind.VIDEO, 2.8)], {"IMG_1.MOV"}),
        ([Found("IMG_1.heic", Kind.PHOTO), Found("img_1.mov", Kind.VIDEO, 2.8)], {"img_1.mov"}),
        ([Found("IMG_1.HEIC", Kind.PHOTO), Found("IMG_1.MOV", Kind.VIDEO, 12.0)], set()),
        ([Found("IMG_1.HEIC", Kind.PHOTO), Found("IMG_1.MOV", Kind.VIDEO)], set()),
        ([Found("IMG_1.HEIC", Kind.PHOTO), Found("IMG_2.MOV", Kind.VIDEO, 2.8)], set()),
        ([Found("a/IMG_1.HEIC", Kind.PHOTO), Found("b/IMG_1.MOV", Kind.VIDEO, 2.8)], set()),
        ([Found("IMG_1.MOV", Kind.VIDEO, 2.8), Found("IMG_1.MP4", Kind.VIDEO, 2.8)], set()),
        ([], set()),
    ],
)
def test_live_photos(files: list[Found], films: set[str]) -> None:
    """Of a Live Photo the film is put aside; any other film beside a photo is used."""
    assert live_photo_films(files) == films
