"""The records: consent add, import, list, show, end, revoke, report."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any

from jobs.answers import FINE, NEEDS_PERSON, Answer, gravest, reason_json, reason_lines
from jobs.commands.lanes import withdrawal
from pipeline.rules.consent import Consent, end_of
from pipeline.rules.errors import UsageError
from pipeline.rules.forms import code_of, read_instant
from pipeline.rules.signed.record_rows import to_mapping
from pipeline.rules.spelling import likeliest
from pipeline.steps import enrol
from pipeline.steps.means import Means
from pipeline.steps.watch import close_all_ended
from pipeline.tools.catalog import cases, consents, publications
from pipeline.tools.documents import write_mapping


def add_command(means: Means, *, file: Path) -> Answer:
    """Keep the records of a file, defective ones too, and name every defect."""
    entries = enrol.read_records(file)
    if not entries:
        raise UsageError(f"{file.name} holds no record.", remedy="The README shows an example.")
    enrolled = enrol.enrol(means, entries, folder=file.resolve().parent)
    lines: list[str] = []
    for each in enrolled:
        if not each.kept:
            lines.append("Not kept:")
        elif each.reasons:
            lines.append(f"{each.id} (version {each.version}) is kept, but clears nothing:")
        else:
            lines.append(f"{each.id} (version {each.version}) is kept and complete.")
        lines += reason_lines(means, each.reasons)
    data = {
        "version": 1,
        "records": [
            {
                "id": each.id,
                "subject": each.subject,
                "version": each.version,
                "kept": each.kept,
                "defects": [reason_json(means, reason) for reason in each.reasons],
            }
            for each in enrolled
        ],
    }
    code = NEEDS_PERSON if any(each.reasons for each in enrolled) else FINE
    answer = Answer("\n".join(lines), data, code)
    return _after(means, answer)


def list_command(means: Means) -> Answer:
    """List every record with where it stands."""
    with means.catalog.read() as connection:
        known = consents.every(connection)
    lines = [
        f"{_badge(means, each):<10} {each.record.id:<24} {each.record.subject:<12} "
        f"{', '.join(sorted(each.record.channels))}"
        for each in known
    ]
    data = {"version": 1, "records": [_json(means, each) for each in known]}
    return Answer("\n".join(lines) or "No consent records yet.", data)


def show_command(means: Means, *, consent: str) -> Answer:
    """Print one record, its versions and its ends."""
    with means.catalog.read() as connection:
        known = consents.newest(connection, consent)
        versions = consents.versions(connection, consent)
    if known is None:
        raise _unknown(consent)
    head = f"# {_badge(means, known)}; version {known.version} of {len(versions)}\n"
    defects = enrol.defects_of(means, known.record)
    lines = reason_lines(means, defects, indent="# ")
    text = head + "\n".join([*lines, write_mapping(to_mapping(known.record)).rstrip()])
    return Answer(text, {"version": 1, "record": _json(means, known)})


def end_command(means: Means, *, consent: str, on: date | None) -> Answer:
    """Record that the event named in a record took place, then withdraw."""
    day = on or means.moment().today
    enrol.end(means, consent, day=day)
    answer = Answer(
        f"{consent} ended; from {day} on nobody may see what stood on it.",
        {"version": 1, "consent": consent, "day": day.isoformat()},
    )
    return _after(means, answer)


def revoke_command(
    means: Means, *, consent: str | None, subject: str | None, received_at: str | None
) -> Answer:
    """Commit a revocation, then withdraw in the same command and print the receipt."""
    ids = [code_of(consent)] if consent and code_of(consent) else []
    if subject:
        ids = enrol.subjects_records(means, code_of(subject))
    if not ids:
        raise UsageError(
            f"There is no consent record of {subject or 'that name'}.",
            remedy="'clinicmedia consent list' shows all codes; they are matched exactly.",
        )
    received = read_instant(received_at) if received_at else means.now()
    unreadable = received is None
    # A slip in the time must not delay the revocation: it then counts as received now.
    unknown = enrol.revoke(means, ids, received_at=received or means.now())
    known = [each for each in ids if each not in unknown]
    lines = [f"Revoked: {', '.join(known)}."] if known else []
    lines += [_nothing_down(means, each) for each in unknown]
    if unreadable:
        lines.append(f"'{received_at}' is no time; the revocation counts as received now.")
    data: dict[str, object] = {"version": 1, "revoked": ids, "unknown": unknown}
    answer = withdrawal(means, said="\n".join(lines), data=data)
    code = NEEDS_PERSON if unknown or unreadable else FINE
    return Answer(answer.text, answer.data, gravest([answer.code, code]))


def _nothing_down(means: Means, consent: str) -> str:
    """Say plainly that an id that nobody knows took nothing down."""
    with means.catalog.read() as connection:
        ids = [each.record.id for each in consents.every(connection)]
    near = f" Did you mean {likeliest(consent, ids)}?" if ids else ""
    return (
        f"NOTHING came down: there is no record {consent}.{near} The revocation is kept, should "
        "that record ever come."
    )


def report_command(means: Means, *, consent: str) -> Answer:
    """Say what was public when, where, on this record (Markdown)."""
    with means.catalog.read() as connection:
        known = consents.newest(connection, consent)
        if known is None:
            raise _unknown(consent)
        rows: list[dict[str, Any]] = []
        for row in cases.concerning(connection, known.record.subject):
            for each in publications.of_case(connection, row.id):
                if all(pair[0] != consent for pair in each.basis["stands_on"]):
                    continue
                rows.append(_publication(means, row, each))
    lines = [f"# What stood on {consent}", "", f"Record: {_badge(means, known)}.", ""]
    if rows:
        lines += ["| case | channel | from | to | gone | files |", "|---|---|---|---|---|---|"]
    lines += [
        f"| {line['case']} | {line['channel']} | {line['from'] or '-'} | {line['to'] or '-'} "
        f"| {line['gone'] or '-'} | {line['files']} |"
        for line in rows
    ]
    if not rows:
        lines.append("Nothing was ever public on this record.")
    return Answer("\n".join(lines), {"version": 1, "consent": consent, "publications": rows})


def _publication(
    means: Means, row: cases.CaseRow, each: publications.PublicationRow
) -> dict[str, Any]:
    def written(moment: datetime | None) -> str | None:
        return moment.astimezone(means.config.clinic.zone).isoformat() if moment else None

    return {
        "case": row.folder,
        "channel": each.channel,
        "from": written(each.published_at),
        "to": written(each.closed_at),
        "gone": written(each.gone_at),
        "files": len((each.manifest or {}).get("files", [])),
    }


def _after(means: Means, answer: Answer) -> Answer:
    """Withdraw at once what a change of the records ended."""
    close_all_ended(means)
    down = withdrawal(means, said=answer.text, data=dict(answer.data))
    return Answer(down.text, down.data, gravest([answer.code, down.code]))


def _badge(means: Means, consent: Consent) -> str:
    """Say where a record stands in one word."""
    if consent.revocation or consent.record.revoked:
        return "revoked"
    if enrol.defects_of(means, consent.record):
        return "defective"
    end = end_of(consent)
    if end and end <= means.moment().today:
        return "ended"
    return "valid"


def _json(means: Means, consent: Consent) -> dict[str, Any]:
    record, end = consent.record, end_of(consent)
    return {
        "id": record.id,
        "subject": record.subject,
        "kind": record.kind,
        "version": consent.version,
        "state": _badge(means, consent),
        "channels": sorted(record.channels),
        "signed_on": record.signed_on.isoformat() if record.signed_on else None,
        "ends_on": end.isoformat() if end else None,
        "expires_event": record.expires_event,
        "defects": [reason_json(means, each) for each in enrol.defects_of(means, record)],
    }


def _unknown(consent: str) -> UsageError:
    return UsageError(
        f"There is no consent record {consent}.",
        remedy="'clinicmedia consent list' shows all of them.",
    )
