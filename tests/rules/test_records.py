"""Consent records: what is read, and each defect with its citation."""

from __future__ import annotations

import copy
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.rules.errors import Reason
from pipeline.rules.media import CHANNELS
from pipeline.rules.signed.elements import KEYS, POLICY, Defect, RecordKind, has_no_end
from pipeline.rules.signed.records import (
    Allows,
    Covers,
    Record,
    Representative,
    read_record,
    unrecorded,
)

Entries = dict[str, object]
RULE = "45 CFR 164.508"

PATIENT: Entries = {
    "id": "c-17",
    "kind": "patient",
    "subject": "0042",
    "signed_by": "Ana Example",
    "signed_on": "2026-03-01",
    "channels": ["web", "instagram"],
    "expires_on": "2027-03-01",
    "discloser": "the clinic",
    "recipients": ["visitors of the web site", "Instagram"],
    "information": "films and photos of the neck, face visible",
    "purpose": "marketing",
    "statements": {
        "right_to_revoke": "true",
        "no_conditioning": "yes",
        "redisclosure": "TRUE",
        "remuneration": "none",
    },
    "allows": {"face": "true", "voice": "no", "condition": "Yes"},
}
STAFF: Entries = {
    "id": "s-1",
    "kind": "staff",
    "subject": "staff-1",
    "signed_by": "Bo Example",
    "signed_on": "2026-03-01",
    "channels": "web",
    "expires_event": "the end of employment",
}
LICENCE: Entries = {
    "id": "l-1",
    "kind": "licence",
    "subject": "stock-77",
    "signed_by": "Photo Agency",
    "signed_on": "2026-03-01",
    "channels": ["web"],
    "expires_on": "2030-01-01",
    "information": "photo 77",
    "credit": "Photo: Agency",
}

LEFT_OUT = [
    *((PATIENT, "kind", POLICY), (PATIENT, "signed_by", f"{RULE}(c)(1)(vi)")),
    *((PATIENT, "signed_on", f"{RULE}(c)(1)(vi)"), (PATIENT, "channels", f"{RULE}(a)(1)")),
    *((PATIENT, "expires_on", f"{RULE}(c)(1)(v)"), (PATIENT, "discloser", f"{RULE}(c)(1)(ii)")),
    (PATIENT, "recipients", f"{RULE}(c)(1)(iii)"),
    (PATIENT, "information", f"{RULE}(c)(1)(i)"),
    (PATIENT, "purpose", f"{RULE}(c)(1)(iv)"),
    (PATIENT, "statements.right_to_revoke", f"{RULE}(c)(2)(i)"),
    (PATIENT, "statements.no_conditioning", f"{RULE}(c)(2)(ii)"),
    (PATIENT, "statements.redisclosure", f"{RULE}(c)(2)(iii)"),
    (PATIENT, "statements.remuneration", f"{RULE}(a)(3)(ii)"),
    *((STAFF, name, POLICY) for name in ("kind", "signed_by", "signed_on", "channels")),
    *((LICENCE, name, POLICY) for name in ("kind", "signed_by", "signed_on", "channels")),
    *((LICENCE, name, POLICY) for name in ("expires_on", "information", "credit")),
]


def changed(entries: Entries, **values: object) -> Entries:
    """A copy of a record with other values; `statements__x` stands for `statements.x`."""
    copied = copy.deepcopy(entries)
    for name, value in values.items():
        section, _, inner = name.partition("__")
        if inner:
            place = copied.setdefault(section, {})
            assert isinstance(place, dict)
            place[inner] = value
        else:
            copied[section] = value
    return copied


def record(entries: Entries, **values: object) -> Record:
    """The record read from entries with other values."""
    read = read_record(changed(entries, **values))
    assert isinstance(read, Record)
    return read


def faults(entries: Entries, **values: object) -> list[tuple[str, str]]:
    """Codes and elements of the defects of entries with other values."""
    return [(defect.code, defect.element) for defect in record(entries, **values).defects]


