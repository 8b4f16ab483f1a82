"""The elements of a consent record: which kind needs which, and the rule that asks for each.

Sources: 45 CFR 164.508 (a)(1), (a)(3)(ii), (b)(2), (c)(1), (c)(2) and (c)(4).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING

from pipeline.rules.errors import Reason
from pipeline.rules.spelling import words_of

if TYPE_CHECKING:
    from collections.abc import Mapping

POLICY = "clinic policy"


class RecordKind(StrEnum):
    """Who or what a record speaks for."""

    PATIENT = "patient"
    STAFF = "staff"
    LICENCE = "licence"


KEYS = (
    *("id", "kind", "subject", "signed_by", "signed_on", "channels", "expires_on"),
    *("expires_event", "discloser", "recipients", "information", "purpose", "statements"),
    *("representative", "allows", "covers", "renews", "revoked_on", "received_at"),
    *("copy_given", "document", "credit"),
)
TRUE_STATEMENTS = ("right_to_revoke", "no_conditioning", "redisclosure")
STATEMENTS = (*TRUE_STATEMENTS, "remuneration")
REPRESENTATIVE = ("name", "authority", "until")
ALLOWS = ("face", "voice", "name", "condition", "quote")
COVERS = ("treatments", "cases", "taken_until")

# What every record needs beside its expiry. A record of no known kind is asked for no more, as
# nobody can say what its kind would ask for.
_ALWAYS = ("kind", "signed_by", "signed_on", "channels")
_REQUIRED: Mapping[RecordKind | None, tuple[str, ...]] = MappingProxyType(
    {
        None: _ALWAYS,
        RecordKind.PATIENT: (*_ALWAYS, "discloser", "recipients", "information", "purpose"),
        RecordKind.STAFF: _ALWAYS,
        RecordKind.LICENCE: (*_ALWAYS, "information", "credit"),
    }
)
_PARAGRAPHS = MappingProxyType(
    {
        "channels": "(a)(1)",
        "statements.remuneration": "(a)(3)(ii)",
        "revoked_on": "(b)(2)(iii)",
        "received_at": "(b)(2)(iii)",
        "information": "(c)(1)(i)",
        "allows": "(c)(1)(i)",
        "discloser": "(c)(1)(ii)",
        "recipients": "(c)(1)(iii)",
        "purpose": "(c)(1)(iv)",
        "expires_on": "(c)(1)(v)",
        "expires_event": "(c)(1)(v)",
        "signed_by": "(c)(1)(vi)",
        "signed_on": "(c)(1)(vi)",
        "representative": "(c)(1)(vi)",
        "statements.right_to_revoke": "(c)(2)(i)",
        "statements.no_conditioning": "(c)(2)(ii)",
        "statements.redisclosure": "(c)(2)(iii)",
        "copy_given": "(c)(4)",
    }
)
_NOT_FILLED_IN = "(b)(2)(ii)"
_NO_END = frozenset(
    {
        *("", "none", "never", "no", "na", "n a", "nil", "null", "not applicable", "unknown"),
        *("tbd", "open", "open ended", "unlimited", "forever", "permanent", "permanently"),
        *("indefinite", "indefinitely", "perpetual", "perpetually", "perpetuity"),
        *("in perpetuity", "no expiration", "no expiration date", "no expiry", "no end"),
        *("no end date", "no date", "does not expire", "never expires"),
        *("ninguno", "ninguna", "nunca", "indefinido", "sin vencimiento", "no vence"),
    }
)


@dataclass(frozen=True, slots=True)
class Defect:
    """One thing that makes a record invalid.

    `element` is its dotted name ("statements.redisclosure"), `citation` the rule that asks for
    it. `facts` may quote what stood there: for staff's eyes, never for the event log.
    """

    code: str
    element: str
    citation: str
    facts: Mapping[str, str] = field(default_factory=dict, hash=False)

    def reason(self, record: str) -> Reason:
        """This defect of the record with this id, as a reason that staff can act on."""
        facts = {"id": record, "element": self.element, "citation": self.citation}
        return Reason(self.code, facts={**self.facts, **facts})


def required(kind: RecordKind | None) -> tuple[str, ...]:
    """The elements that a record of this kind cannot do without, its expiry apart."""
    return _REQUIRED[kind]


def citation_of(element: str, *, kind: RecordKind | None) -> str:
    """The rule that asks for an element; an entry of a section is asked for by its section's."""
    if element == "kind" or kind in {RecordKind.STAFF, RecordKind.LICENCE}:
        return POLICY
    section = element.split(".", maxsplit=1)[0]
    paragraph = _PARAGRAPHS.get(element) or _PARAGRAPHS.get(section) or _NOT_FILLED_IN
    return f"45 CFR 164.508{paragraph}"


def has_no_end(event: str) -> bool:
    """Whether an expiration event names no event ("none", "never"), which is not sufficient."""
    return " ".join(words_of(event)) in _NO_END
