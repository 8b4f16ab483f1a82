"""Takes consent records in, and puts ends to them: add, import, end, revoke."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from pipeline.rules import consent as rules
from pipeline.rules.consent import Consent
from pipeline.rules.errors import Reason, UsageError
from pipeline.rules.media import Fall
from pipeline.rules.signed.record_rows import record_from_row
from pipeline.rules.signed.records import Record, read_record
from pipeline.steps.means import Means
from pipeline.steps.public.indexes import want_indexes
from pipeline.steps.public.uploads import forget_renditions
from pipeline.steps.wanted.clearing import standing_of, strictly
from pipeline.steps.wanted.ending import REVOKED, permitted
from pipeline.steps.withdraw import close_ended
from pipeline.tools.catalog import cases, consents, publications
from pipeline.tools.catalog.engine import Transaction
from pipeline.tools.documents import Unreadable, read_mappings, read_rows, read_text


@dataclass(frozen=True, slots=True)
class Enrolled:
    """What became of one record: its version and defects, or why it could not be kept.

    `document` is the name of the scan beside it that is now in private storage.
    """

    id: str
    subject: str
    version: int
    reasons: tuple[Reason, ...]
    document: str | None = None

    @property
    def kept(self) -> bool:
        """Whether the record is in the catalog."""
        return self.version > 0


def read_records(path: Path) -> list[dict[str, object]]:
    """Read the records of a YAML, JSON or CSV file.

    Raises:
        UsageError: the file is no such thing; nothing was kept.
    """
    try:
        text = read_text(path.read_bytes())
        if path.suffix.lower() == ".csv":
            return [record_from_row(row) for row in read_rows(text)]
        return read_mappings(text)
    except OSError as error:
        raise UsageError(f"{path.name} cannot be opened: {error.strerror}.") from error
    except Unreadable as error:
        raise UsageError(
            f"{path.name} cannot be read: {error}.",
            remedy="Correct that place and try again; nothing was kept.",
        ) from error


def enrol(
    means: Means, entries: Sequence[Mapping[str, object]], *, folder: Path | None
) -> list[Enrolled]:
    """Keep every record that has an id and a subject, defective ones too.

    `folder` is where the file named by `document` lies; it is kept in private storage.
    """
    return [_enrol(means, dict(each), folder=folder) for each in entries]


def _enrol(means: Means, entries: dict[str, object], *, folder: Path | None) -> Enrolled:
    record = read_record(entries)
    if isinstance(record, Reason):
        return Enrolled("", "", 0, (record,))
    document = _keep_document(means, record, folder=folder)
    defects = defects_of(means, record)
    now = means.now()
    with means.catalog.write(by=means.by, now=now) as tx:
        before = consents.newest(tx.connection, record.id)
        version = consents.add(tx, consent=record.id, subject=record.subject, body=entries)
        if record.revoked and not (before and before.revocation):
            # A later version that no longer says so must not revive the record.
            consents.revoke(tx, record.id, received_at=_received(record, means, now=now))
        if before is None or before.version != version:
            tx.event(
                "consent_recorded",
                data={
                    "consent": record.id,
                    "version": version,
                    "defects": len(defects),
                    "document": document,
                },
            )
            subjects = {record.subject} | ({before.record.subject} if before else set())
            _look_at(tx, subjects)
    if record.revoked:
        _close(means, subjects={record.subject})
    scan = Path(record.document).name if record.document and document else None
    return Enrolled(record.id, record.subject, version, defects, scan)


def _received(record: Record, means: Means, *, now: datetime) -> datetime:
    """Return when a revocation noted in a record was received, as far as the record says."""
    if record.received_at:
        return record.received_at
    day = record.revoked_on
    zone = means.config.clinic.zone
    return datetime.combine(day, datetime.min.time(), zone) if day else now


def defects_of(means: Means, record: Record) -> tuple[Reason, ...]:
    """Return a record's defects as reasons; a missing paper is one only if the clinic says so."""
    return rules.defects_of(strictly(record, config=means.config))