def test_a_whole_patient_record() -> None:
    """Every element is read as its type, and nothing is wrong."""
    assert record(PATIENT) == Record(
        id="c-17",
        subject="0042",
        kind=RecordKind.PATIENT,
        signed_by="Ana Example",
        signed_on=date(2026, 3, 1),
        channels=frozenset({"web", "instagram"}),
        expires_on=date(2027, 3, 1),
        allows=Allows(face=True, condition=True),
        discloser="the clinic",
        recipients="visitors of the web site; Instagram",
        information="films and photos of the neck, face visible",
        purpose="marketing",
        remuneration="none",
    )


@pytest.mark.parametrize("entries", [PATIENT, STAFF, LICENCE])
def test_records_without_defects(entries: Entries) -> None:
    """What the table requires of each kind is enough."""
    assert record(entries).defects == ()


@pytest.mark.parametrize("blank", ["gone", None, " ", []])
@pytest.mark.parametrize(("entries", "element", "citation"), LEFT_OUT)
def test_each_element_left_out(
    entries: Entries, element: str, citation: str, blank: object
) -> None:
    """An element left out, in any way, is exactly one defect, named with its citation."""
    copied = copy.deepcopy(entries)
    section, _, inner = element.partition(".")
    place = copied[section] if inner else copied
    assert isinstance(place, dict)
    if blank == "gone":
        del place[inner or section]
    else:
        place[inner or section] = blank
    read = read_record(copied)
    assert isinstance(read, Record)
    code = "consent_expiry_missing" if element == "expires_on" else "consent_element_missing"
    assert read.defects == (Defect(code, element, citation),)


def test_staff_without_any_end() -> None:
    """A staff record needs a day or an event at which it ends, too."""
    assert faults(STAFF, expires_event=None) == [("consent_expiry_missing", "expires_on")]


def test_all_statements_left_out() -> None:
    """Without the statements each of the four is named."""
    assert [element for _, element in faults(PATIENT, statements=None)] == [
        *("statements.right_to_revoke", "statements.no_conditioning"),
        *("statements.redisclosure", "statements.remuneration"),
    ]


@pytest.mark.parametrize(
    ("entries", "missing"),
    [
        ({}, "id, subject"),
        ({"id": "c-1"}, "subject"),
        ({"id": " ", "subject": "0042"}, "id"),
        ({"id": ["c-1"], "subject": "0042"}, "id"),
        (None, "id, subject"),
        (["id"], "id, subject"),
        ("id: 1", "id, subject"),
    ],
)
def test_without_id_or_subject_there_is_no_record(entries: object, missing: str) -> None:
    """Only id and subject are needed for a record to be kept."""
    assert read_record(entries) == Reason("consent_without_id", facts={"missing": missing})


def test_codes_stay_as_they_are() -> None:
    """A code keeps its leading zeros and its capital letters."""
    read = record(PATIENT, id="C-0017", subject="0042", renews="c-016")
    assert (read.id, read.subject, read.renews) == ("C-0017", "0042", "c-016")


