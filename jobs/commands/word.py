"""A person's word: approve, hold, release, retract, take-out."""

from __future__ import annotations

from jobs.answers import Answer
from jobs.commands.lanes import withdrawal
from jobs.commands.looking import find_case
from pipeline.steps import review
from pipeline.steps.means import Means


def approve_command(means: Means, *, case: str, why: str) -> Answer:
    """Answer the flags of a case; it is published with the next run."""
    row = find_case(means, case)
    channels = review.approve(means, row, why=why)
    return Answer(
        f"{row.folder} is approved for {', '.join(channels)}. It goes out with the next run.",
        {"version": 1, "case": row.folder, "approved": channels},
    )


def hold_command(means: Means, *, case: str | None, why: str) -> Answer:
    """Take a case, or everything, down until it is released."""
    if case is None:
        count = review.hold_all(means, why=why)
        return withdrawal(
            means,
            said="The one case is held." if count == 1 else f"All {count} cases are held.",
            data={"version": 1, "held": count},
        )
    row = find_case(means, case)
    review.hold(means, row, why=why)
    return withdrawal(means, said=f"{row.folder} is held.", data={"version": 1, "case": row.folder})


def release_command(means: Means, *, case: str | None, why: str) -> Answer:
    """End a hold."""
    if case is None:
        review.release_all(means, why=why)
        return Answer("The stop is over; cases held one by one stay held.", {"version": 1})
    row = find_case(means, case)
    review.release(means, row, why=why)
    return Answer(
        f"{row.folder} is released. It goes out with the next run if consent still allows it.",
        {"version": 1, "case": row.folder},
    )


def retract_command(means: Means, *, case: str, why: str) -> Answer:
    """Take a case down for good."""
    row = find_case(means, case)
    review.retract(means, row, why=why)
    return withdrawal(
        means,
        said=f"{row.folder} is retracted for good.",
        data={"version": 1, "case": row.folder},
    )


def take_out_command(means: Means, *, case: str, file: str, why: str) -> Answer:
    """Take one wrong file out everywhere, and print the incident."""
    row = find_case(means, case)
    incidents = review.take_out(means, row, file=file, why=why)
    lines = [f"{file} is out."]
    for each in incidents:
        since = each.since.isoformat() if each.since else "never complete"
        lines.append(
            f"Incident: {each.case} on {each.channel}, public from {since} to "
            f"{each.until.isoformat()}"
        )
        lines += [f"    {url}" for url in each.urls]
    data = {
        "version": 1,
        "case": row.folder,
        "file": file,
        "incidents": [
            {
                "case": each.case,
                "channel": each.channel,
                "since": each.since.isoformat() if each.since else None,
                "until": each.until.isoformat(),
                "urls": list(each.urls),
            }
            for each in incidents
        ],
    }
    return withdrawal(means, said="\n".join(lines), data=data)
