"""Consent records: what a signed paper says, and everything that is wrong with it.

Reading never fails for a record with an id and a subject: what cannot be read or is missing
becomes a `Defect`, and a record with defects clears nothing. Whether a record holds on a day is
not asked here. Where a paper can be read in two ways, the stricter one is kept.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import TYPE_CHECKING

from pipeline.rules.errors import Reason
from pipeline.rules.forms import Flaw, Form, Problem
from pipeline.rules.inbox.naming import case_slug, slug_of
from pipeline.rules.media import CHANNELS
from pipeline.rules.signed import elements
from pipeline.rules.signed.elements import Defect, RecordKind, citation_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import date, datetime

_SPREADSHEET_SIGNS = ("=", "+", "-", "@")


@dataclass(frozen=True, slots=True)
class Representative:
    """Who signed for the person, by what right, and the first day on which that right is over."""

    name: str = field(repr=False)
    authority: str
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Allows:
    """What may be shown or told; what is not allowed in words is not allowed."""

    face: bool = False
    voice: bool = False
    name: bool = False
    condition: bool = False
    quote: bool = False


@dataclass(frozen=True, slots=True)
class Covers:
    """What a record is limited to: treatment slugs, case slugs, media taken up to a day.

    An empty set limits nothing.
    """

    treatments: frozenset[str] = frozenset()
    cases: frozenset[str] = frozenset()
    taken_until: date | None = None


@dataclass(frozen=True, slots=True)
class Record:
    """A consent record as handed in. None and empty are absent or unreadable; see `defects`.

    `covers` is None for every case of the subject, and also where it could not be read: then the
    record, being defective, answers no for all of them. `revoked` is true when anything at all
    was said about a revocation; `revoked_on` and `received_at` only when they could be read.
    `raw` is what was handed in; it and names of people stay out of `repr`.
    """

    id: str
    subject: str
    kind: RecordKind | None = None
    signed_by: str | None = field(default=None, repr=False)
    signed_on: date | None = None
    channels: frozenset[str] = frozenset()
    expires_on: date | None = None
    expires_event: str | None = None
    representative: Representative | None = None
    allows: Allows = Allows()
    covers: Covers | None = None
    renews: str | None = None
    revoked: bool = False
    revoked_on: date | None = None
    received_at: datetime | None = None
    discloser: str | None = None
    recipients: str | None = None
    information: str | None = field(default=None, repr=False)
    purpose: str | None = None
    remuneration: str | None = None
    credit: str | None = None
    copy_given: str | None = None
    document: str | None = None
    defects: tuple[Defect, ...] = ()
    raw: Mapping[str, object] = field(default_factory=dict, repr=False, compare=False, hash=False)


def read_record(entries: object) -> Record | Reason:
    """Read a parsed record; a `Reason` only if it is no mapping or has no id or no subject.

    `entries` is what a YAML or JSON reader gives when all scalars stay text, or a row as
    `record_rows.record_from_row` makes it. Never raises.
    """
    given = entries if isinstance(entries, Mapping) else {}
    form = Form(given, known=elements.KEYS)
    id_, subject = form.code("id"), form.code("subject")
    if not id_ or not subject:
        names = [name for name, code in (("id", id_), ("subject", subject)) if not code]
        return Reason("consent_without_id", facts={"missing": ", ".join(names)})
    word = form.word("kind", tuple(RecordKind))
    kind = RecordKind(word) if word else None
    remuneration, untrue = _statements(form, kind=kind)
    record = Record(
        id=id_,
        subject=subject,
        kind=kind,
        signed_by=form.text("signed_by"),
        signed_on=form.day("signed_on"),
        channels=frozenset(form.words("channels", CHANNELS) or ()),
        expires_on=form.day("expires_on"),
        expires_event=form.text("expires_event"),
        representative=_representative(form),
        allows=_allows(form),
        covers=_covers(form),
        renews=form.code("renews"),
        revoked=form.has("revoked_on") or form.has("received_at"),
        revoked_on=form.day("revoked_on"),
        received_at=form.instant("received_at"),
        discloser=form.prose("discloser"),
        recipients=form.prose("recipients"),
        information=form.prose("information"),
        purpose=form.prose("purpose"),
        remuneration=remuneration,
        credit=form.prose("credit"),
        copy_given=form.text("copy_given"),
        document=form.text("document"),
        raw=MappingProxyType({str(key): value for key, value in given.items()}),
    )
    findings = [*untrue, *_missing(record, form=form), *_contradictions(record, form=form)]
    return replace(record, defects=_defects(findings, flaws=form.flaws, kind=kind))


def unrecorded(record: Record) -> tuple[Defect, ...]:
    """What is only reported, unless the clinic requires it: no copy given, no paper kept."""
    absent = [
        ("consent_copy_not_given", "copy_given", record.copy_given),
        ("consent_document_not_kept", "document", record.document),
    ]
    return tuple(
        Defect(code, element, citation_of(element, kind=record.kind))
        for code, element, text in absent
        if text is None or text.casefold() in {"no", "false"}
    )


Finding = tuple[str, str]
"""The code of a defect and the dotted name of its element."""


def _representative(form: Form) -> Representative | None:
    section = form.section("representative", elements.REPRESENTATIVE)
    if section is None:
        return None
    return Representative(
        name=section.text("name") or "",
        authority=section.text("authority") or "",
        until=section.day("until"),
    )


def _allows(form: Form) -> Allows:
    section = form.section("allows", elements.ALLOWS)
    if section is None:
        return Allows()
    return Allows(**{name: section.flag(name) or False for name in elements.ALLOWS})


def _covers(form: Form) -> Covers | None:
    """What a record is limited to; None as soon as any part of it could not be read."""
    flaws_before = len(form.flaws)
    section = form.section("covers", elements.COVERS)
    if section is None:
        return None
    covers = Covers(
        treatments=frozenset(map(slug_of, section.texts("treatments") or ())),
        cases=frozenset(map(case_slug, section.texts("cases") or ())),
        taken_until=section.day("taken_until"),
    )
    for name, slugs in (("treatments", covers.treatments), ("cases", covers.cases)):
        if any(not slug.strip("-") for slug in slugs):
            form.flaws.append(Flaw(Problem.NOT_TEXT, ("covers", name)))
    return None if len(form.flaws) > flaws_before or covers == Covers() else covers


def _statements(form: Form, *, kind: RecordKind | None) -> tuple[str | None, list[Finding]]:
    """Who pays for the marketing, and the statements that a patient's paper should have made."""
    section = form.section("statements", elements.STATEMENTS)
    if section is None and form.has("statements"):
        return None, []
    section = section or Form({})
    remuneration = section.text("remuneration")
    if kind is not RecordKind.PATIENT:
        return remuneration, []
    findings = [
        ("consent_statement_untrue", f"statements.{name}")
        for name in elements.TRUE_STATEMENTS
        if section.flag(name) is False
    ]
    findings += [
        ("consent_element_missing", f"statements.{name}")
        for name in elements.STATEMENTS
        if not section.has(name)
    ]
    if remuneration and remuneration.casefold() in {"yes", "no", "true", "false"}:
        findings.append(("consent_remuneration_unclear", "statements.remuneration"))
    return remuneration, findings


