"""Workers as children: what they are given, what becomes of them, and that none outlives us."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from fakes import fake_ffmpeg, gone, pids
from samples import FFMPEG, photo, video

from pipeline.rules.media import Box, Canvas, Kind
from pipeline.rules.work import Died, Done, Job, Limits, Outcome, Output, Refused, Sheet
from pipeline.tools.executors import Processes, run
from pipeline.tools.fonts import font_path

ROOT = Path(__file__).parent.parent.parent


def measuring(name: str, *, wall_s: float = 60.0) -> Job:
    """A job that measures a sample; its id is the sample's name."""
    return Job(name, "measure", Kind.VIDEO, str(video(name)), limits=Limits(wall_s=wall_s))


def outcomes(*jobs: Job, scratch: Path, workers: int = 2) -> dict[str, Outcome]:
    """Run jobs and return what became of each."""
    with Processes(workers, scratch=scratch) as executor:
        return {each.job_id: each for each in run(executor, jobs=jobs)}


def test_every_job_has_one_outcome(tmp_path: Path) -> None:
    """Good and bad files, of both kinds, in one queue: each is answered, nothing is left over."""
    heard: list[tuple[str, float]] = []
    jobs = [measuring(name) for name in ("damaged", "plain", "ffconcat", "rotate90")]
    jobs.append(Job("photo", "measure", Kind.PHOTO, str(photo("heic"))))
    jobs.append(Job("none", "measure", Kind.PHOTO, str(tmp_path / "nowhere")))
    with Processes(2, scratch=tmp_path / "scratch") as executor:
        found = list(run(executor, jobs=jobs, progress=lambda *each: heard.append(each)))
        assert executor.pending == 0
        assert executor.collect(wait_s=0) == []
    by_id = {each.job_id: each for each in found}
    assert len(found) == len(by_id) == len(jobs)
    plain, damaged, photo_ = by_id["plain"], by_id["damaged"], by_id["photo"]
    assert isinstance(plain, Done)
    assert plain.facts is not None
    assert plain.facts.duration_s == pytest.approx(1.5)
    assert isinstance(damaged, Refused)
    assert damaged.reason.code == "video_broken"
    assert isinstance(photo_, Done)
    assert photo_.facts is not None
    assert photo_.facts.kind is Kind.PHOTO
    assert isinstance(by_id["ffconcat"], Refused)
    assert isinstance(by_id["none"], Refused)
    assert any(job_id == "plain" and 0 < share <= 1 for job_id, share in heard)
    assert list((tmp_path / "scratch").iterdir()) == []


def test_a_render_hands_over_files(tmp_path: Path) -> None:
    """The made files lie where the job said, outside of the folder that goes away."""
    (facts,) = (
        each.facts
        for each in outcomes(measuring("plain"), scratch=tmp_path / "scratch").values()
        if isinstance(each, Done)
    )
    out = tmp_path / "out"
    out.mkdir()
    box = Box(0, 0, 320, 180)
    output = Output("key", "name", 160, 90, "mp4", frame_rate=30.0, duration_s=1.5)
    sheet = Sheet(Canvas("ladder", 320, 180, box, box, "#000000"), (output,))
    job = Job("r", "render", Kind.VIDEO, str(video("plain")), facts, (sheet,),
              font=str(font_path()), out=str(out))  # fmt: skip
    outcome = outcomes(job, scratch=tmp_path / "scratch")["r"]
    assert isinstance(outcome, Done)
    assert [Path(made.file) for made in outcome.made] == [out / "key.mp4"]
    assert dict(outcome.versions).keys() == {"ffmpeg", "pillow", "pyav"}
    assert list((tmp_path / "scratch").iterdir()) == []


def test_every_input_is_fenced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No call of ffmpeg lacks its whitelists before any input, and no word of staff is in it."""
    words = (
        f"open({str(tmp_path / 'calls')!r}, 'a').write(chr(9).join(sys.argv[1:]) + chr(10))\n"
        f"os.execv({FFMPEG!r}, ['ffmpeg', *sys.argv[1:]])"
    )
    fake_ffmpeg(words, folder=tmp_path, patch=monkeypatch)
    test_a_render_hands_over_files(tmp_path)
    lines = (tmp_path / "calls").read_text(encoding="utf-8").splitlines()
    calls = [words for line in lines if "-i" in (words := line.split("\t"))]
    assert len(calls) == 2  # one decode to measure, one to render
    for words in calls:
        assert {"-nostdin", "-xerror"} <= set(words)
        assert ("-map_metadata" in words) == (words is calls[1])
        last = 0
        for at in [number for number, word in enumerate(words) if word == "-i"]:
            before = words[last:at]
            last = at + 1
            assert before[before.index("-protocol_whitelist") + 1] == "file"
            assert before[before.index("-format_whitelist") + 1] in {"mov,matroska", "png_pipe"}
            assert words[at + 1].startswith("file:/")


def test_after_a_worker_that_hangs_the_next_job_is_done(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """One poisonous film costs its own time limit and nothing else."""
    fake_ffmpeg("time.sleep(600)", folder=tmp_path, patch=monkeypatch)
    photo_job = Job("photo", "measure", Kind.PHOTO, str(photo("jpeg")))
    with Processes(1, scratch=tmp_path / "scratch") as executor:
        first, second = run(executor, jobs=[measuring("plain", wall_s=2.0), photo_job])
    assert isinstance(first, Died)
    assert first.why == "timeout"
    assert isinstance(second, Done)
    assert list((tmp_path / "scratch").iterdir()) == []


def test_close_ends_what_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Closing does not wait for a long job, and leaves neither process nor folder."""
    fake_ffmpeg("time.sleep(600)", folder=tmp_path, patch=monkeypatch)
    executor = Processes(1, scratch=tmp_path / "scratch")
    executor.submit(measuring("plain"))
    executor.submit(measuring("mono"))
    running = pids(tmp_path)
    began = time.monotonic()
    executor.close()
    assert time.monotonic() - began < 5
    assert all(gone(each) for each in running)
    assert list((tmp_path / "scratch").iterdir()) == []


@pytest.mark.skipif(sys.platform != "linux", reason="other kernels do not tell a parent's end")
def test_nothing_outlives_a_killed_scheduler(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """When the scheduler itself is killed, its workers and their tools end too."""
    fake_ffmpeg("time.sleep(600)", folder=tmp_path, patch=monkeypatch)
    words = (
        "import pathlib, sys\n"
        "from pipeline.rules.media import Kind\n"
        "from pipeline.rules.work import Job\n"
        "from pipeline.tools.executors import Processes, run\n"
        "executor = Processes(1, scratch=pathlib.Path(sys.argv[2]))\n"
        "list(run(executor, jobs=[Job('1', 'measure', Kind.VIDEO, sys.argv[1])]))\n"
    )
    scheduler = subprocess.Popen(
        [sys.executable, "-c", words, str(video("plain")), str(tmp_path / "scratch")],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    running = pids(tmp_path)
    scheduler.send_signal(signal.SIGKILL)
    scheduler.wait()
    assert all(gone(each) for each in running)


def test_auto_is_half_the_cores(tmp_path: Path) -> None:
    """A machine of any size has at least one place."""
    with Processes("auto", scratch=tmp_path) as executor:
        assert executor.workers == max(1, len(os.sched_getaffinity(0)) // 2)
