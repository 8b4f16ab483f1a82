"""`case.yaml`: what staff may say about a case in a file, and how that file is printed again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from pipeline.rules.errors import Reason
from pipeline.rules.forms import Flaw, Form, Problem
from pipeline.rules.inbox.naming import Aside, slug_of
from pipeline.rules.media import CHANNELS, Role

if TYPE_CHECKING:
    from collections.abc import Sequence

SUBJECT_KINDS = ("patient", "staff")
_KEYS = (
    *("treatment", "subject", "subject_kind", "title", "people", "consent", "channels"),
    *("publish_after", "complete", "claims", "media"),
)
_CLAIM_KEYS = ("text", "basis", "typical_result")
_MEDIUM_KEYS = ("role", "view", "caption", "alt", "people", "rights")
_ROLES = (*(role.value for role in Role), Aside.SKIP.value)
_CODES = {problem: f"case_file_{problem}" for problem in Problem}


@dataclass(frozen=True, slots=True)
class Claim:
    """A sentence that promises something, what it rests on, and what people usually get."""

    text: str
    basis: str | None = None
    typical_result: str | None = None


@dataclass(frozen=True, slots=True)
class Medium:
    """What the file says of one medium. None is not given; `()` is said out loud: nobody, none."""

    role: Role | Aside | None = None
    view: str | None = None
    caption: str | None = None
    alt: str | None = None
    people: tuple[str, ...] | None = None
    rights: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class CaseFile:
    """What a `case.yaml` says. None is not given, so an amendment leaves it as it was.

    `treatment` is a slug, `subject` and the codes are matched exactly. `people` is `()` when the
    file says out loud that nobody else is seen or heard. `media` has the media as (file name as
    written, what is said of it).
    """

    treatment: str | None = None
    subject: str | None = None
    subject_kind: str | None = None
    title: str | None = None
    people: tuple[str, ...] | None = None
    consent: tuple[str, ...] | None = None
    channels: tuple[str, ...] | None = None
    publish_after: date | datetime | None = None
    complete: bool | None = None
    claims: tuple[Claim, ...] | None = None
    media: tuple[tuple[str, Medium], ...] = ()

    def medium(self, file: str) -> Medium:
        """What is said of one file; nothing if it is not named."""
        return dict(self.media).get(file, Medium())


def read_case_file(entries: object, *, file: str = "case.yaml") -> CaseFile | tuple[Reason, ...]:
    """Read the parsed file; everything that is wrong with it, if anything is.

    `entries` is what a YAML or JSON reader gives when all scalars stay text: a mapping, or None
    for an empty file. Each reason carries `file` and the place within it as the fact `key`.
    """
    if entries is None:
        return CaseFile()
    if not isinstance(entries, Mapping):
        return (Reason("case_file_not_section", file=file, facts={"key": file}),)
    form = Form(entries, known=_KEYS)
    treatment = form.text("treatment")
    slug = slug_of(treatment) if treatment else None
    read = CaseFile(
        treatment=slug or None,
        subject=form.code("subject"),
        subject_kind=form.word("subject_kind", SUBJECT_KINDS),
        title=form.text("title"),
        people=form.texts("people"),
        consent=form.texts("consent") or None,
        channels=form.words("channels", CHANNELS) or None,
        publish_after=form.day_or_instant("publish_after"),
        complete=form.flag("complete"),
        claims=_claims(form.sections("claims", _CLAIM_KEYS)),
        media=_media(form.section("media")),
    )
    reasons = [_reason(flaw, file=file) for flaw in form.flaws]
    if treatment and not slug:
        facts = {"name": treatment, "part": treatment}
        reasons.append(Reason("case_name_no_letters", file=file, facts=facts))
    if read.subject and not slug_of(read.subject):
        facts = {"name": read.subject, "part": read.subject}
        reasons.append(Reason("case_name_no_letters", file=file, facts=facts))
    if form.texts("channels") == ():
        reasons.append(Reason("case_file_no_channels", file=file))
    if any(not claim.text for claim in read.claims or ()):
        reasons.append(Reason("case_file_claim_without_text", file=file))
    return tuple(reasons) or read


def to_mapping(case: CaseFile) -> dict[str, object]:
    """The file as a mapping to print: `read_case_file` reads the same from it."""
    publish_after = case.publish_after.isoformat() if case.publish_after else None
    entries: dict[str, object] = {
        "treatment": case.treatment,
        "subject": case.subject,
        "subject_kind": case.subject_kind,
        "title": case.title,
        "people": _listed(case.people),
        "consent": _listed(case.consent),
        "channels": _listed(case.channels),
        "publish_after": publish_after,
        "complete": case.complete,
        "claims": [_claim_entries(claim) for claim in case.claims] if case.claims else None,
        "media": {file: _medium_entries(medium) for file, medium in case.media} or None,
    }
    return _given(entries)


def _claims(forms: Sequence[Form]) -> tuple[Claim, ...] | None:
    claims = (
        Claim(
            text=form.text("text") or "",
            basis=form.text("basis"),
            typical_result=form.text("typical_result"),
        )
        for form in forms
    )
    return tuple(claims) or None


def _media(form: Form | None) -> tuple[tuple[str, Medium], ...]:
    if form is None:
        return ()
    sections = ((file, form.section(file, _MEDIUM_KEYS)) for file in form.names())
    return tuple((file, _medium(section)) for file, section in sections if section)


def _medium(form: Form) -> Medium:
    role = form.word("role", _ROLES)
    return Medium(
        role=None if role is None else Aside.SKIP if role == Aside.SKIP else Role(role),
        view=form.text("view"),
        caption=form.text("caption"),
        alt=form.text("alt"),
        people=form.texts("people"),
        rights=form.texts("rights"),
    )


def _reason(flaw: Flaw, *, file: str) -> Reason:
    facts = {"key": ": ".join(flaw.path), "found": flaw.found, "nearest": flaw.nearest}
    return Reason(_CODES[flaw.problem], file=file, facts=facts)


def _claim_entries(claim: Claim) -> dict[str, object]:
    return _given(
        {"text": claim.text, "basis": claim.basis, "typical_result": claim.typical_result}
    )


def _medium_entries(medium: Medium) -> dict[str, object]:
    return _given(
        {
            "role": medium.role.value if medium.role else None,
            "view": medium.view,
            "caption": medium.caption,
            "alt": medium.alt,
            "people": _listed(medium.people),
            "rights": _listed(medium.rights),
        }
    )


def _listed(texts: tuple[str, ...] | None) -> list[str] | None:
    return None if texts is None else list(texts)


def _given(entries: dict[str, object]) -> dict[str, object]:
    return {key: value for key, value in entries.items() if value is not None}
