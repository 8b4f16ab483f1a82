"""Shows how far work is: a bar on a terminal, plain lines elsewhere, nothing with --json."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from pipeline.steps.means import Progress, no_progress

_STEP = 0.25


@contextmanager
def progress_for(options: argparse.Namespace) -> Iterator[Progress]:
    """Yield whom steps tell their progress."""
    if options.json:
        yield no_progress
    elif sys.stderr.isatty():
        with _bars() as bars:
            yield bars
    else:
        yield _Lines()


@contextmanager
def _bars() -> Iterator[Progress]:
    from rich.console import Console  # noqa: PLC0415 - costs start-up and is for terminals only
    from rich.progress import BarColumn, TaskProgressColumn, TextColumn, TimeElapsedColumn  # noqa: PLC0415 - as above
    from rich.progress import Progress as Bars  # noqa: PLC0415 - as above

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TimeElapsedColumn(),
    )
    with Bars(*columns, console=Console(stderr=True), transient=True) as bars:
        tasks: dict[str, object] = {}

        def show(what: str, share: float) -> None:
            if what not in tasks:
                tasks[what] = bars.add_task(what, total=1.0)
            bars.update(tasks[what], completed=share)  # type: ignore[arg-type] # rich's own id

        yield show


class _Lines:
    """A line for every quarter of the work."""

    def __init__(self) -> None:
        """Begin with nothing said."""
        self._said: dict[str, float] = {}

    def __call__(self, what: str, share: float) -> None:
        """Say how far it is, if that is news."""
        last = self._said.get(what, 0.0)
        if share >= 1.0 > last or share - last >= _STEP:
            print(f"{what}: {share:.0%}", file=sys.stderr, flush=True)
            self._said[what] = share if share < 1.0 else 0.0