@pytest.mark.parametrize(
    ("values", "code", "element"),
    [
        (
            {"statements__right_to_revoke": "false"},
            "statement_untrue",
            "statements.right_to_revoke",
        ),
        ({"statements__no_conditioning": "no"}, "statement_untrue", "statements.no_conditioning"),
        ({"statements__redisclosure": "No"}, "statement_untrue", "statements.redisclosure"),
        ({"statements__redisclosure": "maybe"}, "not_yes_no", "statements.redisclosure"),
        ({"statements__remuneration": "yes"}, "remuneration_unclear", "statements.remuneration"),
        ({"statements__other": "x"}, "unknown_key", "statements.other"),
        ({"statements": "all true"}, "not_section", "statements"),
        ({"kind": "patinet"}, "unknown_kind", "kind"),
        ({"kind": "license"}, "unknown_kind", "kind"),
        ({"channels": ["web", "fax"]}, "unknown_channel", "channels"),
        ({"channels": "web, instagram"}, "unknown_channel", "channels"),
        ({"channels": "all"}, "unknown_channel", "channels"),
        ({"channels": {"web": "yes"}}, "not_list", "channels"),
        ({"signed_on": "March 1st"}, "not_day", "signed_on"),
        ({"signed_on": "01/03/2026"}, "not_day", "signed_on"),
        ({"expires_on": "never"}, "not_day", "expires_on"),
        ({"expires_on": "2026-03-01"}, "expiry_before_signature", "expires_on"),
        ({"expires_on": "2025-03-01"}, "expiry_before_signature", "expires_on"),
        ({"expires_on": None, "expires_event": "none"}, "expiry_open", "expires_event"),
        ({"expires_on": None, "expires_event": "Never."}, "expiry_open", "expires_event"),
        ({"expires_on": None, "expires_event": "N/A"}, "expiry_open", "expires_event"),
        ({"allows__face": "only from behind"}, "not_yes_no", "allows.face"),
        ({"allows__fase": "yes"}, "unknown_key", "allows.fase"),
        ({"allows": "everything"}, "not_section", "allows"),
        ({"allows": ["face"]}, "not_section", "allows"),
        ({"covers__taken_until": "soon"}, "not_day", "covers.taken_until"),
        ({"covers__treatment": "cupping"}, "unknown_key", "covers.treatment"),
        ({"covers__cases": "???"}, "not_text", "covers.cases"),
        ({"covers": "this case"}, "not_section", "covers"),
        ({"representative": "her mother"}, "not_section", "representative"),
        (
            {"representative": {"name": ["Eva"], "authority": "mother"}},
            "not_text",
            "representative.name",
        ),
        ({"representative": {"name": "Eva"}}, "element_missing", "representative.authority"),
        ({"representative": {"authority": "mother"}}, "element_missing", "representative.name"),
        ({"expire_on": "2027-01-01"}, "unknown_key", "expire_on"),
        ({"notes": None}, "unknown_key", "notes"),
        ({"signed_by": ["a", "b"]}, "not_text", "signed_by"),
        ({"document": "../0042.pdf"}, "document_elsewhere", "document"),
        ({"document": "C:\\scans\\0042.pdf"}, "document_elsewhere", "document"),
        ({"id": "=1+1"}, "formula", "id"),
        ({"subject": "-0042"}, "formula", "subject"),
        ({"subject": "@SUM(A1)"}, "formula", "subject"),
        ({"purpose": '=HYPERLINK("x")'}, "formula", "purpose"),
        ({"received_at": "2026-05-01T09:00:00Z"}, "revocation_without_day", "revoked_on"),
        ({"revoked_on": "in May"}, "not_day", "revoked_on"),
        ({"revoked_on": "2026-05-01", "received_at": "9 am"}, "not_instant", "received_at"),
        ({"revoked_on": "2026-05-01", "received_at": "2026-05-01"}, "not_instant", "received_at"),
    ],
)
def test_everything_else_that_is_wrong(values: Entries, code: str, element: str) -> None:
    """One thing that is wrong is exactly one defect at its place."""
    found = faults(PATIENT, **values)
    if element == "kind":
        assert found[0] == (f"consent_{code}", element)
    assert (f"consent_{code}", element) in found
    assert len(found) == 1


@pytest.mark.parametrize(
    ("values", "nearest"),
    [
        ({"kind": "patinet"}, "patient"),
        ({"kind": "license"}, "licence"),
        ({"channels": ["instagam"]}, "instagram"),
        ({"expires": "2027-01-01"}, "expires_on"),
        ({"revoke_on": "2027-01-01"}, "revoked_on"),
        ({"allows__fase": "yes"}, "face"),
    ],
)
def test_the_nearest_known_name_is_told(values: Entries, nearest: str) -> None:
    """Whoever mistyped a key, a kind or a channel reads what was probably meant."""
    (defect,) = record(PATIENT, **values).defects
    assert defect.facts["nearest"] == nearest


def test_every_unknown_channel_is_told_and_the_others_kept() -> None:
    """Two unknown channels are two defects; the known one is still read."""
    read = record(PATIENT, channels=["web", "fax", "billboard"])
    assert [defect.facts["found"] for defect in read.defects] == ["fax", "billboard"]
    assert read.channels == {"web"}


