"""Which record governs for a person or a work, and whether it holds.

Exactly one does: the latest signed (then latest recorded) of that subject whose `covers` includes
the case. Revoked, expired and defective records are candidates too: if the governing one is not
valid the answer is no, and an older one never steps in. Sources: 45 CFR 164.508, and section 2
of the contracts.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace

from pipeline.rules.errors import Reason
from pipeline.rules.media import Asset, Case
from pipeline.rules.signed.consents import (
    Consent,
    Moment,
    covers,
    end_of,
    is_void,
    received_at,
)
from pipeline.rules.signed.elements import RecordKind
from pipeline.rules.signed.records import Record
from pipeline.rules.signed.returning import after_a_fall, after_a_revocation

PEOPLE_KINDS = frozenset({RecordKind.PATIENT, RecordKind.STAFF})


def governing(
    code: str,
    *,
    kinds: Collection[str],
    case: Case,
    asset: Asset,
    consents: Sequence[Consent],
    moment: Moment,
) -> Consent | tuple[Reason, ...]:
    """Return the valid governing record of a person or work, or why there is none."""
    fact = {"code": code}
    twin = _twin(code, case=case, consents=consents)
    if twin is not None:
        return (Reason("code_leading_zeros", facts=fact | {"other": twin}),)
    known = [consent for consent in consents if consent.record.subject == code]
    if not known:
        return (Reason("no_consent", facts=fact),)
    if {consent.record.kind for consent in known} >= PEOPLE_KINDS:
        return (Reason("code_both_kinds", facts=fact),)
    covering = [consent for consent in known if covers(consent, case=case, asset=asset)]
    if not covering:
        return (Reason("not_covered", facts=fact | {"id": _latest(known, moment).record.id}),)
    named = covering
    if case.consents is not None and RecordKind.LICENCE not in kinds:
        named = [consent for consent in covering if consent.record.id in case.consents]
        if not named:
            return (Reason("consent_not_named", facts=fact | {"ids": ", ".join(case.consents)}),)
    governs = _latest(named, moment)
    return (
        _invalid(governs, kinds=kinds, moment=moment)
        or after_a_revocation(governs, known=known, case=case, moment=moment)
        or after_a_fall(governs, covering=covering, case=case, moment=moment)
        or governs
    )


def _twin(code: str, *, case: Case, consents: Iterable[Consent]) -> str | None:
    """Find another code, on a record or in the case, that differs by leading zeros only."""
    codes = {case.subject, *(person for asset in case.assets for person in asset.people)}
    codes |= {consent.record.subject for consent in consents}
    bare = code.lstrip("0")
    return min((each for each in codes - {code} if each.lstrip("0") == bare), default=None)


def _latest(consents: Iterable[Consent], moment: Moment) -> Consent:
    """Pick the latest signed, then latest recorded; a day that nobody can read counts as late.

    Of two that are equally late the one that clears nothing, so that their order never matters.
    """
    return max(
        consents,
        key=lambda c: (
            c.record.signed_on or moment.day_of(c.recorded_at),
            c.recorded_at,
            is_void(c),
            c.record.id,
            c.version,
        ),
    )


def _invalid(consent: Consent, *, kinds: Collection[str], moment: Moment) -> tuple[Reason, ...]:
    """Say what is wrong with a record in itself."""
    record = consent.record
    fact = {"code": record.subject, "id": record.id}
    if received_at(consent, moment=moment):
        return (Reason("consent_revoked", facts=fact),)
    if record.defects and (record.kind is None or record.kind in kinds):
        return defects_of(record)
    if record.kind is None or record.kind not in kinds:
        wanted = "/".join(sorted(kinds))
        return (Reason("wrong_kind", facts=fact | {"kind": str(record.kind), "wanted": wanted}),)
    if record.signed_on is None or record.signed_on > moment.today:
        return (Reason("consent_not_started", facts=fact | {"day": str(record.signed_on)}),)
    end = end_of(consent)
    if end is not None and end <= moment.last_day_needed:
        return (Reason("consent_expired", facts=fact | {"day": end.isoformat()}),)
    return ()


def defects_of(record: Record) -> tuple[Reason, ...]:
    """Say what a record leaves out, each element with its citation."""
    found = []
    for defect in record.defects:
        reason = defect.reason(record.id)
        found.append(replace(reason, facts={**reason.facts, "code": record.subject}))
    return tuple(found)
