"""What staff may say about a case in `case.yaml`."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.rules.errors import Reason
from pipeline.rules.inbox.case_file import CaseFile, Claim, Medium, read_case_file, to_mapping
from pipeline.rules.inbox.naming import Aside
from pipeline.rules.media import CHANNELS, Role

WHOLE: dict[str, object] = {
    "treatment": "Dry Needling",
    "subject": "0042",
    "subject_kind": "Patient",
    "title": "A stiff neck, eight weeks on",
    "people": ["pt-7", "staff-1"],
    "consent": "c-17",
    "channels": ["web", "Instagram"],
    "publish_after": "2026-12-01",
    "complete": "Yes",
    "claims": [{"text": "Turns further", "basis": "our records", "typical_result": "10 to 20°"}],
    "media": {
        "IMG_1.HEIC": {"role": "before", "view": "Left side", "caption": "Week 1", "alt": "A neck"},
        "clip.mov": {"role": "press", "people": [], "rights": []},
        "IMG_2.HEIC": {"role": "Skip"},
        "IMG_3.HEIC": None,
    },
}
READ = CaseFile(
    treatment="dry-needling",
    subject="0042",
    subject_kind="patient",
    title="A stiff neck, eight weeks on",
    people=("pt-7", "staff-1"),
    consent=("c-17",),
    channels=("web", "instagram"),
    publish_after=date(2026, 12, 1),
    complete=True,
    claims=(Claim("Turns further", "our records", "10 to 20°"),),
    media=(
        ("IMG_1.HEIC", Medium(Role.BEFORE, "Left side", "Week 1", "A neck")),
        ("clip.mov", Medium(Role.PRESS, people=(), rights=())),
        ("IMG_2.HEIC", Medium(Aside.SKIP)),
    ),
)


def test_a_whole_file() -> None:
    """Every key is read, by the schema alone."""
    assert read_case_file(WHOLE) == READ


@pytest.mark.parametrize("key", list(WHOLE))
def test_a_file_gives_only_its_own_keys(key: str) -> None:
    """An amendment of one key leaves all others as they were."""
    read = read_case_file({key: WHOLE[key]})
    assert isinstance(read, CaseFile)
    assert getattr(read, key) == getattr(READ, key)
    assert to_mapping(read).keys() == {key}


@pytest.mark.parametrize("empty", [None, {}, dict.fromkeys(WHOLE), dict.fromkeys(WHOLE, " ")])
def test_blanks_are_absent(empty: object) -> None:
    """An empty file, nulls and blank texts change nothing."""
    assert read_case_file(empty) == CaseFile()


def test_nobody_is_said_out_loud() -> None:
    """`[]` for people and rights is an answer; null, and other empty lists, are none."""
    read = read_case_file(
        {
            "people": [],
            "consent": [],
            "claims": [],
            "media": {"a": {"people": [], "rights": None}, "b": {"rights": [], "people": ""}},
        }
    )
    media = (("a", Medium(people=())), ("b", Medium(rights=())))
    assert read == CaseFile(people=(), media=media)
    assert to_mapping(CaseFile(people=(), media=media)) == {
        "people": [],
        "media": {"a": {"people": []}, "b": {"rights": []}},
    }


def test_a_file_that_is_not_named() -> None:
    """Nothing is said of a file that the case file does not name."""
    assert READ.medium("IMG_1.HEIC").role == Role.BEFORE
    assert READ.medium("other.jpg") == Medium()


@pytest.mark.parametrize(
    ("publish_after", "read"),
    [
        ("2026-12-01", date(2026, 12, 1)),
        ("2026-12-01T08:00:00Z", datetime(2026, 12, 1, 8, tzinfo=UTC)),
    ],
)
def test_publish_after(publish_after: str, read: date | datetime) -> None:
    """The day or the instant of publication may be given."""
    assert read_case_file({"publish_after": publish_after}) == CaseFile(publish_after=read)


@pytest.mark.parametrize("role", [*Role, Aside.SKIP])
def test_every_role(role: Role | Aside) -> None:
    """All six roles may be said of a file."""
    read = read_case_file({"media": {"a.jpg": {"role": role.value.upper()}}})
    assert isinstance(read, CaseFile)
    assert read.medium("a.jpg").role is role


@pytest.mark.parametrize(
    ("entries", "code", "key", "nearest"),
    [
        ({"titel": "x"}, "unknown_key", "titel", "title"),
        ({"chanels": "web"}, "unknown_key", "chanels", "channels"),
        ({"notes": None}, "unknown_key", "notes", None),
        ({"channels": ["web", "tiktock"]}, "unknown_word", "channels", "tiktok"),
        ({"channels": "web, instagram"}, "unknown_word", "channels", None),
        ({"subject_kind": "licence"}, "unknown_word", "subject_kind", None),
        ({"publish_after": "1 Dec"}, "not_day", "publish_after", ""),
        ({"publish_after": "2026-12-01T08:00"}, "not_instant", "publish_after", ""),
        ({"complete": "done"}, "not_yes_no", "complete", ""),
        ({"title": ["x"]}, "not_text", "title", ""),
        ({"subject": {"code": "x"}}, "not_text", "subject", ""),
        ({"people": {"a": "b"}}, "not_list", "people", ""),
        ({"media": ["a.jpg"]}, "not_section", "media", ""),
        ({"media": {"a.jpg": "before"}}, "not_section", "media: a.jpg", ""),
        ({"media": {"a.jpg": {"rol": "before"}}}, "unknown_key", "media: a.jpg: rol", "role"),
        ({"media": {"a.jpg": {"role": "befor"}}}, "unknown_word", "media: a.jpg: role", "before"),
        ({"media": {"a.jpg": {"role": "paper"}}}, "unknown_word", "media: a.jpg: role", None),
        ({"claims": "best clinic"}, "not_list", "claims", ""),
        ({"claims": {"txt": "x", "text": "y"}}, "unknown_key", "claims 1: txt", "text"),
    ],
)
def test_flaws(entries: object, code: str, key: str, nearest: str | None) -> None:
    """Each flaw is told with its place and, of an unknown name, the nearest known one."""
    reasons = read_case_file(entries, file="case.json")
    assert isinstance(reasons, tuple)
    (reason,) = reasons
    assert (reason.code, reason.file) == (f"case_file_{code}", "case.json")
    assert reason.facts["key"] == key
    assert nearest is None or reason.facts["nearest"] == nearest


@pytest.mark.parametrize(
    ("entries", "code"),
    [
        ({"treatment": "???"}, "case_name_no_letters"),
        ({"subject": "***"}, "case_name_no_letters"),
        ({"claims": [{"basis": "x"}]}, "case_file_claim_without_text"),
        (["a"], "case_file_not_section"),
        ("text", "case_file_not_section"),
    ],
)
def test_other_reasons(entries: object, code: str) -> None:
    """A file that says nothing usable is refused with its reason."""
    reasons = read_case_file(entries)
    assert isinstance(reasons, tuple)
    assert [reason.code for reason in reasons] == [code]


def test_all_flaws_are_told_at_once() -> None:
    """A person mends a file in one go."""
    reasons = read_case_file({"titel": "x", "complete": "perhaps", "channels": ["web", "fax"]})
    assert isinstance(reasons, tuple)
    assert len(reasons) == 3


def test_the_printed_form_can_be_dropped_again() -> None:
    """What `show` prints reads as the same file, and leading zeros stay."""
    mapping = to_mapping(READ)
    assert mapping["subject"] == "0042"
    assert read_case_file(mapping) == READ


TEXTS = st.text(alphabet="ab 01é", min_size=1, max_size=6).map(str.strip).filter(bool)
OPTIONAL_CODES = st.none() | st.lists(TEXTS, unique=True, max_size=3).map(tuple)
CASES = st.builds(
    CaseFile,
    title=st.none() | TEXTS,
    subject=st.none() | st.sampled_from(["0042", "42", "é-1"]),
    people=OPTIONAL_CODES,
    consent=st.none() | st.just(("c-1",)),
    channels=st.none() | st.lists(st.sampled_from(CHANNELS), min_size=1, unique=True).map(tuple),
    publish_after=st.none() | st.dates(date(2000, 1, 1), date(2100, 1, 1)),
    complete=st.none() | st.booleans(),
    media=st.lists(
        st.tuples(
            TEXTS,
            st.builds(
                Medium, role=st.sampled_from(Role), caption=st.none() | TEXTS, people=OPTIONAL_CODES
            ),
        ),
        unique_by=lambda each: each[0],
        max_size=3,
    ).map(tuple),
)


@given(CASES)
def test_printing_and_reading_are_inverse(case: CaseFile) -> None:
    """Nothing is lost or added between what is printed and what is read."""
    assert read_case_file(to_mapping(case)) == case


JUNK = st.recursive(
    st.none() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from([*WHOLE, "x"]), JUNK) | JUNK)
def test_reading_never_raises(entries: object) -> None:
    """Whatever a file holds, it is a case file or a list of reasons."""
    read = read_case_file(entries)
    assert isinstance(read, CaseFile) or all(isinstance(reason, Reason) for reason in read)
    assert read


def test_no_channel_at_all_is_asked_about() -> None:
    """`channels: []` could mean everywhere or nowhere, so it is no answer."""
    read = read_case_file({"channels": list[str]()})
    assert read == (Reason("case_file_no_channels", file="case.yaml"),)
