"""What staff drop into the inbox, and what becomes of it: shown, kept, asked about, set aside."""

from __future__ import annotations

import os
import zipfile
from io import BytesIO
from pathlib import Path

import makers
import pytest
from makers import csv_of, phone_photo, photo, record

SECRET = b"\xff\xd8\xffnobody may read this through a link"


def pair(name: str) -> dict[str, bytes]:
    """A before and an after."""
    return {"before.jpg": photo(f"{name}b"), "after.jpg": photo(f"{name}a")}


def archive() -> bytes:
    """A zip file with a picture in it."""
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        packed.writestr("before.jpg", photo("packed"))
    return out.getvalue()


@pytest.fixture(scope="module")
def clinic(tmp_path_factory: pytest.TempPathFactory) -> makers.Workspace:
    """An inbox of a bad day, after one run."""
    folder = tmp_path_factory.mktemp("inbox")
    clinic = makers.workspace(folder / "clinic")
    clinic.file("templates/treatments/dry-needling.md", "---\ntitle: Dry needling\n---\nWords.\n")
    drop = clinic.drop
    drop(
        "massage--papers",
        pair("p")
        | {"consent form scan.jpg": photo("paper"), "release.pdf": makers.PDF,
           "running form.mp4": makers.film("form", sound=False)},
        case={"media": {"running form.mp4": {"role": "during"}}},
    )  # fmt: skip
    drop("massage--wordless", pair("w") | {"third.jpg": photo("w3")})
    drop("massage--lone", {"before.jpg": photo("lone")})
    drop("massage--complete", {"before.jpg": photo("complete")}, case={"complete": "true"})
    drop("massage--afternoon", pair("af") | {"afternoon.mov": makers.film("noon")})
    drop("massage--both", pair("bo") | {"before and after.jpg": photo("bo3")})
    drop("massage--broken", pair("br") | {"during.jpg": phone_photo("d", form="JPEG")[:-300]})
    drop("massage--archive", pair("ar") | {"more.zip": archive(), "notes.txt": b"call back\n"})
    drop("massage--below", {f"day 1/{k}": v for k, v in pair("be").items()})
    drop("massage--twice", pair("tw") | {"before (copy).jpg": photo("twb")})
    drop("massage--twin", {"after.jpg": photo("twa")})
    drop("massage--live", {"IMG_1.HEIC": phone_photo("live"), "IMG_1.MOV": makers.film("live")})
    drop("massage--skip", pair("sk") | {"skip me.jpg": photo("sk3")})
    drop("massage--a1b", pair("a1"))
    drop("massage--A1b", pair("a2"))
    drop("dry-needlin--slip", pair("sl"))
    drop("massage", pair("no"))
    drop("massage--temp", pair("te") | {".after.jpg.part": photo("te3"), "~$x.jpg": photo("te4")})
    for kind in ("before", "after"):
        (clinic.inbox / f"massage--loose--{kind}.jpg").write_bytes(photo(f"lo{kind}"))
        (clinic.inbox / f"massage--loose--left knee--{kind}.jpg").write_bytes(photo(f"kn{kind}"))
    secret = folder / "secret.jpg"
    secret.write_bytes(SECRET)
    linked = drop("massage--linked", pair("li"))
    (linked / "during.jpg").symlink_to(secret)
    (clinic.inbox / "massage--out").symlink_to(folder, target_is_directory=True)
    (clinic.inbox / "everything.zip").write_bytes(archive())
    piped = drop("massage--piped", pair("pi"))
    os.mkfifo(piped / "during.jpg")
    names = [path.name.split("--")[1] for path in clinic.inbox.glob("massage--*/")]
    consents = clinic.inbox / "_consents"
    consents.mkdir()
    (consents / "all.csv").write_text(
        csv_of([record(name) for name in {*names, "loose"}]), encoding="utf-8"
    )
    (consents / "broken.csv").write_text("id,id,subject\na,b,c\n", encoding="utf-8")
    (consents / "nobody.yaml").write_text("kind: patient\n", encoding="utf-8")
    (consents / "scan.pdf").write_bytes(makers.PDF)
    assert clinic.run().code == 1
    return clinic


def shown(clinic: makers.Workspace, name: str) -> list[str]:
    """The roles and kinds that the public page of a case shows."""
    case = clinic.case(name)
    assert case["stage"] == "PUBLISHED", case["reasons"]
    return sorted(f"{m['role']} {m['kind']}" for m in clinic.case_json(name)["media"])


def states(clinic: makers.Workspace, name: str) -> dict[str, str]:
    """The state of each file of a case."""
    return {asset["file"]: asset["state"] for asset in clinic.case(name)["assets"]}


PAIR = ["after photo", "before photo"]