def _keep_document(means: Means, record: Record, *, folder: Path | None) -> str | None:
    """Keep the scan beside the record in private storage; returns its SHA-256."""
    if record.document is None or folder is None:
        return None
    path = folder / Path(record.document).name
    try:
        if not path.is_file() or path.is_symlink():
            return None
        body = path.read_bytes()
    except OSError:
        # A scan that cannot be opened must never keep a record, or a revocation, from being kept.
        return None
    digest = hashlib.sha256(body).hexdigest()
    means.private.put(
        f"documents/{digest}", body, content_type="application/octet-stream", if_absent=True
    )
    return digest


def keep_file(means: Means, path: Path) -> None:
    """Keep a record's file byte for byte before it leaves the inbox."""
    body = path.read_bytes()
    key = f"documents/{hashlib.sha256(body).hexdigest()}"
    means.private.put(key, body, content_type="application/octet-stream", if_absent=True)


def _look_at(tx: Transaction, subjects: set[str]) -> None:
    for subject in sorted(subjects):
        cases.look_again(tx, [row.id for row in cases.concerning(tx.connection, subject)])


def revoke(means: Means, ids: Sequence[str], *, received_at: datetime) -> list[str]:
    """Commit the revocation of records and close all that stands on them; returns unknown ids.

    Nothing is checked before the commit: no mistake in a record, a case or the configuration may
    keep a revocation. What has to come down is then carried out by `withdraw`.
    """
    unknown, subjects = [], set()
    with means.catalog.write(by=means.by, now=means.now()) as tx:
        for consent in ids:
            consents.revoke(tx, consent, received_at=received_at)
            tx.event(
                "consent_revoked",
                data={"consent": consent, "received_at": received_at.isoformat()},
            )
            known = consents.versions(tx.connection, consent)
            if not known:
                unknown.append(consent)
            subjects |= {version.subject for version in known}
            _close_standing_on(tx, consent, received_at=received_at)
        _look_at(tx, subjects)
    _close(means, subjects=subjects)
    return unknown


def _close_standing_on(tx: Transaction, consent: str, *, received_at: datetime) -> None:
    """Close what stands on a record, by the record alone."""
    known = consents.versions(tx.connection, consent)
    person = known[-1].subject if known else ""
    for ended in publications.last_stood_on(tx.connection, consent):
        # Down already (held, or fewer channels): what was public on it stays closed all the same.
        fall = Fall(ended.channel, REVOKED, person, (consent,), tx.now, received_at)
        publications.add_fall(tx, ended.case_id, fall)
    for live in publications.standing_on(tx.connection, consent):
        row = cases.by_id(tx.connection, live.case_id)
        publications.close(tx, live, cause=REVOKED)
        publications.add_fall(
            tx, row.id, Fall(live.channel, REVOKED, person, (consent,), tx.now, received_at)
        )
        if live.channel == "web":
            want_indexes(tx)
        tx.event(
            "closed",
            case=row.name,
            data={
                "channel": live.channel,
                "epoch": live.epoch,
                "cause": REVOKED,
                "stood_on": live.basis["stands_on"],
            },
        )


def _close(means: Means, *, subjects: set[str]) -> None:
    """Close whatever else may not stay, and forget renditions of what was never public."""
    moment = means.moment()
    for subject in sorted(subjects):
        with means.catalog.read() as connection:
            rows = cases.concerning(connection, subject)
        for row in rows:
            with means.catalog.write(by=means.by, now=means.now()) as tx:
                standing = standing_of(tx.connection, row, config=means.config, moment=moment)
                close_ended(tx, standing, moment=moment)
            allowed = permitted(standing)
            touched = [a.sha256 for a in standing.assets if subject in a.people]
            forget_renditions(means, originals=[sha for sha in touched if sha not in allowed])


def end(means: Means, consent: str, *, day: date) -> Consent:
    """Record that the event a record names took place; `day` is the first without consent.

    Raises:
        UsageError: there is no such record.
    """
    with means.catalog.write(by=means.by, now=means.now()) as tx:
        known = consents.newest(tx.connection, consent)
        if known is None:
            raise UsageError(
                f"There is no consent record {consent}.",
                remedy="'clinicmedia consent list' shows all of them.",
            )
        consents.end(tx, consent, day=day)
        tx.event("consent_ended", data={"consent": consent, "day": day.isoformat()})
        _look_at(tx, {known.record.subject})
    return known


def subjects_records(means: Means, subject: str) -> list[str]:
    """Return the ids of all records of a subject."""
    with means.catalog.read() as connection:
        return [each.record.id for each in consents.of_subject(connection, subject)]
