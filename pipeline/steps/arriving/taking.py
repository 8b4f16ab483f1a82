"""Takes one unit of the inbox: copies it, has it measured, and hands it to the catalog.

No original is ever lost: killed at any instant, the file is in the inbox, or in private storage
and the catalog, or both.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pipeline.rules.errors import BadMedia, Reason
from pipeline.rules.inbox.case_file import Medium
from pipeline.rules.inbox.naming import CaseName, meant_treatment, slug_of
from pipeline.rules.media import Kind
from pipeline.steps.arriving.aside import set_aside
from pipeline.steps.arriving.looks import Found, Unit, readable
from pipeline.steps.arriving.measuring import measure_all
from pipeline.steps.arriving.sorting import CASE_FILE_KIND, Item, Sorted, sort
from pipeline.steps.arriving.storing import Copy, store
from pipeline.steps.means import Means
from pipeline.steps.public.uploads import original_key
from pipeline.steps.wanted.stored import reason_from, reason_to
from pipeline.steps.wanted.treatments import with_copy
from pipeline.tools.catalog import cases, work
from pipeline.tools.catalog.cases import CaseRow
from pipeline.tools.files import Changed, Signature, copy_verified, signature
from pipeline.tools.scratch import scratch_folder

log = logging.getLogger(__name__)

WAITING_MARK = "inbox-waiting"
# Reasons that `status` cannot find out by itself, because it reads no file whole.
ONLY_A_LOOK_TELLS = frozenset({"same_bytes_elsewhere", "unit_trouble"})


@dataclass(slots=True)
class Taken:
    """What one look at the inbox came to."""

    cases: list[str] = field(default_factory=list)
    waiting: list[tuple[str, tuple[Reason, ...]]] = field(default_factory=list)
    aside: list[tuple[str, Reason]] = field(default_factory=list)
    records: list[str] = field(default_factory=list)


def put_aside(means: Means, path: Path, reason: Reason, taken: Taken) -> None:
    """Set a file aside and note it."""
    set_aside(means, path, reason=reason)
    taken.aside.append((readable(path.name), reason))


def take_unit(means: Means, unit: Unit, taken: Taken) -> None:
    """Take a settled unit in, or note what it waits for.

    Raises:
        ClinicmediaError, OSError: its trouble; nothing of it left the inbox.
    """
    understood = sort(unit, words=means.role_words)
    if isinstance(understood, tuple):
        taken.waiting.append((unit.name, understood))
        return
    with means.catalog.read() as connection:
        row = cases.find(connection, understood.name.slug)
        reasons = _questions(
            means,
            understood,
            row=row,
            subjects=cases.every_subject(connection),
            public=cases.treatments(connection),
        )
    if reasons:
        taken.waiting.append((unit.name, reasons))
        return
    for path, reason in understood.useless:
        put_aside(means, path, reason, taken)
    with scratch_folder(means.scratch) as scratch:
        _take_sorted(means, unit, understood, taken, scratch=scratch)
    if unit.folder is not None:
        _remove_empty(unit.folder)


def _questions(
    means: Means,
    understood: Sorted,
    *,
    row: CaseRow | None,
    subjects: Sequence[str],
    public: Sequence[str],
) -> tuple[Reason, ...]:
    """Say what has to be asked before anything of a unit is taken."""
    name = understood.name
    if row is None and not any(item.kind in set(Kind) for item in understood.items):
        if understood.items or understood.case_file:
            return (Reason("no_media_yet"),)
        return ()
    known = {*with_copy(means), *public}
    near = None if name.treatment in known else meant_treatment(name.treatment, known)
    if row is None and near:
        return (Reason("treatment_near", facts={"name": name.treatment, "near": near}),)
    for subject in subjects:
        if subject != name.subject and slug_of(subject) == slug_of(name.subject):
            return (Reason("subject_twin", facts={"code": name.subject, "other": subject}),)
    return ()


def _take_sorted(
    means: Means, unit: Unit, understood: Sorted, taken: Taken, *, scratch: Path
) -> None:
    copies: list[Copy] = []
    for number, item in enumerate(understood.items):
        target = scratch / str(number) / "original"
        target.parent.mkdir()
        try:
            before = signature(item.path)
            copies.append(Copy(item, target, copy_verified(item.path, to=target), before, None))
        except Changed:
            taken.waiting.append((unit.name, (Reason("still_arriving", file=item.path.name),)))
            return
        except BadMedia as error:
            put_aside(means, item.path, error.reason, taken)
    copies = _not_taken_out(means, copies, taken, case=understood.name.slug)
    foreign = _elsewhere(means, copies, name=understood.name)
    if foreign:
        taken.waiting.append((unit.name, foreign))
        return
    measured = _measured(means, copies, taken)
    if not measured and understood.case_file is None:
        return
    for copy in measured:
        means.private.put(
            original_key(copy.sha256),
            copy.path,
            content_type="application/octet-stream",
            if_absent=True,
        )
    if understood.case_file:
        measured.append(_case_file_copy(means, understood.case_file, scratch=scratch))
    with means.catalog.write(by=means.by, now=means.now()) as tx:
        changed = store(tx, means, unit, understood, measured)
    if changed:
        taken.cases.append(understood.name.slug)
    for copy in measured:
        remove(copy.item.path, copy.signature)


def _case_file_copy(means: Means, path: Path, *, scratch: Path) -> Copy:
    """Keep case.yaml byte for byte, like everything that leaves the inbox."""
    target = scratch / "case.yaml"
    before = signature(path)
    sha256 = copy_verified(path, to=target)
    means.private.put(
        original_key(sha256), target, content_type="application/octet-stream", if_absent=True
    )
    item = Item(path, path.name, CASE_FILE_KIND, None, "", None, Medium())
    return Copy(item, target, sha256, before, None)


def _not_taken_out(means: Means, copies: Sequence[Copy], taken: Taken, *, case: str) -> list[Copy]:
    """Set aside what a person took out of this case: dropping it again does not bring it back."""
    with means.catalog.read() as connection:
        row = cases.find(connection, case)
        known = cases.assets_of(connection, row.id) if row else []
    out = {asset.sha256 for asset in known if asset.state == cases.TAKEN_OUT}
    for copy in copies:
        if copy.sha256 in out:
            reason = Reason("taken_out_before", file=copy.item.path.name)
            put_aside(means, copy.item.path, reason, taken)
    return [copy for copy in copies if copy.sha256 not in out]


def _elsewhere(means: Means, copies: Sequence[Copy], *, name: CaseName) -> tuple[Reason, ...]:
    """The same bytes under another subject are likelier a wrong folder than a twin."""
    reasons = []
    with means.catalog.read() as connection:
        for copy in copies:
            if copy.item.kind not in set(Kind):
                continue
            for asset in cases.assets_by_hash(connection, copy.sha256):
                other = cases.by_id(connection, asset.case_id)
                gone = asset.state in {cases.TAKEN_OUT, cases.PAPER}
                if other.subject != name.subject and not gone:
                    reasons.append(
                        Reason(
                            "same_bytes_elsewhere",
                            file=copy.item.file,
                            facts={"other": other.folder},
                        )
                    )
    return tuple(reasons)


def _measured(means: Means, copies: Sequence[Copy], taken: Taken) -> list[Copy]:
    """Measure the media; what cannot be used goes aside."""
    media = [copy for copy in copies if copy.item.kind in set(Kind)]
    outcome = measure_all(means, [(copy.path, Kind(copy.item.kind)) for copy in media])
    kept = [copy for copy in copies if copy.item.kind not in set(Kind)]
    for copy, result in zip(media, outcome, strict=True):
        if isinstance(result, Reason):
            reason = Reason(result.code, copy.item.path.name, None, result.facts)
            put_aside(means, copy.item.path, reason, taken)
        else:
            kept.append(Copy(copy.item, copy.path, copy.sha256, copy.signature, result))
    return kept


def remove(path: Path, taken: Signature) -> None:
    """Remove an inbox file if it is still the very one that was copied."""
    try:
        if signature(path) == taken:
            path.unlink()
    except FileNotFoundError:
        pass
    except OSError as error:
        # A read-only inbox: the same bytes are known, so the file is not taken in again.
        log.warning("a file could not leave the inbox: %s", error.strerror)


def _remove_empty(folder: Path) -> None:
    for inner in sorted(folder.rglob("*"), reverse=True):
        if inner.is_dir() and not inner.is_symlink():
            _remove_if_empty(inner)
    _remove_if_empty(folder)


def _remove_if_empty(folder: Path) -> None:
    try:
        folder.rmdir()
    except OSError:
        return


def waiting_units(means: Means, found: Found) -> list[tuple[str, tuple[Reason, ...]]]:
    """Say what of the inbox has to wait for a person, without taking anything."""
    waiting: list[tuple[str, tuple[Reason, ...]]] = [
        (readable(path.name), (reason,)) for path, reason in found.unplaced
    ]
    remembered = _remembered(means)
    for unit in found.units:
        understood = sort(unit, words=means.role_words)
        if isinstance(understood, tuple):
            waiting.append((unit.name, understood))
            continue
        with means.catalog.read() as connection:
            reasons = _questions(
                means,
                understood,
                row=cases.find(connection, understood.name.slug),
                subjects=cases.every_subject(connection),
                public=cases.treatments(connection),
            )
        if reasons or unit.name in remembered:
            waiting.append((unit.name, reasons or remembered[unit.name]))
    return waiting


def remember_waiting(means: Means, taken: Taken) -> None:
    """Remember for `status` what only a whole look can tell."""
    told = json.dumps(
        {
            name: [reason_to(reason) for reason in reasons]
            for name, reasons in taken.waiting
            if any(reason.code in ONLY_A_LOOK_TELLS for reason in reasons)
        }
    )
    with means.catalog.read() as connection:
        known = work.mark(connection, WAITING_MARK) or "{}"
    if told != known:
        with means.catalog.write(by=means.by, now=means.now()) as tx:
            work.set_mark(tx, WAITING_MARK, told)


def _remembered(means: Means) -> dict[str, tuple[Reason, ...]]:
    with means.catalog.read() as connection:
        known = json.loads(work.mark(connection, WAITING_MARK) or "{}")
    return {name: tuple(reason_from(each) for each in reasons) for name, reasons in known.items()}
