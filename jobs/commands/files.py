"""Files in and out: edit, originals, export."""

from __future__ import annotations

from pathlib import Path

from jobs.answers import FINE, NEEDS_PERSON, USAGE, Answer, reason_json, reason_lines
from jobs.commands.lanes import withdrawal
from jobs.commands.looking import find_case
from jobs.workspace import touches
from pipeline.rules.errors import NeedsPerson, Reason, UsageError
from pipeline.rules.inbox.case_file import CaseFile, read_case_file
from pipeline.rules.media import CHANNELS
from pipeline.rules.plan import ENDINGS
from pipeline.rules.spelling import likeliest
from pipeline.steps.amend import amend
from pipeline.steps.means import Means
from pipeline.steps.public.posts import post_of
from pipeline.steps.public.uploads import original_key, private_key
from pipeline.steps.wanted.outlook import outlook_of
from pipeline.steps.watch import close_all_ended
from pipeline.tools.catalog import cases, publications, work
from pipeline.tools.documents import Unreadable, read_mapping, read_text


def edit_command(means: Means, *, case: str, file: Path) -> Answer:
    """Amend a case with a file of the form of case.yaml: only the keys given change."""
    row = find_case(means, case)
    said = _read(file)
    if not isinstance(said, CaseFile):
        return Answer(
            "\n".join([f"{file.name} was not applied:", *reason_lines(means, said)]),
            {"version": 1, "changed": [], "reasons": [reason_json(means, each) for each in said]},
            USAGE,
        )
    with means.catalog.write(by=means.by, now=means.now()) as tx:
        changes = amend(tx, row, said, config=means.config)
    close_all_ended(means)
    count = "1 change" if len(changes) == 1 else f"{len(changes)} changes"
    text = f"{row.folder}: {count}." if changes else f"{row.folder}: nothing new."
    return withdrawal(
        means, said=text, data={"version": 1, "case": row.folder, "changed": sorted(changes)}
    )


def _read(file: Path) -> CaseFile | tuple[Reason, ...]:
    try:
        return read_case_file(read_mapping(read_text(file.read_bytes())), file=file.name)
    except OSError as error:
        raise UsageError(f"{file} cannot be opened: {error.strerror}.") from error
    except Unreadable as error:
        raise UsageError(f"{file.name} cannot be read: {error}.") from error


def originals_command(means: Means, *, case: str, folder: Path) -> Answer:
    """Give the originals of a case back, byte for byte."""
    row = find_case(means, case)
    with means.catalog.read() as connection:
        assets = cases.assets_of(connection, row.id)
    away_from_ours(means, folder)
    make_folder(folder)
    names: list[str] = []
    for asset in assets:
        target = _free(folder, Path(asset.file).name)
        means.private.fetch(original_key(asset.sha256), to=target, sha256=asset.sha256)
        names.append(target.name)
    with means.catalog.write(by=means.by, now=means.now()) as tx:
        tx.event("originals_given", case=row.name, data={"files": len(names)})
    return Answer(
        "\n".join([f"{len(names)} originals of {row.folder} are in {folder}:", *names]),
        {"version": 1, "case": row.folder, "folder": str(folder), "files": names},
    )


def export_command(means: Means, *, case: str, channel: str, folder: Path) -> Answer:
    """Hand out the files of a case for a channel while it is public there."""
    if channel not in CHANNELS:
        raise UsageError(
            f"{channel} is no channel.", remedy=f"Did you mean {likeliest(channel, CHANNELS)}?"
        )
    row = find_case(means, case)
    with means.catalog.read() as connection:
        outlook = outlook_of(means, connection, row, moment=means.moment())
    wanted = outlook.channels.get(channel)
    live = wanted.publication if wanted else None
    if wanted is None or wanted.plan is None or live is None or live.state != publications.PUBLIC:
        raise _not_public(row.folder, channel, name=row.name)
    if not wanted.plan.renditions:
        raise _not_public(row.folder, channel, name=row.name)
    if wanted.missing:
        raise NeedsPerson(
            f"The files of {row.folder} for {channel} are being made anew.",
            remedy="Try again after the next run: clinicmedia run --once.",
        )
    away_from_ours(means, folder)
    make_folder(folder)
    # Recorded first: a withdrawal must know of copies that were, perhaps, handed out.
    with means.catalog.write(by=means.by, now=means.now()) as tx:
        if not publications.is_live(tx.connection, live.id):
            raise _not_public(row.folder, channel, name=row.name)
        work.add_export(tx, case_id=row.id, channel=channel, folder=str(folder.resolve()))
        count = len(wanted.plan.renditions)
        tx.event("exported", case=row.name, data={"channel": channel, "files": count})
    names: list[str] = []
    problems: list[Reason] = []
    for each in wanted.plan.renditions:
        target = _free(folder, f"{each.name}.{ENDINGS[each.format]}", beside=".txt")
        artifact = wanted.artifacts[each.key]
        key = private_key(each.key, originals=each.originals)
        means.private.fetch(key, to=target, sha256=artifact.sha256)
        text = post_of(means, outlook, channel=channel, originals=each.originals)
        if isinstance(text, Reason):
            problems.append(text)
        else:
            target.with_suffix(".txt").write_text(f"{text}\n", encoding="utf-8")
        names.append(target.name)
    reasons = list(dict.fromkeys(problems))
    said = f"{len(names)} files of {row.folder} for {channel} are in {folder}:"
    return Answer(
        "\n".join([said, *names, *reason_lines(means, reasons)]),
        {
            "version": 1,
            "case": row.folder,
            "channel": channel,
            "files": names,
            "reasons": [reason_json(means, each) for each in reasons],
        },
        NEEDS_PERSON if reasons else FINE,
    )


def _not_public(folder: str, channel: str, *, name: str) -> NeedsPerson:
    return NeedsPerson(
        f"{folder} is not public on {channel}, so nothing is handed out.",
        remedy=f"'clinicmedia plan {name}' says why.",
    )


def away_from_ours(means: Means, folder: Path) -> None:
    """Refuse a folder in which files would become public, or be taken in again.

    Raises:
        UsageError: it touches the inbox or a storage.
    """
    ours = [means.inbox, means.public.place.root, means.private.place.root]
    if any(touches(folder, each) for each in ours if each is not None):
        raise UsageError(
            f"{folder} lies in the inbox or in a storage of Clinicmedia, or around it.",
            remedy="Name a folder elsewhere, where only your staff can read.",
        )


def make_folder(folder: Path) -> None:
    """Make a folder that a person named.

    Raises:
        UsageError: it cannot be made.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(
            f"The folder {folder} cannot be made ({error.strerror}).", remedy="Name another one."
        ) from error


def _free(folder: Path, name: str, *, beside: str = "") -> Path:
    """Return a path that nothing has yet, nor `beside` it, so that nothing is overwritten."""
    path, number = folder / name, 2
    while path.exists() or (beside and path.with_suffix(beside).exists()):
        path = folder / f"{Path(name).stem} ({number}){Path(name).suffix}"
        number += 1
    return path
