"""Which kind of record needs which element, and the rule that each is asked for by."""

from __future__ import annotations

import pytest

from pipeline.rules.signed.elements import (
    ALLOWS,
    COVERS,
    KEYS,
    POLICY,
    REPRESENTATIVE,
    STATEMENTS,
    Defect,
    RecordKind,
    citation_of,
    has_no_end,
    required,
)

RULE = "45 CFR 164.508"
EVERY = {"kind", "signed_by", "signed_on", "channels"}


@pytest.mark.parametrize(
    ("kind", "more"),
    [
        (RecordKind.PATIENT, {"discloser", "recipients", "information", "purpose"}),
        (RecordKind.STAFF, set()),
        (RecordKind.LICENCE, {"information", "credit"}),
        (None, set()),
    ],
)
def test_what_a_kind_needs(kind: RecordKind | None, more: set[str]) -> None:
    """The table of the contract, and no element twice or unknown."""
    assert set(required(kind)) == EVERY | more
    assert len(required(kind)) == len(set(required(kind)))
    assert set(required(kind)) <= set(KEYS)


@pytest.mark.parametrize(
    ("element", "paragraph"),
    [
        ("channels", "(a)(1)"),
        ("statements.remuneration", "(a)(3)(ii)"),
        ("information", "(c)(1)(i)"),
        ("allows.face", "(c)(1)(i)"),
        ("discloser", "(c)(1)(ii)"),
        ("recipients", "(c)(1)(iii)"),
        ("purpose", "(c)(1)(iv)"),
        ("expires_on", "(c)(1)(v)"),
        ("expires_event", "(c)(1)(v)"),
        ("signed_on", "(c)(1)(vi)"),
        ("representative.until", "(c)(1)(vi)"),
        ("statements.right_to_revoke", "(c)(2)(i)"),
        ("statements.no_conditioning", "(c)(2)(ii)"),
        ("statements.redisclosure", "(c)(2)(iii)"),
        ("copy_given", "(c)(4)"),
        ("revoked_on", "(b)(2)(iii)"),
        ("covers.cases", "(b)(2)(ii)"),
    ],
)
def test_what_asks_for_an_element(element: str, paragraph: str) -> None:
    """A patient's elements stand on the rule, staff's and licences' on the clinic's policy."""
    assert citation_of(element, kind=RecordKind.PATIENT) == f"{RULE}{paragraph}"
    assert citation_of(element, kind=None) == f"{RULE}{paragraph}"
    assert citation_of(element, kind=RecordKind.STAFF) == POLICY
    assert citation_of(element, kind=RecordKind.LICENCE) == POLICY


def test_the_kind_itself_is_policy() -> None:
    """No rule asks for a kind."""
    assert citation_of("kind", kind=RecordKind.PATIENT) == POLICY


@pytest.mark.parametrize("event", ["none", "Never", "N/A", "in perpetuity", "Nunca", "-", "open!"])
def test_no_end(event: str) -> None:
    """Words that name no event are no end of a consent."""
    assert has_no_end(event)


@pytest.mark.parametrize("event", ["the end of treatment", "none of my visits", "fin del programa"])
def test_an_end(event: str) -> None:
    """Anything else may be an event."""
    assert not has_no_end(event)


def test_a_defect_as_a_reason() -> None:
    """It names the record, the element and the rule, and its own facts never hide these."""
    defect = Defect("consent_not_day", "signed_on", RULE, facts={"found": "spring", "id": "other"})
    reason = defect.reason("c-1")
    assert reason.code == "consent_not_day"
    assert reason.facts == {
        "found": "spring",
        "id": "c-1",
        "element": "signed_on",
        "citation": RULE,
    }


def test_sections_are_known_keys() -> None:
    """Each section of the form has its entries, and no entry stands twice."""
    assert {"statements", "representative", "allows", "covers"} <= set(KEYS)
    for entries in (KEYS, STATEMENTS, REPRESENTATIVE, ALLOWS, COVERS):
        assert len(entries) == len(set(entries))
