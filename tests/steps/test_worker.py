"""The worker as its parent sees it: a JSON job in, JSON lines out, whatever the bytes are."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from readers import leaks
from samples import photo, video

from pipeline.rules.media import Box, Canvas, Kind
from pipeline.rules.work import (
    Job,
    Limits,
    Output,
    Rights,
    Sheet,
    facts_from_json,
    job_to_json,
    made_from_json,
)
from pipeline.tools.files import sha256_of
from pipeline.tools.fonts import font_path

ROOT = Path(__file__).parent.parent.parent


def talk(job: Job | str, *, cwd: Path) -> list[dict[str, Any]]:
    """Start a worker as its parent does, and return every line it says."""
    done = subprocess.run(
        [sys.executable, "-m", "pipeline.steps.worker"],
        cwd=cwd,
        env={"PYTHONPATH": str(ROOT), "TMPDIR": str(cwd)},
        input=job if isinstance(job, str) else json.dumps(job_to_json(job)),
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_a_video_is_measured(tmp_path: Path) -> None:
    """Progress lines come first, the facts last; nothing stays in the folder."""
    *progress, result = talk(Job("1", "measure", Kind.VIDEO, str(video("plain"))), cwd=tmp_path)
    assert all(set(line) == {"progress"} for line in progress)
    facts = facts_from_json(result["facts"])
    assert result["ok"] is True
    assert (facts.kind, facts.width, facts.height) == (Kind.VIDEO, 320, 180)
    assert list(tmp_path.iterdir()) == []


def test_a_photo_is_measured_and_rendered(tmp_path: Path) -> None:
    """The same two errands for a photo; what is made has the digest that is told."""
    result = talk(Job("1", "measure", Kind.PHOTO, str(photo("jpeg"))), cwd=tmp_path)[-1]
    facts = facts_from_json(result["facts"])
    made = _rendered(Kind.PHOTO, photo("jpeg"), facts.width, facts.height, "webp", result, tmp_path)
    assert made.artifact.content_type == "image/webp"


def test_a_video_is_rendered(tmp_path: Path) -> None:
    """A film comes out with its digest, its length and the versions of the tools."""
    result = talk(Job("1", "measure", Kind.VIDEO, str(video("plain"))), cwd=tmp_path)[-1]
    made = _rendered(Kind.VIDEO, video("plain"), 320, 180, "mp4", result, tmp_path)
    assert made.artifact.content_type == "video/mp4"
    assert made.artifact.duration_s == pytest.approx(1.5)


@pytest.mark.parametrize(
    ("kind", "source", "code"),
    [
        (Kind.VIDEO, lambda: video("damaged"), "video_broken"),
        (Kind.VIDEO, lambda: video("ffconcat"), "video_format"),
        (Kind.VIDEO, lambda: photo("jpeg"), "video_format"),
        (Kind.PHOTO, lambda: photo("cut-jpeg"), "photo_broken"),
        (Kind.VIDEO, lambda: Path("/nowhere/at all.mp4"), "worker_failed"),
    ],
)
def test_what_is_wrong_has_a_code(kind: Kind, source: Any, code: str, tmp_path: Path) -> None:
    """Every refusal is a result with a code, and its detail names no file."""
    path = source()
    result = talk(Job("1", "measure", kind, str(path)), cwd=tmp_path)[-1]
    assert (result["ok"], result["code"]) == (False, code)
    assert str(path) not in json.dumps(result)
    assert path.stem not in result["detail"]


@pytest.mark.parametrize("request_", ["", "{}", "[]", '{"version": 7}', "no json", "null"])
def test_what_is_no_job_is_refused(request_: str, tmp_path: Path) -> None:
    """Whatever is said to it, the worker answers in one line."""
    (result,) = talk(request_, cwd=tmp_path)
    assert (result["ok"], result["code"]) == (False, "worker_failed")


def test_a_worker_without_memory_says_so(tmp_path: Path) -> None:
    """Running out of the limits is an answer, and it does not blame the film."""
    limits = Limits(memory_bytes=250 << 20)
    job = Job("1", "measure", Kind.VIDEO, str(video("plain")), limits=limits)
    result = talk(job, cwd=tmp_path)[-1]
    assert (result["ok"], result["code"]) == (False, "worker_limits")


def test_a_film_larger_than_allowed_is_no_result(tmp_path: Path) -> None:
    """A file that would grow beyond its limit leaves an error and no file."""
    measured = talk(Job("1", "measure", Kind.VIDEO, str(video("plain"))), cwd=tmp_path)[-1]
    job = _job(Kind.VIDEO, video("plain"), 320, 180, "mp4", measured, tmp_path)
    small = Job(**{**_fields(job), "limits": Limits(file_bytes=2000)})
    result = talk(small, cwd=tmp_path)[-1]
    assert (result["ok"], result["code"]) == (False, "worker_limits")
    assert list((tmp_path / "out").iterdir()) == []


def _fields(job: Job) -> dict[str, Any]:
    return {name: getattr(job, name) for name in Job.__slots__}


def _job(
    kind: Kind,
    source: Path,
    width: int,
    height: int,
    form: str,
    measured: dict[str, Any],
    folder: Path,
) -> Job:
    (folder / "out").mkdir()
    box = Box(0, 0, width, height)
    facts = facts_from_json(measured["facts"])
    output = Output("key", "name", width, height, form, frame_rate=facts.frame_rate,
                    duration_s=facts.duration_s)  # fmt: skip
    sheet = Sheet(Canvas("recipe", width, height, box, box, "#000000"), (output,))
    return Job("2", "render", kind, str(source), facts, (sheet,), Rights("A Clinic"),
               str(font_path()), str(folder / "out"))  # fmt: skip


def _rendered(
    kind: Kind,
    source: Path,
    width: int,
    height: int,
    form: str,
    measured: dict[str, Any],
    folder: Path,
) -> Any:
    *_, result = talk(_job(kind, source, width, height, form, measured, folder), cwd=folder)
    assert result["ok"] is True, result
    (made,) = (made_from_json(each) for each in result["artifacts"])
    path = Path(made.file)
    assert made.artifact.sha256 == sha256_of(path)
    assert made.artifact.size_bytes == path.stat().st_size
    assert leaks(path) == []
    assert [each.name for each in path.parent.iterdir()] == [path.name]
    assert "pillow" in result["versions"]
    assert ("ffmpeg" in result["versions"]) == (kind is Kind.VIDEO)
    return made
