"""Looks at the inbox and takes in what has settled: records first, then cases."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from pipeline.rules.errors import (
    BadMedia,
    ClinicmediaError,
    Reason,
    ToolMissing,
    Unreachable,
)
from pipeline.steps.arriving.aside import clear_solved
from pipeline.steps.arriving.looks import (
    Found,
    Patience,
    Sightings,
    Unit,
    is_whole,
    look,
    readable,
)
from pipeline.steps.arriving.taking import (
    Taken,
    put_aside,
    remember_waiting,
    remove,
    take_unit,
)
from pipeline.steps.enrol import enrol, keep_file, read_records
from pipeline.steps.means import Means
from pipeline.tools.files import Signature, signature
from pipeline.tools.sniff import sniff

RECORD_ENDINGS = {".yaml", ".yml", ".csv", ".json"}
LOOKS = 3
# A file that is quiet for that many times the usual and still not whole was cut off.
PATIENCE_FACTOR = 5


def intake(
    means: Means,
    *,
    patience: Patience,
    sightings: Sightings,
    sleep: Callable[[float], None] = time.sleep,
) -> Taken:
    """Take in what has settled.

    A person's word waits `settle_s`, at most three times; the schedule comes back later.

    Raises:
        ClinicmediaError: the inbox is not there.
    """
    taken = Taken()
    clear_solved(means)
    looks = LOOKS if patience is Patience.PERSON else 1
    found = _look(means, sightings)
    for turn in range(looks):
        if patience is Patience.PERSON and _paths(found):
            sleep(means.config.inbox.settle_s)
            found = _look(means, sightings)
        last = turn == looks - 1
        waiting = _take(means, found, taken, patience=patience, sightings=sightings, last=last)
        if not waiting:
            break
        found = _look(means, sightings)
    remember_waiting(means, taken)
    return taken


def _look(means: Means, sightings: Sightings) -> Found:
    try:
        found = look(means.inbox)
    except OSError as error:
        raise ClinicmediaError(
            f"The inbox {means.inbox} cannot be opened ({error.strerror}).",
            remedy="Is the shared folder connected? Nothing is lost; it is tried again.",
        ) from error
    sightings.note(_paths(found))
    return found


def _paths(found: Found) -> list[Path]:
    units = [path for unit in found.units for path in unit.files]
    return [*units, *found.consents, *(path for path, _ in found.unplaced)]


def _take(
    means: Means,
    found: Found,
    taken: Taken,
    *,
    patience: Patience,
    sightings: Sightings,
    last: bool,
) -> bool:
    """Take in every unit that is quiet; returns whether some are not."""
    settle_s = means.config.inbox.settle_s
    case_s = (
        settle_s if patience is Patience.PERSON else max(settle_s, means.config.inbox.case_quiet_s)
    )
    unsettled = False
    if means.config.inbox.consents:
        quiet = [path for path in found.consents if sightings.quiet_s(path) >= settle_s]
        unsettled = len(quiet) < len(found.consents)
    taken.waiting.clear()
    if means.config.inbox.consents:
        _take_records(means, quiet, taken)
    for path, reason in found.unplaced:
        _unplaced(means, path, reason, taken)
    for unit in found.units:
        quiet_s = min((sightings.quiet_s(path) for path in unit.files), default=0.0)
        cut = [path for path in unit.files if not is_whole(path)]
        enough = last if patience is Patience.PERSON else quiet_s >= PATIENCE_FACTOR * case_s
        if not unit.files or quiet_s < case_s or (cut and not enough):
            unsettled = unsettled or bool(unit.files)
            if cut:
                taken.waiting.append((unit.name, (Reason("still_arriving", file=cut[0].name),)))
            continue
        _take_one(means, unit, taken)
    return unsettled


def _take_one(means: Means, unit: Unit, taken: Taken) -> None:
    """Take a unit in; its trouble is its own, and the others go on."""
    try:
        take_unit(means, unit, taken)
    except (Unreachable, ToolMissing):
        raise
    except ClinicmediaError as error:
        problem = f"{error.text} {error.remedy}".strip()
        taken.waiting.append((unit.name, (Reason("unit_trouble", facts={"problem": problem}),)))
    except OSError as error:
        problem = error.strerror or type(error).__name__
        taken.waiting.append((unit.name, (Reason("unit_trouble", facts={"problem": problem}),)))


def _unplaced(means: Means, path: Path, reason: Reason, taken: Taken) -> None:
    """A file that names no case waits when it is a medium, and goes aside when it is none."""
    useless = Reason("unknown_format", file=readable(path.name))
    try:
        kind = sniff(path).kind
    except BadMedia as error:
        kind, useless = None, replace(error.reason, file=readable(path.name))
    except OSError:
        kind = None
    if kind == "archive":
        useless = Reason("archive", file=readable(path.name))
    elif kind is not None:
        taken.waiting.append((readable(path.name), (reason,)))
        return
    put_aside(means, path, useless, taken)


def _take_records(means: Means, paths: Sequence[Path], taken: Taken) -> None:
    """Take in consent records, each file as a whole; scans wait until a record names them."""
    read: list[tuple[Path, Signature]] = []
    scans = {path: signature(path) for path in paths if path.suffix.lower() not in RECORD_ENDINGS}
    named: set[str] = set()
    for path in paths:
        if path in scans:
            continue
        try:
            before = signature(path)
            enrolled = enrol(means, read_records(path), folder=path.parent)
            keep_file(means, path)
        except Unreachable:
            raise
        except (ClinicmediaError, OSError) as error:
            reason = Reason("record_unreadable", file=path.name, facts={"problem": str(error)})
            put_aside(means, path, reason, taken)
            continue
        lost = [each for each in enrolled if not each.kept]
        taken.records += [each.id for each in enrolled if each.kept]
        named |= {each.document for each in enrolled if each.document}
        if lost or not enrolled:
            reason = lost[0].reasons[0] if lost else Reason("record_empty")
            put_aside(means, path, Reason(reason.code, path.name, None, reason.facts), taken)
        else:
            read.append((path, before))
    # Only now, so that two records may name one scan; and only what is still what was read.
    for path, before in [*read, *((p, sig) for p, sig in scans.items() if p.name in named)]:
        remove(path, before)
    for path in scans:
        if path.name not in named:
            taken.waiting.append((path.name, (Reason("scan_unnamed", file=path.name),)))
