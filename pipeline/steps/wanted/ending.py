"""Whether what is public may stay as it is, and who ended what when it may not."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from pipeline.config import Config
from pipeline.rules.consent import (
    Clearance,
    Consent,
    Moment,
    Refusal,
    end_of,
)
from pipeline.rules.errors import Reason
from pipeline.rules.media import Fall
from pipeline.rules.signed.consents import covers_case, received_at
from pipeline.steps.wanted.clearing import Standing, standing_of
from pipeline.tools.catalog import cases
from pipeline.tools.catalog.engine import Connection
from pipeline.tools.catalog.publications import PublicationRow

REVOKED = "revoked"
EXPIRED = "expired"
NARROWED = "narrowed"
HELD = "held"
RETRACTED = "retracted"

_REVOKED_CODES = {"consent_revoked", "signed_before_revocation", "closed_by_revocation"}
_EXPIRED_CODES = {"consent_expired", "not_renewed"}


def permitted(standing: Standing) -> set[str]:
    """Return the originals that may be shown on at least one channel."""
    return {
        permit.sha256
        for answer in standing.answers.values()
        if isinstance(answer, Clearance)
        for permit in answer.permits
    }


def may_be_shown(connection: Connection, sha256: str, *, config: Config, moment: Moment) -> bool:
    """Tell whether an original may be shown anywhere, in whichever case."""
    rows = cases.assets_by_hash(connection, sha256)
    return any(
        sha256 in permitted(standing_of(connection, row, config=config, moment=moment))
        for row in (cases.by_id(connection, each) for each in sorted({r.case_id for r in rows}))
    )


def revoked_of(
    connection: Connection, standing: Standing, *, config: Config, moment: Moment
) -> list[str]:
    """Return the originals of a case that may be shown nowhere, if something was revoked."""
    codes = {
        reason.code
        for answer in standing.answers.values()
        for reason in (answer.reasons if isinstance(answer, Refusal) else answer.left_out)
    }
    if not codes & _REVOKED_CODES:
        return []
    allowed = permitted(standing)
    return [
        asset.sha256
        for asset in standing.assets
        if asset.sha256 not in allowed
        and not may_be_shown(connection, asset.sha256, config=config, moment=moment)
    ]


def why_down(  # noqa: PLR0911 - one return for each way in which a publication may end
    standing: Standing, publication: PublicationRow
) -> str | None:
    """Say why a live publication may not stay as it is; None when it may.

    Widening and renewing in time end nothing; whatever shows less than before does.
    """
    if standing.row.retracted:
        return RETRACTED
    if standing.held_why is not None:
        return HELD
    answer = standing.answers.get(publication.channel)
    if answer is None:
        return NARROWED
    if isinstance(answer, Refusal):
        return _cause(answer.reasons)
    permits = {permit.sha256: permit for permit in answer.permits}
    # A newer version of a file replaces without a blink: its old one stays until then, as long as
    # its own people and rights allow it.
    older = standing.replaced[publication.channel]
    replaced = {asset.sha256 for asset in standing.assets if asset.state == cases.REPLACED}
    if isinstance(older, Clearance):
        permits |= {permit.sha256: permit for permit in older.permits}
    for sha, shown in publication.basis["permits"].items():
        permit = permits.get(sha)
        if permit is None:
            refused = older if sha in replaced else answer
            return _cause(refused.reasons if isinstance(refused, Refusal) else refused.left_out)
        if not permit.redactions <= set(shown["redactions"]):
            return NARROWED
    return None


def falls_from(
    standing: Standing, publication: PublicationRow, *, cause: str, moment: Moment
) -> list[Fall]:
    """Return who ended what, for the records that this publication stood on."""
    if cause not in {REVOKED, EXPIRED}:
        return []
    stood_on = {pair[0] for pair in publication.basis["stands_on"]}
    falls = []
    for consent in standing.consents:
        record = consent.record
        if record.id not in stood_on:
            continue
        end = end_of(consent)
        revoked_at = _revoked_at(consent, standing=standing, moment=moment)
        if revoked_at is not None:
            ended, notice = REVOKED, revoked_at
        elif end is not None and end <= moment.last_day_needed:
            ended, notice = EXPIRED, moment.now
        else:
            continue
        falls.append(
            Fall(publication.channel, ended, record.subject, (record.id,), moment.now, notice)
        )
    # A revoked record stands here in all its versions.
    return list(dict.fromkeys(falls))


def _revoked_at(consent: Consent, *, standing: Standing, moment: Moment) -> datetime | None:
    """Return when the notice came in that ended a record: its own, or a later one of its person."""
    signed_on = consent.record.signed_on
    notices = [
        notice
        for other in standing.consents
        if other.record.subject == consent.record.subject
        and covers_case(other, case=standing.case)
        and (notice := received_at(other, moment=moment))
        and (
            other.record.id == consent.record.id
            or signed_on is None
            or signed_on <= moment.day_of(notice)
        )
    ]
    return max(notices, default=None)


def _cause(reasons: Sequence[Reason]) -> str:
    codes = {reason.code for reason in reasons}
    if codes & _REVOKED_CODES:
        return REVOKED
    return EXPIRED if codes & _EXPIRED_CODES else NARROWED
