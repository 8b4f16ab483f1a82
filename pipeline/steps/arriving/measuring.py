"""Has originals measured by workers: facts, or the reason why a file cannot be used."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from pathlib import Path

from pipeline.rules.errors import Reason, ToolMissing, Unreachable
from pipeline.rules.media import Facts, Kind
from pipeline.rules.work import Died, Done, Job, Limits, Outcome, Refused
from pipeline.steps.means import Means
from pipeline.tools.executors import run

log = logging.getLogger(__name__)

MOST_ATTEMPTS = 3
# Reasons that are this machine's and no original's.
BLOCKED = frozenset({"no_space", "tool_missing"})
PHOTO_LIMITS = Limits(memory_bytes=3 << 30, cpu_s=120, wall_s=180.0)
VIDEO_LIMITS = Limits(cpu_s=1800, wall_s=1800.0)


def limits_for(kind: Kind) -> Limits:
    """Return what one job on an original of this kind may use."""
    return PHOTO_LIMITS if kind is Kind.PHOTO else VIDEO_LIMITS


def measure_all(means: Means, files: Sequence[tuple[Path, Kind]]) -> list[Facts | Reason]:
    """Measure private copies; one answer for each, in their order.

    Raises:
        Unreachable, ToolMissing: see `raise_if_blocked`.
    """
    jobs = {
        str(number): Job(
            id=str(number), verb="measure", kind=kind, source=str(path), limits=limits_for(kind)
        )
        for number, (path, kind) in enumerate(files)
    }
    outcomes = do_all(means, list(jobs.values()), what="Looking at")
    raise_if_blocked(outcomes.values())
    return [_answer(outcomes[job_id]) for job_id in jobs]


def do_all(means: Means, jobs: Sequence[Job], *, what: str) -> dict[str, Outcome]:
    """Have jobs done; a worker that died is tried again, last, three times in all."""
    outcomes: dict[str, Outcome] = {}
    left = {job.id: job for job in jobs}
    for _ in range(MOST_ATTEMPTS):
        shares = dict.fromkeys(left, 0.0)

        def hear(job_id: str, share: float, shares: dict[str, float] = shares) -> None:
            shares[job_id] = share
            means.progress(what, sum(shares.values()) / len(shares))

        for outcome in run(means.executor, jobs=list(left.values()), progress=hear):
            outcomes[outcome.job_id] = outcome
            hear(outcome.job_id, 1.0)
            if isinstance(outcome, Died):
                log.warning("a worker died: %s %s", outcome.why, outcome.detail[:200])
        left = {key: job for key, job in left.items() if _again(outcomes[key])}
        if not left:
            break
    return outcomes


def raise_if_blocked(outcomes: Iterable[Outcome]) -> None:
    """Stop where the fault is this machine's: no original is to blame, and all are tried again.

    Raises:
        Unreachable: the disk is full.
        ToolMissing: a program is not installed.
    """
    codes = {each.reason.code for each in outcomes if isinstance(each, Refused)}
    if "no_space" in codes:
        raise Unreachable(
            "There is no room left on the disk, so nothing could be processed.",
            remedy="Free some space; it is then tried again. Nothing is lost.",
        )
    if "tool_missing" in codes:
        raise ToolMissing(
            "A program that films or photos need is not installed.",
            remedy="'clinicmedia doctor' says which.",
        )


def why_failed(outcome: Outcome) -> str:
    """Return the code of the reason why a job gave nothing."""
    if isinstance(outcome, Refused):
        return outcome.reason.code
    timeout = isinstance(outcome, Died) and outcome.why == "timeout"
    return "worker_timeout" if timeout else "worker_died"


def _answer(outcome: Outcome) -> Facts | Reason:
    if isinstance(outcome, Done) and outcome.facts:
        return outcome.facts
    if isinstance(outcome, Refused):
        return outcome.reason
    return Reason(why_failed(outcome))


def _again(outcome: Outcome) -> bool:
    """Tell whether trying again may help: the worker died, or failed through no one's fault."""
    failed = isinstance(outcome, Refused) and outcome.reason.code == "worker_failed"
    return failed or isinstance(outcome, Died)
