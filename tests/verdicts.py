"""Records, cases and moments in few words, and what the consent rules say about them, in one line.

Records are read by `read_record` from what a clinic would hand in. A verdict is "yes c-1" (what it
stands on), "yes c-1 without face" (what has to be hidden), or "no not_covered" (every code).
"""

from __future__ import annotations

import copy
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from pipeline.rules.consent import (
    Clearance,
    Consent,
    Moment,
    Refusal,
    Revocation,
    decide,
)
from pipeline.rules.media import Asset, Case, Facts, Fall, Kind, Role
from pipeline.rules.signed.records import Record, read_record

Entries = dict[str, Any]

NEW_YORK = ZoneInfo("America/New_York")
NOON = datetime(2026, 6, 15, 12, 0, tzinfo=NEW_YORK)
EVERYTHING = dict.fromkeys(("face", "voice", "name", "condition", "quote"), "yes")
_COMMON: Entries = {
    "signed_by": "A. Example",
    "signed_on": "2026-03-01",
    "channels": ["web", "instagram"],
    "expires_on": "2027-03-01",
}
PATIENT: Entries = {
    **_COMMON,
    "id": "c-1",
    "kind": "patient",
    "subject": "0042",
    "discloser": "the clinic",
    "recipients": "visitors of the web site",
    "information": "pictures of the neck",
    "purpose": "marketing",
    "statements": {
        "right_to_revoke": "true",
        "no_conditioning": "true",
        "redisclosure": "true",
        "remuneration": "none",
    },
    "allows": EVERYTHING,
}
STAFF: Entries = {**_COMMON, "id": "s-1", "kind": "staff", "subject": "bo", "allows": EVERYTHING}
LICENCE: Entries = {
    **_COMMON,
    "id": "l-1",
    "kind": "licence",
    "subject": "film-7",
    "information": "film 7",
    "credit": "Film: River Stone",
}


def entries(base: Entries, /, **changes: Any) -> Entries:
    """What is handed in: `base` with changes; `a__b` is a key of section `a`, None no key."""
    made = copy.deepcopy(base)
    for name, value in changes.items():
        section, _, inner = name.partition("__")
        place, key = (made, section)
        if inner:
            place, key = made.setdefault(section, {}), inner
        if value is None:
            place.pop(key, None)
        else:
            place[key] = value
    return made


def record(base: Entries = PATIENT, /, **changes: Any) -> Record:
    """The record that is read from what is handed in."""
    read = read_record(entries(base, **changes))
    assert isinstance(read, Record)
    return read


def signed(base: Entries = PATIENT, /, **changes: Any) -> Consent:
    """A record as the catalog gives it; recorded at the end of the day on which it was signed.

    `recorded`, `revoked`, `ended` and `version` are what happened to it, the rest its elements.
    """
    recorded, revoked, ended = (
        changes.pop(each, None) for each in ("recorded", "revoked", "ended")
    )
    version = changes.pop("version", 1)
    made = record(base, **changes)
    received = instant(revoked) if revoked else None
    return Consent(
        record=made,
        version=version,
        recorded_at=instant(recorded or f"{made.signed_on or '2026-03-01'}T23:00Z"),
        revocation=Revocation(received, received) if received else None,
        ended_on=day(ended) if ended else None,
    )


def staff(**changes: Any) -> Consent:
    """A member of staff's record."""
    return signed(STAFF, **changes)


def licence(**changes: Any) -> Consent:
    """A licence."""
    return signed(LICENCE, **changes)


def day(text: str) -> date:
    """A day."""
    return date.fromisoformat(text)


def instant(text: str) -> datetime:
    """An instant; a day alone is its noon in New York."""
    if len(text) == len("2026-06-15"):
        return datetime.combine(day(text), NOON.timetz())
    return datetime.fromisoformat(text).astimezone(UTC)


def medium(
    sha: str = "a",
    *,
    role: Role = Role.SINGLE,
    people: tuple[str, ...] = ("0042",),
    rights: tuple[str, ...] = (),
    taken_on: str | None = None,
    received_on: str = "2026-05-01",
) -> Asset:
    """An original; its file is named after `sha`."""
    facts = Facts(1, Kind.PHOTO, "jpeg", 64, 48, taken_on=day(taken_on) if taken_on else None)
    return Asset(sha, f"{sha}.jpg", Kind.PHOTO, role, "", people, rights, facts, day(received_on))


def story(*assets: Asset, **changes: Any) -> Case:
    """A case: dry needling of the patient 0042, with one picture unless others are given."""
    case = Case(
        name="dry-needling--0042",
        slug="dry-needling-abcdefgh",
        treatment="dry-needling",
        subject="0042",
        subject_kind="patient",
        assets=assets or (medium(),),
    )
    return replace(case, **changes)


def fell(
    cause: str, *ids: str, at: str = "2026-05-01", received: str = "", person: str = "0042"
) -> Fall:
    """That the case came down."""
    return Fall("web", cause, person, ids or ("c-1",), instant(at), instant(received or at))


def ask(
    case: Case, *consents: Consent, channel: str = "web", at: Moment | datetime | str = NOON
) -> Clearance | Refusal:
    """Decide; the moment is noon of 15 June 2026 in New York unless another is given."""
    moment = at if isinstance(at, Moment) else Moment(_instant(at), NEW_YORK)
    return decide(case, channel=channel, consents=consents, moment=moment)


def _instant(at: datetime | str) -> datetime:
    return instant(at) if isinstance(at, str) else at


class Row(NamedTuple):
    """A situation: its name, the verdict, the records, and what is not as usual."""

    name: str
    verdict: str
    consents: tuple[Consent, ...]
    case: Case = story()
    at: Moment | datetime | str = NOON
    channel: str = "web"

    def ask(self) -> Clearance | Refusal:
        """Decide."""
        return ask(self.case, *self.consents, channel=self.channel, at=self.at)


def codes(answer: Clearance | Refusal) -> set[str]:
    """The codes of everything that may not be shown."""
    reasons = answer.reasons if isinstance(answer, Refusal) else answer.left_out
    return {reason.code for reason in reasons}


def said(answer: Clearance | Refusal) -> str:
    """A verdict in one line."""
    if isinstance(answer, Refusal):
        return f"no {_listed(codes(answer))}"
    hidden = {each for permit in answer.permits for each in permit.redactions} | answer.withheld
    on = _listed({id_ for id_, _ in answer.stands_on}) or "nothing"
    return f"yes {on}" + (f" without {_listed(hidden)}" if hidden else "")


def shown(answer: Clearance | Refusal) -> str:
    """The names of the originals that may be shown."""
    return _listed({p.sha256 for p in answer.permits}) if isinstance(answer, Clearance) else ""


def _listed(words: Iterable[str]) -> str:
    return " ".join(sorted(words))
