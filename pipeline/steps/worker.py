"""The fenced child: one job in as JSON, one result out as JSON, and no knowledge of anything else.

It has no catalog, no storage and no credentials, and limits itself before it looks at an original.
Whatever goes wrong becomes a reason code; the detail beside it is for the log and holds no names.
"""

from __future__ import annotations

import errno
import json
import os
import sys
import traceback
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.rules.errors import BadMedia, ToolMissing, VerificationFailed
from pipeline.rules.media import Facts, Kind
from pipeline.rules.work import Job, Json, Made, facts_to_json, job_from_json, made_to_json
from pipeline.tools.fences import fence_in

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TextIO

_PROGRESS_STEP = 0.01
_DISK_FULL = {errno.ENOSPC, errno.EDQUOT}


def main() -> None:
    """Do the job on standard input; answer on standard output, where nobody else may write."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # what a library prints is noise, not a result
    with answers:
        result = answer(sys.stdin.read(), say=lambda line: _say(answers, line))
        _say(answers, result)


def answer(request: str, *, say: Callable[[Json], None]) -> Json:
    """Do the job in `request`, a JSON text, and return the result; `say` hears of the progress.

    Limits the calling process for good: it is meant to be a child with nothing else to do.
    """
    try:
        job = job_from_json(json.loads(request))
    except (ValueError, TypeError, KeyError) as error:
        return _failure("worker_failed", error)
    fence_in(job.limits)
    try:
        return {"ok": True} | _VERBS[job.verb](job, say)
    except Exception as error:  # noqa: BLE001 - decoders raise everything there is
        return _refusal(error, job=job)


def _measure(job: Job, say: Callable[[Json], None]) -> Json:
    if job.kind is Kind.VIDEO:
        from pipeline.tools import video  # noqa: PLC0415 - only what the job needs is loaded

        facts: Facts = video.measure(Path(job.source), progress=_steps(say))
    else:
        from pipeline.tools import images  # noqa: PLC0415 - the same

        facts = images.measure(Path(job.source))
    return {"facts": facts_to_json(facts)}


def _render(job: Job, say: Callable[[Json], None]) -> Json:
    if job.facts is None or job.font is None:
        raise ValueError("no render job")
    if job.second is not None:
        return {"artifacts": _render_pair(job, say), "versions": _versions(Kind.VIDEO)}
    if job.kind is Kind.VIDEO:
        from pipeline.tools.video import render  # noqa: PLC0415 - the same
    else:
        from pipeline.tools.images import render  # noqa: PLC0415 - the same
    made: list[Made] = render(
        Path(job.source),
        facts=job.facts,
        sheets=job.sheets,
        rights=job.rights,
        font=Path(job.font),
        out=Path(job.out),
        progress=_steps(say),
    )
    return {"artifacts": [made_to_json(each) for each in made], "versions": _versions(job.kind)}


def _render_pair(job: Job, say: Callable[[Json], None]) -> list[Json]:
    from pipeline.tools.video import render_pair  # noqa: PLC0415 - the same

    if job.facts is None or job.second is None or job.second_facts is None or job.font is None:
        raise ValueError("no pair")
    made = render_pair(
        (Path(job.source), Path(job.second)),
        facts=(job.facts, job.second_facts),
        sheets=job.sheets,
        rights=job.rights,
        font=Path(job.font),
        drawn=Path(job.drawn),
        out=Path(job.out),
        progress=_steps(say),
    )
    return [made_to_json(each) for each in made]


def _draw(job: Job, say: Callable[[Json], None]) -> Json:
    from pipeline.tools import motion  # noqa: PLC0415 - the same

    if job.font is None:
        raise ValueError("nothing to draw with")
    made = motion.draw(job.cards, font=Path(job.font), out=Path(job.out), progress=_steps(say))
    versions = {"moviepy": metadata.version("moviepy")} | _versions(Kind.PHOTO)
    return {"artifacts": [made_to_json(each) for each in made], "versions": versions}


def _versions(kind: Kind) -> dict[str, str]:
    pillow = {"pillow": metadata.version("pillow")}
    if kind is Kind.PHOTO:
        return pillow
    from pipeline.tools import video  # noqa: PLC0415 - the same

    return pillow | video.versions()


def _steps(say: Callable[[Json], None]) -> Callable[[float], None]:
    """Return a listener that passes progress on in steps worth a line."""
    told = 0.0

    def hear(done: float) -> None:
        nonlocal told
        if done >= told + _PROGRESS_STEP:
            told = done
            say({"progress": round(min(done, 1.0), 3)})

    return hear


def _say(stream: TextIO, line: Json) -> None:
    stream.write(json.dumps(line) + "\n")
    stream.flush()


def _refusal(error: Exception, *, job: Job) -> Json:
    if isinstance(error, BadMedia):
        facts = dict(error.reason.facts)
        return {"ok": False, "code": error.reason.code, "facts": facts, "detail": str(error)}
    if isinstance(error, VerificationFailed | ToolMissing):
        code = "tool_missing" if isinstance(error, ToolMissing) else "render_failed"
        return {"ok": False, "code": code, "facts": {}, "detail": str(error)}
    if isinstance(error, MemoryError) or getattr(error, "errno", None) == errno.EFBIG:
        return _failure("worker_limits", error)
    if isinstance(error, OSError):
        return _failure("no_space" if error.errno in _DISK_FULL else "worker_failed", error)
    return _failure(f"{job.kind}_broken" if job.verb == "measure" else "render_failed", error)


def _failure(code: str, error: Exception) -> Json:
    """Return a result that names the kind of error and the place, never its words."""
    frames = traceback.extract_tb(error.__traceback__)
    place = f" in {Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    return {"ok": False, "code": code, "facts": {}, "detail": f"{type(error).__name__}{place}"}


_VERBS = {"measure": _measure, "render": _render, "draw": _draw}


if __name__ == "__main__":
    main()
