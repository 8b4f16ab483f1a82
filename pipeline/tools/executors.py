"""Who does a job and how its end is told: the seam behind which workers are started.

An executor takes jobs and hands back one outcome for each, in the order in which they end. It
never raises for what a job did: a worker that is killed, hangs or babbles is an outcome too.
"""

from __future__ import annotations

import contextlib
import os
import queue
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Literal, Protocol, Self

from pipeline.rules.errors import ClinicmediaError
from pipeline.rules.work import Died
from pipeline.tools.children import attend
from pipeline.tools.scratch import scratch_folder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from pipeline.rules.work import Job, Outcome


class Stopped(ClinicmediaError):
    """The executor was closed while somebody waited for jobs: none of them is to blame."""

    exit_code = 0

    def __init__(self) -> None:
        """Say what becomes of the work."""
        super().__init__("The work was stopped.", remedy="It goes on with the next run.")


class Executor(Protocol):
    """What can do jobs.

    `submit` returns at once; `progress` hears (job id, share done) from any thread. `collect`
    returns the outcomes that are there, waiting at most `wait_s` for the first. Each job has
    exactly one outcome, unless `close` comes first: it ends what runs, and its outcomes are lost.
    """

    @property
    def closed(self) -> bool:
        """Whether `close` was called, by any thread."""
        ...

    @property
    def pending(self) -> int:
        """How many jobs were submitted whose outcome was not collected."""
        ...

    def submit(self, job: Job, *, progress: Callable[[str, float], None] | None = None) -> None:
        """Take a job; `Stopped` when it is closed."""
        ...

    def collect(self, *, wait_s: float) -> list[Outcome]:
        """Return what has ended."""
        ...

    def close(self) -> None:
        """End everything; nothing of it runs on."""
        ...


def run(
    executor: Executor,
    *,
    jobs: Iterable[Job],
    progress: Callable[[str, float], None] | None = None,
) -> Iterator[Outcome]:
    """Submit jobs and yield their outcomes as they end. Nobody else may collect meanwhile.

    Raises:
        Stopped: the executor was closed; the outcomes of what it ended say nothing of the files.
    """
    for job in jobs:
        executor.submit(job, progress=progress)
    while executor.pending:
        outcomes = executor.collect(wait_s=1.0)
        if executor.closed:
            raise Stopped
        yield from outcomes


class Processes:
    """Workers as child processes of this machine, each in a session and a folder of its own."""

    def __init__(self, workers: int | Literal["auto"], *, scratch: Path) -> None:
        """Prepare `workers` places; their folders lie under `scratch`.

        "auto" is half the cores, because each video keeps about two of them busy.
        """
        self.workers = max(1, _cores() // 2) if workers == "auto" else workers
        self._scratch = scratch
        self._threads = ThreadPoolExecutor(self.workers, thread_name_prefix="worker")
        self._ended: queue.SimpleQueue[Outcome] = queue.SimpleQueue()
        self._closing = threading.Event()
        self._pending = 0

    def __enter__(self) -> Self:
        """Return the executor itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close it."""
        self.close()

    @property
    def closed(self) -> bool:
        """Whether `close` was called, by any thread."""
        return self._closing.is_set()

    @property
    def pending(self) -> int:
        """How many jobs were submitted whose outcome was not collected."""
        return self._pending

    def submit(self, job: Job, *, progress: Callable[[str, float], None] | None = None) -> None:
        """Queue a job for the next free place."""
        try:
            self._threads.submit(self._attend, job, progress)
        except RuntimeError as error:
            if self.closed:
                raise Stopped from error
            raise
        self._pending += 1

    def collect(self, *, wait_s: float) -> list[Outcome]:
        """Return what has ended, waiting at most `wait_s` seconds for the first."""
        outcomes: list[Outcome] = []
        with contextlib.suppress(queue.Empty):
            outcomes.append(self._ended.get(timeout=max(wait_s, 0.001)))
            while True:
                outcomes.append(self._ended.get(block=False))
        self._pending -= len(outcomes)
        return outcomes

    def close(self) -> None:
        """End the running workers and forget the waiting jobs."""
        self._closing.set()
        self._threads.shutdown(wait=True, cancel_futures=True)

    def _attend(self, job: Job, progress: Callable[[str, float], None] | None) -> None:
        """Run in a thread of the pool: the kernel ends the worker when its thread ends."""
        outcome: Outcome
        try:
            with scratch_folder(self._scratch) as folder:
                outcome = attend(job, folder=folder, progress=progress, closing=self._closing)
        except Exception as error:  # noqa: BLE001 - a job without an outcome would wait for ever
            outcome = Died(job.id, "crashed", f"{type(error).__name__}: {error}")
        self._ended.put(outcome)


def _cores() -> int:
    """Return how many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