def test_papers_are_kept_and_never_shown(clinic: makers.Workspace) -> None:
    """A scanned form and a PDF beside the pictures are kept; a film is no paper."""
    assert shown(clinic, "massage--papers") == [*PAIR, "during video"]
    papers = states(clinic, "massage--papers")
    assert papers["consent form scan.jpg"] == papers["release.pdf"] == "paper"
    originals = makers.files_below(clinic.private / "originals").values()
    assert makers.PDF in originals
    assert photo("paper") in originals


@pytest.mark.parametrize(
    ("name", "code", "file"),
    [
        ("massage--wordless", "no_role", "third.jpg"),
        ("massage--lone", "lone_before", "before.jpg"),
        ("massage--afternoon", "no_role", "afternoon.mov"),
        ("massage--both", "role_two_words", "before and after.jpg"),
    ],
)
def test_a_case_with_a_question_waits_whole(
    clinic: makers.Workspace, name: str, code: str, file: str
) -> None:
    """Nothing is guessed: the whole case waits, the question names the file, nothing is public."""
    case = clinic.case(name)
    assert case["stage"] == "HELD"
    assert [(reason["code"], reason["file"]) for reason in case["reasons"]] == [(code, file)]
    assert clinic.tokens(name) == {}
    assert not [key for key in clinic.public() if case["id"] in key]
    assert f"{name}\n  - " in clinic.waiting()
    assert file in clinic.waiting()


def test_a_before_alone_is_shown_when_staff_say_that_it_is_complete(
    clinic: makers.Workspace,
) -> None:
    """`complete: true` answers the question that a lone before asks."""
    assert shown(clinic, "massage--complete") == ["before photo"]


@pytest.mark.parametrize(
    ("file", "code", "case"),
    [
        ("during.jpg", "photo_broken", "massage--broken"),
        ("more.zip", "archive", "massage--archive"),
        ("everything.zip", "archive", None),
        ("notes.txt", "unknown_format", "massage--archive"),
        ("broken.csv", "record_unreadable", None),
        ("nobody.yaml", "consent_without_id", None),
    ],
)
def test_what_is_of_no_use_is_set_aside_with_words(
    clinic: makers.Workspace, file: str, code: str, case: str | None
) -> None:
    """The file lies in `_problems` beside a text in plain words; the rest of its case goes on."""
    stem = Path(file).stem
    problems = clinic.status()["problems"]
    found = [p for p in problems if p["code"] == code and p["file"].startswith(stem)]
    assert len(found) == 1
    aside = clinic.inbox / "_problems"
    assert (aside / found[0]["file"]).exists()
    text = (aside / f"{found[0]['file']}.txt").read_text(encoding="utf-8")
    assert found[0]["text"] in text
    assert found[0]["remedy"] in text
    assert found[0]["remedy"]
    assert stem in text or code == "consent_without_id"
    if case:
        assert shown(clinic, case) == PAIR


def test_links_and_pipes_are_neither_followed_nor_waited_for(clinic: makers.Workspace) -> None:
    """A link leads nowhere and a pipe blocks nobody; both go aside, the pair beside is shown."""
    assert shown(clinic, "massage--linked") == PAIR
    assert shown(clinic, "massage--piped") == PAIR
    codes = {each["code"] for each in clinic.status()["problems"]}
    assert {"symlink", "not_a_file"} <= codes
    links = [path for path in (clinic.inbox / "_problems").iterdir() if path.is_symlink()]
    assert len(links) == 2, links
    for folder in (clinic.private, clinic.site):
        assert SECRET not in makers.files_below(folder).values()


def test_folders_inside_a_case_belong_to_it(clinic: makers.Workspace) -> None:
    """`day 1/before.jpg` is a before of its case, and the emptied folders leave the inbox."""
    assert shown(clinic, "massage--below") == PAIR
    assert not (clinic.inbox / "massage--below").exists()


def test_the_same_bytes_twice_are_one(clinic: makers.Workspace) -> None:
    """A copy under another name in one case is the same original."""
    assert shown(clinic, "massage--twice") == PAIR
    assert len(clinic.case("massage--twice")["assets"]) == 2


def test_the_same_bytes_under_another_subject_wait(clinic: makers.Workspace) -> None:
    """A file of another patient's case stays in the inbox, with a question that names the case."""
    assert (clinic.inbox / "massage--twin" / "after.jpg").read_bytes() == photo("twa")
    assert all(case["case"] != "massage--twin" for case in clinic.status()["cases"])
    problem = next(p for p in clinic.status()["problems"] if p["file"] == "massage--twin")
    assert problem["code"] == "same_bytes_elsewhere"
    assert "massage--twice" in problem["text"]
    assert problem["text"] in clinic.waiting()