def _missing(record: Record, *, form: Form) -> Iterator[Finding]:
    """The elements that were left out."""
    for element in elements.required(record.kind):
        if not form.has(element):
            yield "consent_element_missing", element
    if not form.has("expires_on") and not form.has("expires_event"):
        yield "consent_expiry_missing", "expires_on"
    if record.representative and not record.representative.name:
        yield "consent_element_missing", "representative.name"
    if record.representative and not record.representative.authority:
        yield "consent_element_missing", "representative.authority"


def _contradictions(record: Record, *, form: Form) -> Iterator[Finding]:
    """What can be read and yet cannot be so."""
    event = None if form.has("expires_on") else record.expires_event
    if event and elements.has_no_end(event):
        yield "consent_expiry_open", "expires_event"
    if record.expires_on and record.signed_on and record.expires_on <= record.signed_on:
        yield "consent_expiry_before_signature", "expires_on"
    if form.has("received_at") and not form.has("revoked_on"):
        yield "consent_revocation_without_day", "revoked_on"
    if record.document and ("/" in record.document or "\\" in record.document):
        yield "consent_document_elsewhere", "document"
    for element in ("id", "subject"):
        if str(getattr(record, element)).startswith(_SPREADSHEET_SIGNS):
            yield "consent_formula", element
    for element in elements.KEYS[3:]:
        text = record.raw.get(element)
        if isinstance(text, str) and text.strip().startswith("="):
            yield "consent_formula", element


def _defects(
    findings: Iterable[Finding], *, flaws: Sequence[Flaw], kind: RecordKind | None
) -> tuple[Defect, ...]:
    """The findings and flaws with their citations, in the order of the form."""
    flawed = {flaw.key for flaw in flaws}
    found = [
        Defect(code, element, citation_of(element, kind=kind))
        for code, element in findings
        if element not in flawed
    ]
    found += [
        Defect(
            _code(flaw),
            flaw.key,
            citation_of(flaw.key, kind=kind),
            facts={"found": flaw.found, "nearest": flaw.nearest},
        )
        for flaw in flaws
    ]
    order = {name: place for place, name in enumerate(elements.KEYS)}
    return tuple(sorted(found, key=lambda each: order.get(each.element.split(".")[0], len(order))))


def _code(flaw: Flaw) -> str:
    if flaw.problem is Problem.UNKNOWN_WORD:
        return "consent_unknown_kind" if flaw.key == "kind" else "consent_unknown_channel"
    return f"consent_{flaw.problem}"
