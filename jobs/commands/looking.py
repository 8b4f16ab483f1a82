"""What is where: status, show, plan."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from jobs.answers import Answer, local_time, reason_json, reason_lines
from pipeline.rules.consent import Clearance
from pipeline.rules.errors import Reason, Unreachable, UsageError
from pipeline.rules.inbox.case_file import to_mapping
from pipeline.rules.inbox.naming import case_slug
from pipeline.rules.public.site import case_key, treatment_key
from pipeline.rules.spelling import likeliest
from pipeline.steps import ledger
from pipeline.steps.amend import current
from pipeline.steps.arriving.looks import look
from pipeline.steps.arriving.sorting import CASE_FILE_KIND
from pipeline.steps.arriving.taking import waiting_units
from pipeline.steps.means import Means
from pipeline.steps.public.showing import is_press
from pipeline.steps.wanted.outlook import Outlook, outlook_of, reasons_of, stage_of, states_of
from pipeline.steps.wanted.stored import reason_from
from pipeline.steps.wanted.treatments import bad_copies
from pipeline.tools.catalog import cases, publications, work
from pipeline.tools.catalog.cases import CaseRow
from pipeline.tools.catalog.texts import TextRow, texts_of
from pipeline.tools.documents import write_mapping


def find_case(means: Means, name: str) -> CaseRow:
    """Return the case of a folder name, case name or public slug.

    Raises:
        UsageError: there is none; the nearest name is given.
    """
    with means.catalog.read() as connection:
        row = cases.find(connection, name) or cases.find(connection, case_slug(name))
        if row is not None:
            return row
        known = [each.name for each in cases.every(connection)]
    near = f" Did you mean {likeliest(name, known)}?" if known else ""
    raise UsageError(
        f"There is no case {name}.{near}", remedy="'clinicmedia status' lists all of them."
    )


def status_command(means: Means) -> Answer:
    """List every case with what it waits for, withdrawals under way, and problems."""
    with means.catalog.read() as connection:
        rows = cases.every(connection)
        assets = {row.id: cases.assets_of(connection, row.id) for row in rows}
        texts = {row.id: texts_of(connection, row.id) for row in rows}
        pending = publications.in_state(connection, publications.WITHDRAWING)
        problems = work.problems(connection)
    listed = [
        _case_json(means, row, assets=assets[row.id], texts=texts[row.id], pending=pending)
        for row in rows
    ]
    by_id = {row.id: row for row in rows}
    trouble = [
        _problem_json(means, each.file, Reason(each.code, each.facts.get("file"), None, each.facts))
        for each in problems
    ]
    trouble += [
        _problem_json(means, name, reason)
        for name, reasons in waiting_units(means, look(means.inbox))
        for reason in reasons
    ]
    trouble += [_problem_json(means, each.file or "", each) for each in bad_copies(means)]
    head = _head(means)
    if head is not None:
        trouble.insert(0, _problem_json(means, "catalog", head))
    data: dict[str, Any] = {
        "version": 1,
        "at": means.now().isoformat(),
        "cases": listed,
        "withdrawals": [
            {
                "case": by_id[each.case_id].folder,
                "channel": each.channel,
                "since": each.closed_at.isoformat() if each.closed_at else None,
                "pending": (each.receipt or {}).get("pending", []),
            }
            for each in pending
        ],
        "problems": trouble,
    }
    return Answer(_status_text(means, data, rows=rows), data)


def _head(means: Means) -> Reason | None:
    """Say what is wrong with the head of the event log; storage that is away hides no status."""
    try:
        return ledger.check(means)
    except Unreachable:
        return Reason("head_unread")


def _case_json(
    means: Means,
    row: CaseRow,
    *,
    assets: Sequence[cases.AssetRow],
    texts: Sequence[TextRow],
    pending: Sequence[publications.PublicationRow],
) -> dict[str, Any]:
    title = next((t.text for t in texts if t.asset_id is None and t.field == "title"), "")
    states = {name: dict(state) for name, state in row.states.items()}
    for each in pending:
        if each.case_id == row.id:
            states[each.channel] = {"state": "withdrawing", "until": None}
    public = states.get("web", {}).get("state") == "public"
    return {
        "id": row.slug,
        "case": row.folder,
        "treatment": row.treatment,
        "subject": row.subject,
        "title": title,
        "stage": row.stage,
        "since": row.since.isoformat(),
        "url": means.public.url(_page_of(row)) if public else None,
        "reasons": [reason_json(means, reason_from(each)) for each in row.reasons],
        "channels": states,
        "assets": [
            {
                "file": asset.file,
                "role": asset.role or (asset.state if asset.state != cases.USED else None),
                "kind": asset.media_type,
                "sha256": asset.sha256,
                "state": asset.state,
            }
            for asset in assets
            if asset.media_type != CASE_FILE_KIND
        ],
    }


def _page_of(row: CaseRow) -> str:
    """Return the key of the page that shows a case."""
    return treatment_key(row.treatment) if is_press(row) else case_key(row.slug)


def _problem_json(means: Means, file: str, reason: Reason) -> dict[str, Any]:
    said = means.say(reason)
    return {"file": file, "code": reason.code, "text": said.text, "remedy": said.remedy}


def _status_text(means: Means, data: dict[str, Any], *, rows: Sequence[CaseRow]) -> str:
    lines: list[str] = []
    order = ["FAILED", "HELD", "REVIEW", "ARRIVED", "CLEARED", "RENDERED", "PUBLISHED", "WITHDRAWN"]
    for case in sorted(data["cases"], key=lambda case: order.index(case["stage"])):
        lines.append(f"{case['stage']:<10} {case['case']}")
        if case["url"]:
            lines.append(f"    {case['url']}")
        on = [name for name, state in case["channels"].items() if state["state"] == "public"]
        if on:
            lines.append(f"    public on: {', '.join(on)}")
        for reason in case["reasons"]:
            lines.append(f"    {reason['text']}")
            if reason["remedy"]:
                lines.append(f"    → {reason['remedy']}")
    lines += [
        f"PENDING    {each['case']} on {each['channel']} is still coming down"
        for each in data["withdrawals"]
    ]
    for each in data["problems"]:
        lines += [f"PROBLEM    {each['file']}", f"    {each['text']}"]
        if each["remedy"]:
            lines.append(f"    → {each['remedy']}")
    if not rows and not data["problems"]:
        lines.append(
            "No cases yet. Drop a folder named treatment--chart number, for example "
            f"dry-needling--0042, into {means.inbox}."
        )
    return "\n".join(lines)


def show_command(means: Means, *, case: str) -> Answer:
    """Print a case as the case.yaml that would say all of it, ready to edit and drop again."""
    row = find_case(means, case)
    with means.catalog.read() as connection:
        mapping = to_mapping(
            current(
                row,
                assets=cases.assets_of(connection, row.id),
                texts=texts_of(connection, row.id),
            )
        )
    head = f"# {row.folder} ({row.stage}); public name {row.slug}\n"
    return Answer(
        head + write_mapping(mapping).rstrip(),
        {"version": 1, "case": row.folder, "id": row.slug, "stage": row.stage, "form": mapping},
    )


def plan_command(means: Means, *, case: str | None) -> Answer:
    """A dry run: what would be made, for whom, why, and what holds it."""
    moment = means.moment()
    with means.catalog.read() as connection:
        rows = [find_case(means, case)] if case else cases.every(connection)
        outlooks = [outlook_of(means, connection, row, moment=moment) for row in rows]
    missing = sum(len(c.missing) for o in outlooks for c in o.channels.values())
    lines = [line for outlook in outlooks for line in _plan_lines(means, outlook)]
    lines.append(f"{missing} renditions would be made.")
    data = {
        "version": 1,
        "missing": missing,
        "cases": [_plan_json(means, outlook) for outlook in outlooks],
    }
    return Answer("\n".join(lines), data)


def _plan_lines(means: Means, outlook: Outlook) -> list[str]:
    row = outlook.standing.row
    lines = [f"{row.folder} ({stage_of(outlook)})"]
    for name, channel in outlook.channels.items():
        state = states_of(outlook)[name]["state"]
        if isinstance(channel.answer, Clearance):
            until = channel.answer.until
            stands = ", ".join(f"{i} v{v}" for i, v in sorted(channel.answer.stands_on))
            lines.append(
                f"  {name}: {state}; on {stands or 'no record needed'}"
                f"{f', until {until}' if until else ''}"
            )
        else:
            lines.append(f"  {name}: {state}")
        planned = channel.plan.renditions if channel.plan else ()
        there = channel.artifacts
        for each in planned:
            mark = "exists" if each.key in there else "to make"
            lines.append(f"    {each.name}.{each.format} {each.width}x{each.height} ({mark})")
    lines += reason_lines(means, reasons_of(outlook), indent="  ")
    if outlook.scheduled:
        lines.append(f"  waits until {local_time(means)(outlook.scheduled)}, as wished")
    return lines


def _plan_json(means: Means, outlook: Outlook) -> dict[str, Any]:
    states = states_of(outlook)
    return {
        "case": outlook.standing.row.folder,
        "id": outlook.standing.row.slug,
        "stage": str(stage_of(outlook)),
        "reasons": [reason_json(means, reason) for reason in reasons_of(outlook)],
        "channels": {
            name: {
                **states[name],
                "stands_on": sorted(map(list, channel.answer.stands_on))
                if isinstance(channel.answer, Clearance)
                else [],
                "renditions": [
                    {
                        "name": each.name,
                        "format": each.format,
                        "width": each.width,
                        "height": each.height,
                        "key": each.key,
                        "exists": each.key in channel.artifacts,
                    }
                    for each in (channel.plan.renditions if channel.plan else ())
                ],
            }
            for name, channel in outlook.channels.items()
        },
    }