@pytest.mark.parametrize("kind", [STAFF, LICENCE])
def test_staff_and_licences_answer_to_the_clinic(kind: Entries) -> None:
    """What is wrong with them is wrong by the clinic's policy, not by the privacy rule."""
    read = record(kind, signed_on="soon", allows={"face": "perhaps"}, other="x")
    assert {defect.citation for defect in read.defects} == {POLICY}
    assert len(read.defects) == 3


def test_an_unknown_key_of_a_patient_is_a_form_not_filled_in() -> None:
    """A patient's record with a key that nobody knows is not completely filled in."""
    (defect,) = record(PATIENT, notes="x").defects
    assert defect.citation == f"{RULE}(b)(2)(ii)"


def test_defects_come_in_the_order_of_the_form() -> None:
    """A person mends a record from top to bottom."""
    found = faults(PATIENT, purpose=None, allows__face="?", signed_on="?", zzz="?", channels=None)
    elements = [element for _, element in found]
    assert elements == ["signed_on", "channels", "purpose", "allows.face", "zzz"]


@pytest.mark.parametrize("channel", CHANNELS)
def test_every_channel(channel: str) -> None:
    """Each of the ten channels may be allowed, in any case of letters."""
    assert record(PATIENT, channels=channel.upper()).channels == {channel}


@pytest.mark.parametrize("name", ["face", "voice", "name", "condition", "quote"])
def test_each_permission_is_its_own(name: str) -> None:
    """What is allowed is allowed alone; unreadable and absent are no."""
    allowed = record(PATIENT, allows={name: "yes"}).allows
    assert allowed == Allows(**{name: True})
    assert record(PATIENT, allows={name: "sure"}).allows == Allows()
    assert record(PATIENT, allows=None).allows == Allows()


def test_covers_is_read_as_slugs() -> None:
    """Treatments and cases are compared as slugs, however they were typed."""
    read = record(
        PATIENT,
        covers={
            "treatments": "Dry Needling",
            "cases": ["Dry Needling--0042--Left knee", "dry-needling-abcdefgh"],
            "taken_until": "2026-06-01",
        },
    )
    assert read.covers == Covers(
        treatments=frozenset({"dry-needling"}),
        cases=frozenset({"dry-needling--0042--left-knee", "dry-needling-abcdefgh"}),
        taken_until=date(2026, 6, 1),
    )
    assert read.defects == ()


@pytest.mark.parametrize("covers", [None, {}, {"treatments": [], "cases": None}])
def test_without_covers_every_case_is_covered(covers: object) -> None:
    """Blanks are absent, also within `covers`."""
    assert record(PATIENT, covers=covers).covers is None
    assert faults(PATIENT, covers=covers) == []


@pytest.mark.parametrize(
    "covers",
    [
        {"treatments": ["cupping", {}], "cases": "x"},
        {"cases": ["cupping--1", "***"]},
        {"treatments": "cupping", "taken_until": "?"},
        {"treatments": "cupping", "case": "x"},
        "cupping",
    ],
)
def test_unreadable_covers_cover_everything_and_allow_nothing(covers: object) -> None:
    """A record that nobody can place stands in the way of older ones everywhere."""
    read = record(PATIENT, covers=covers)
    assert read.covers is None
    assert read.defects


@pytest.mark.parametrize(
    "revoked_on", ["2026-05-01", "1999-01-01", "2090-01-01", "yes", "false", ["?"], {"a": "b"}]
)
def test_any_word_of_revocation_revokes(revoked_on: object) -> None:
    """No slip of the pen can stop a revocation, and no date of it is too early or too late."""
    assert record(PATIENT, revoked_on=revoked_on).revoked


@pytest.mark.parametrize("revoked_on", [None, "", " ", []])
def test_nothing_said_is_no_revocation(revoked_on: object) -> None:
    """A blank in the revocation's place is no revocation."""
    assert not record(PATIENT, revoked_on=revoked_on).revoked


