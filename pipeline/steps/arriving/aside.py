"""Sets files aside that cannot be used, and lists what waits, in words beside the files."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Sequence
from pathlib import Path

from pipeline.rules.errors import Reason
from pipeline.steps.arriving.looks import PROBLEMS, WAITING
from pipeline.steps.means import Means
from pipeline.tools.catalog import work
from pipeline.tools.files import sync_folder

LONGEST_NAME_BYTES = 180


def set_aside(means: Means, path: Path, *, reason: Reason) -> None:
    """Move a file to `_problems/` with a text beside it; nothing is deleted."""
    folder = means.inbox / PROBLEMS
    folder.mkdir(exist_ok=True)
    target = _free(folder, path.name)
    said = means.say(reason)
    # The words come first: a file without its explanation would be a riddle.
    _write(target.with_name(f"{target.name}.txt"), f"{said.text}\n\n{said.remedy}\n".strip() + "\n")
    # The row comes before the move: without its file it is forgotten, and all of it done again.
    with means.catalog.write(by=means.by, now=means.now()) as tx:
        problem = work.add_problem(
            tx,
            file=target.name,
            code=reason.code,
            facts={**reason.facts, "file": reason.file or short_name(path.name)},
        )
        tx.event("set_aside", data={"code": reason.code, "problem": problem})
    _move(path, target)


def clear_solved(means: Means) -> None:
    """Forget problems whose file a person took away."""
    folder = means.inbox / PROBLEMS
    with means.catalog.read() as connection:
        known = work.problems(connection)
    gone = [each.id for each in known if not os.path.lexists(folder / each.file)]
    if gone:
        with means.catalog.write(by=means.by, now=means.now()) as tx:
            for problem in gone:
                work.drop_problem(tx, problem)


def write_waiting(
    means: Means,
    *,
    units: Iterable[tuple[str, Sequence[Reason]]],
    cases: Iterable[tuple[str, Sequence[Reason]]],
) -> None:
    """Write `_waiting.txt`: what waits in the inbox and which cases wait, and what to do."""
    lines: list[str] = []
    for name, reasons in [*units, *cases]:
        lines.append(name)
        for reason in reasons:
            said = means.say(reason)
            lines.append(f"  - {said.text} {said.remedy}".rstrip())
        lines.append("")
    path = means.inbox / WAITING
    text = "\n".join(lines).strip()
    text = f"{text}\n" if text else "Nothing waits.\n"
    try:
        if path.read_text(encoding="utf-8") == text:
            return
    except (OSError, UnicodeDecodeError):
        pass
    _write(path, text)


def _free(folder: Path, name: str) -> Path:
    """Return a name that is not taken yet, nor its text's.

    A text whose file is missing was left by a killed attempt and is written again; a file that
    only looks like one has a text of its own.
    """
    name = short_name(name)
    stem, dot, ending = name.rpartition(".")
    tries = [name] + [
        f"{stem or ending} ({n}){dot}{ending if stem else ''}" for n in range(2, 1000)
    ]
    for each in tries:
        path = folder / each
        lone = os.path.lexists(f"{path}.txt") and not os.path.lexists(f"{path}.txt.txt")
        if not os.path.lexists(path) and (lone or not os.path.lexists(f"{path}.txt")):
            return path
    raise FileExistsError(str(folder / name))


def short_name(name: str) -> str:
    """Return a name that can be written everywhere and leaves room for its text's name."""
    readable = name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    stem, dot, ending = readable.rpartition(".")
    if len(ending) > 10 or not stem:
        stem, dot, ending = readable, "", ""
    while len(f"{stem}{dot}{ending}".encode()) > LONGEST_NAME_BYTES:
        stem = stem[:-1]
    return f"{stem}{dot}{ending}"


def _move(source: Path, target: Path) -> None:
    try:
        source.rename(target)
    except OSError:
        shutil.move(source, target)


def _write(path: Path, text: str) -> None:
    """Write a text that appears whole or not at all."""
    partial = path.with_name(f".{path.name}.partial")
    partial.write_text(text, encoding="utf-8")
    partial.replace(path)
    sync_folder(path.parent)