def test_the_film_of_a_live_photo_is_kept_and_not_used(clinic: makers.Workspace) -> None:
    """Of IMG_1.HEIC and IMG_1.MOV the still is shown, alone and hence single."""
    assert shown(clinic, "massage--live") == ["single photo"]
    assert states(clinic, "massage--live")["IMG_1.MOV"] == "skip"
    assert makers.film("live") in makers.files_below(clinic.private / "originals").values()


def test_skip_keeps_a_file_private(clinic: makers.Workspace) -> None:
    """A file that is called skip is kept and not shown."""
    assert shown(clinic, "massage--skip") == PAIR
    assert states(clinic, "massage--skip")["skip me.jpg"] == "skip"


@pytest.mark.parametrize(
    ("folder", "code", "says"),
    [
        ("massage--a1b", "subject_twin", "A1b"),
        ("dry-needlin--slip", "treatment_near", "Did you mean dry-needling?"),
        ("massage", "case_name_one_part", "treatment--subject"),
    ],
)
def test_folders_that_cannot_be_placed_wait_in_the_inbox(
    clinic: makers.Workspace, folder: str, code: str, says: str
) -> None:
    """They stay as they are, and `_waiting.txt` and `status` ask the question."""
    assert sorted(path.name for path in (clinic.inbox / folder).iterdir()) == sorted(pair(""))
    problem = next(p for p in clinic.status()["problems"] if p["file"] == folder)
    assert problem["code"] == code
    assert says in f"{problem['text']} {problem['remedy']}"
    assert f"{folder}\n  - {problem['text']}" in clinic.waiting()


def test_loose_files_join_a_case_and_a_label_keeps_stories_apart(
    clinic: makers.Workspace,
) -> None:
    """`massage--loose--before.jpg` and the same with a label are two cases of one patient."""
    assert shown(clinic, "massage--loose") == PAIR
    assert shown(clinic, "massage--loose--left knee") == PAIR
    one, other = clinic.case("massage--loose"), clinic.case("massage--loose--left knee")
    assert one["id"] != other["id"]
    assert one["subject"] == other["subject"] == "loose"
    assert not set(clinic.tokens("massage--loose").values()) & set(
        clinic.tokens("massage--loose--left knee").values()
    )


def test_names_of_programs_at_work_are_left_alone(clinic: makers.Workspace) -> None:
    """Half-copied files of browsers and editors are not looked at, moved or asked about."""
    assert shown(clinic, "massage--temp") == PAIR
    left = {path.name for path in (clinic.inbox / "massage--temp").iterdir()}
    assert left == {".after.jpg.part", "~$x.jpg"}


def test_records_come_from_a_spreadsheet_in_the_inbox(clinic: makers.Workspace) -> None:
    """Dotted columns and `;` lists are read; the file leaves the inbox, a scan beside it stays."""
    records = clinic.say("consent", "list").data["records"]
    mine = next(each for each in records if each["id"] == "C-papers")
    assert mine["state"] == "valid"
    assert mine["channels"] == ["instagram", "web"]
    assert [path.name for path in (clinic.inbox / "_consents").iterdir()] == ["scan.pdf"]


def test_a_second_run_does_nothing_at_all(clinic: makers.Workspace) -> None:
    """With all that waits still waiting, no event is added and no public file is touched."""
    events, waiting = len(clinic.events()), clinic.waiting()
    times = {path: path.stat().st_mtime_ns for path in clinic.site.rglob("*")}
    assert clinic.run().code == 1
    assert len(clinic.events()) == events
    assert clinic.waiting() == waiting
    assert {path: path.stat().st_mtime_ns for path in clinic.site.rglob("*")} == times


def test_what_is_answered_goes_on(clinic: makers.Workspace) -> None:
    """A role in a new case.yaml, and the missing after, let the waiting cases go up."""
    clinic.drop("massage--wordless", {}, case={"media": {"third.jpg": {"role": "skip"}}})
    clinic.drop("massage--lone", {"after.jpg": photo("lone2")})
    clinic.run()
    assert shown(clinic, "massage--wordless") == PAIR
    assert shown(clinic, "massage--lone") == PAIR
    assert "massage--lone\n" not in clinic.waiting()


def test_records_in_the_inbox_can_be_switched_off(tmp_path: Path) -> None:
    """With `inbox.consents: false` a record in `_consents` is not read and stays where it is."""
    clinic = makers.workspace(tmp_path, inbox={"path": "inbox", "settle_s": 0, "consents": "false"})
    clinic.drop("massage--n1", {"one.jpg": photo()})
    clinic.sign(record("n1"))
    assert clinic.run().code == 1
    assert makers.codes(clinic.case("massage--n1")) == {"no_consent"}
    assert len(list((clinic.inbox / "_consents").iterdir())) == 1