def test_a_revocation_with_its_receipt() -> None:
    """Day and instant are read, and a revoked record is not a defective one."""
    read = record(PATIENT, revoked_on="2026-05-01", received_at="2026-05-01T14:00:00-05:00")
    assert read.revoked_on == date(2026, 5, 1)
    assert read.received_at == datetime(2026, 5, 1, 19, tzinfo=UTC)
    assert read.defects == ()


def test_a_receipt_alone_revokes() -> None:
    """Of two readings the stricter one is kept: somebody received a revocation."""
    assert record(PATIENT, received_at="2026-05-01T09:00:00Z").revoked


def test_a_representative() -> None:
    """A guardian signs by some right, until a day."""
    entries = {"name": "Eva Example", "authority": "mother", "until": "2026-09-01"}
    read = record(PATIENT, representative=entries)
    assert read.representative == Representative("Eva Example", "mother", date(2026, 9, 1))
    assert read.defects == ()


@pytest.mark.parametrize(
    ("event", "open_"),
    [
        ("none", True),
        ("NEVER", True),
        ("does not expire", True),
        ("-", True),
        ("nunca", True),
        ("the end of treatment", False),
        ("no longer a patient", False),
        ("closing of the campaign", False),
    ],
)
def test_events_that_never_come(event: str, open_: bool) -> None:  # noqa: FBT001 - the expected value
    """Only an event that can come is an end."""
    assert has_no_end(event) is open_


def test_a_day_makes_an_open_event_harmless() -> None:
    """With a day of expiry the record ends, whatever the event says."""
    assert faults(PATIENT, expires_event="none") == []


@pytest.mark.parametrize(
    ("values", "elements"),
    [
        ({}, ["copy_given", "document"]),
        ({"copy_given": "yes"}, ["document"]),
        ({"copy_given": "no", "document": "c-17.pdf"}, ["copy_given"]),
        ({"copy_given": "2026-03-01", "document": "c-17.pdf"}, []),
    ],
)
def test_papers_that_are_only_reported(values: Entries, elements: list[str]) -> None:
    """A copy not given and a paper not kept are told, and no defects."""
    read = record(PATIENT, **values)
    assert [defect.element for defect in unrecorded(read)] == elements
    assert read.defects == ()


def test_a_defect_is_a_reason_for_staff() -> None:
    """A defect names its record, element and citation when it is told."""
    (defect,) = record(PATIENT, purpose=None).defects
    facts = {"id": "c-17", "element": "purpose", "citation": f"{RULE}(c)(1)(iv)"}
    assert defect.reason("c-17") == Reason("consent_element_missing", facts=facts)


def test_names_stay_out_of_the_log() -> None:
    """The `repr` of a record, which ends up in logs, holds no name of a person."""
    text = repr(record(PATIENT, representative={"name": "Eva Example", "authority": "mother"}))
    assert "Example" not in text
    assert "c-17" in text


JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=12) | st.dates(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.none() | st.text(max_size=6), inner, max_size=3)
    ),
    max_leaves=6,
)


@given(st.dictionaries(st.sampled_from(KEYS) | st.text(max_size=6), JUNK))
def test_reading_never_fails(entries: Entries) -> None:
    """Whatever stands in it, an entry with id and subject is a record."""
    read = read_record({**entries, "id": "c-1", "subject": "0042"})
    assert isinstance(read, Record)
    assert (read.id, read.subject) == ("c-1", "0042")
    assert isinstance(read_record(entries), Record | Reason)


@given(st.sampled_from([key for key in KEYS if key not in {"id", "subject"}]), JUNK)
def test_junk_never_widens(key: str, junk: object) -> None:
    """Junk in one element allows no more, unless it reads as a clean answer to that one."""
    read = record(PATIENT, **{key: junk})
    if read.defects or read.revoked:
        return
    whole = record(PATIENT)
    assert read.channels <= whole.channels or key == "channels"
    assert read.allows == whole.allows or key == "allows"
    assert read.expires_on == whole.expires_on or key == "expires_on"
