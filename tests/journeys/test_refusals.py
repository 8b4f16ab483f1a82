"""The table of refusals: for each, nothing at all is public, and staff read why and what to do."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import makers
import pytest
from makers import record

CLINICS_DAY = "2026-11-16"
TOMORROW = "2026-11-17"


@dataclass(frozen=True)
class Row:
    """A case that must stay private: its records, its code, and words that the reason holds."""

    name: str
    records: tuple[makers.Json, ...]
    code: str
    says: tuple[str, ...]
    case: makers.Json = field(default_factory=dict)


def older(subject: str) -> makers.Json:
    """A record in full order, signed before the one that governs."""
    return record(subject, id=f"C-{subject}-old", signed_on="2026-01-05")


TABLE = {
    "no record": Row("massage--r01", (), "no_consent", ("r01",)),
    "first day without": Row(
        "massage--r02", (record("r02", expires_on=CLINICS_DAY),), "consent_expired", (CLINICS_DAY,)
    ),
    "revoked in the record": Row(
        "massage--r03", (record("r03", revoked_on="2026-05-05"),), "consent_revoked", ("C-r03",)
    ),
    "revoked on a day to come": Row(
        "massage--r04", (record("r04", revoked_on="2027-01-01"),), "consent_revoked", ("C-r04",)
    ),
    "revoked without a day": Row(
        "massage--r05",
        (record("r05", received_at="2026-05-05T10:00:00-04:00"),),
        "consent_revoked",
        ("C-r05",),
    ),
    "another's": Row("massage--r06", (record("r06b"),), "no_consent", ("r06",)),
    "another treatment": Row(
        "massage--r07",
        (record("r07", covers={"treatments": ["cupping"]}),),
        "not_covered",
        ("C-r07",),
    ),
    "another case": Row(
        "massage--r08",
        (record("r08", covers={"cases": ["massage--r08--knee"]}),),
        "not_covered",
        ("C-r08",),
    ),
    "taken later": Row(
        "massage--r09",
        (record("r09", covers={"taken_until": "2026-11-15"}),),
        "not_covered",
        ("C-r09",),
    ),
    "no channel of ours": Row(
        "massage--r10", (record("r10", channels=["linkedin"]),), "channel_not_allowed", ("web",)
    ),
    "not the channel wished for": Row(
        "massage--r11",
        (record("r11", channels=["instagram"]),),
        "channel_not_allowed",
        ("web", "C-r11"),
        {"channels": ["web"]},
    ),
    "behind a newer revoked": Row(
        "massage--r12",
        (older("r12"), record("r12", revoked_on="2026-05-05")),
        "consent_revoked",
        ("C-r12.",),
    ),
    "behind a newer defective": Row(
        "massage--r13",
        (older("r13"), record("r13", purpose=None)),
        "consent_element_missing",
        ("record C-r13 ", "purpose", "45 CFR 164.508(c)(1)(iv)"),
    ),
    "behind a newer expired": Row(
        "massage--r14",
        (older("r14"), record("r14", expires_on="2026-06-01")),
        "consent_expired",
        ("C-r14 ",),
    ),
    "behind a newer for another channel": Row(
        "massage--r15",
        (older("r15"), record("r15", channels=["print"])),
        "channel_not_allowed",
        ("C-r15 ",),
    ),
    "signed on no readable day": Row(
        "massage--r16",
        (older("r16"), record("r16", signed_on="last spring")),
        "consent_not_day",
        ("signed_on",),
    ),
    "leading zeros": Row(
        "massage--17", (record("0017"),), "code_leading_zeros", ("17", "0017")
    ),
    "leading zeros beside its own record": Row(
        "massage--018", (record("018"), record("0018")), "code_leading_zeros", ("018", "0018")
    ),
    "the wrong kind": Row(
        "massage--r19", (makers.staff("r19"),), "wrong_kind", ("staff", "patient")
    ),
    "of both kinds": Row(
        "massage--r20",
        (record("r20"), makers.staff("r20", id="S-r20")),
        "code_both_kinds",
        ("r20",),
    ),
    "a record that is not named": Row(
        "massage--r21", (record("r21"),), "consent_not_named", ("C-other",),
        {"consent": ["C-other"]},
    ),
    "signed tomorrow": Row(
        "massage--r22", (record("r22", signed_on=TOMORROW),), "consent_not_started", (TOMORROW,)
    ),
    "without the face": Row(
        "massage--r23", (record("r23", **{"allows.face": "false"}),), "face_cover_missing", ()
    ),
    "nothing said of the face": Row(
        "massage--r24", (record("r24", allows=None),), "face_cover_missing", ()
    ),
    "a face that may be": Row(
        "massage--r25", (record("r25", **{"allows.face": "maybe"}),), "consent_not_yes_no",
        ("allows.face",),
    ),
    "someone else without": Row(
        "massage--r26", (record("r26"),), "no_consent", ("r26-friend",),
        {"people": ["r26-friend"]},
    ),
    "no licence": Row(
        "massage--r27", (record("r27"),), "no_licence", ("L-1",),
        {"media": {"one.jpg": {"rights": ["L-1"]}}},
    ),
    "the representative's right is over": Row(
        "massage--r28",
        (record("r28", representative={"name": "P", "authority": "parent", "until": CLINICS_DAY}),),
        "consent_expired",
        (CLINICS_DAY,),
    ),
    "a number that YAML would make of it": Row(
        "massage--34", (), "no_consent", ("34",)
    ),
    "a code without its zeros": Row(
        "massage--42", (), "code_leading_zeros", ("0042",)
    ),
}  # fmt: skip
UNQUOTED = "massage--0042"


@pytest.fixture(scope="module")
def refused(tmp_path_factory: pytest.TempPathFactory) -> makers.Workspace:
    """An inbox with every row of the table, and one case in order, after one run."""
    clinic = makers.workspace(tmp_path_factory.mktemp("refusals"))
    for row in TABLE.values():
        clinic.drop(row.name, {"one.jpg": makers.photo(row.name)}, case=row.case or None)
        clinic.sign(*row.records)
    clinic.drop(UNQUOTED, {"one.jpg": makers.photo(UNQUOTED)}, case="subject: 0042\n")
    text = "\n".join(f"{key}: {value}" for key, value in record("0042").items()).replace("'", '"')
    assert "subject: 0042\n" in text
    path = clinic.file("inbox/_consents/0042.yaml", text)
    assert path.exists()
    assert clinic.run().code == 1
    return clinic


@pytest.mark.parametrize("what", TABLE)
def test_nothing_is_public_and_the_reason_says_why(refused: makers.Workspace, what: str) -> None:
    """Held, nothing of it in public storage, and one reason with the defect and a remedy."""
    row = TABLE[what]
    case = refused.case(row.name)
    assert case["stage"] == "HELD"
    assert case["url"] is None
    assert {state["state"] for state in case["channels"].values()} <= {"refused", "waiting"}
    assert refused.tokens(row.name) == {}
    for key, body in refused.public().items():
        assert case["id"] not in key
        assert case["id"].encode() not in body, key
    found = [reason for reason in case["reasons"] if reason["code"] == row.code]
    assert found, f"said instead: {makers.codes(case)}"
    for words in row.says:
        assert any(words in reason["text"] for reason in found), found
    assert all(reason["remedy"] for reason in found)
    assert row.name in refused.waiting()
    assert found[0]["text"] in refused.waiting()


def test_only_the_case_in_order_is_public(refused: makers.Workspace) -> None:
    """Of all these, what is public belongs to the one case whose code is written 0042."""
    case = refused.case(UNQUOTED)
    assert case["stage"] == "PUBLISHED"
    assert case["subject"] == "0042"
    mine = {*refused.tokens(UNQUOTED).values(), case["id"]}
    shown = {key.split("/")[1] for key in refused.public() if key.startswith(("media/", "cases/"))}
    assert shown == mine
    rendered = [key for key in makers.files_below(refused.private) if key.startswith("rendered/")]
    assert len(rendered) == 2, "something was rendered before it was cleared"


ELEMENTS = {
    "kind": "clinic policy",
    "signed_by": "45 CFR 164.508(c)(1)(vi)",
    "signed_on": "45 CFR 164.508(c)(1)(vi)",
    "channels": "45 CFR 164.508(a)(1)",
    "expires_on": "45 CFR 164.508(c)(1)(v)",
    "discloser": "45 CFR 164.508(c)(1)(ii)",
    "recipients": "45 CFR 164.508(c)(1)(iii)",
    "information": "45 CFR 164.508(c)(1)(i)",
    "purpose": "45 CFR 164.508(c)(1)(iv)",
    "statements": "45 CFR 164.508(c)(2)(i)",
    "statements.right_to_revoke": "45 CFR 164.508(c)(2)(i)",
    "statements.no_conditioning": "45 CFR 164.508(c)(2)(ii)",
    "statements.redisclosure": "45 CFR 164.508(c)(2)(iii)",
    "statements.remuneration": "45 CFR 164.508(a)(3)(ii)",
    "representative.name": "45 CFR 164.508(c)(1)(vi)",
    "representative.authority": "45 CFR 164.508(c)(1)(vi)",
}
LEFT_OUT = {"absent": None, "blank": "  "}


@pytest.fixture(scope="module")
def waiting(tmp_path_factory: pytest.TempPathFactory) -> Iterator[makers.Workspace]:
    """A case that only ever lacks a whole record; with one, it would be published."""
    clinic = makers.workspace(tmp_path_factory.mktemp("elements"))
    clinic.drop("massage--e01", {"one.jpg": makers.photo()})
    assert clinic.run().code == 1
    yield clinic
    clinic.sign(record("e01", copy_given="at the end"))
    assert clinic.run().code == 0, "the record was never the only thing that lacked"


@pytest.mark.parametrize("how", LEFT_OUT)
@pytest.mark.parametrize("element", ELEMENTS)
def test_a_record_that_leaves_an_element_out_clears_nothing(
    waiting: makers.Workspace, element: str, how: str
) -> None:
    """Each required element in turn is named with the rule that asks for it; nothing is public."""
    whole = record("e01")
    if element.startswith("representative"):
        whole["representative"] = {"name": "Pat Brightwater", "authority": "parent"}
    given = _without(whole, element, how)
    file = waiting.file("e01.yaml", given)
    answer = waiting.say("consent", "add", str(file))
    assert answer.code == 1
    assert "is kept" in answer.text
    assert waiting.run().code == 1
    case = waiting.case("massage--e01")
    said = " ".join(reason["text"] for reason in case["reasons"])
    element = "statements.redisclosure" if element == "statements" else element
    if element != "expires_on":
        assert element in said
    assert ELEMENTS[element] in said
    assert all(reason["remedy"] for reason in case["reasons"])
    assert case["stage"] == "HELD"
    assert not [key for key in waiting.public() if key.startswith(("media/", "cases/"))]


def _without(whole: makers.Json, element: str, how: str) -> str:
    """A record's YAML with one element left out in one of the ways in which people do it."""
    section, _, key = element.partition(".")
    target: dict[str, Any] = whole[section] if key else whole
    value = LEFT_OUT[how]
    if value is None:
        del target[key or section]
    else:
        target[key or section] = value
    return json.dumps(whole)
