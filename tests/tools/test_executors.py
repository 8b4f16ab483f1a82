"""Workers as children: what they are given, what becomes of them, and that none outlives us."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
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


def gone(pid: int, *, within_s: float = 5.0) -> bool:
    """Whether a process ends in time; a zombie has ended."""
    deadline = time.monotonic() + within_s
    while time.monotonic() < deadline:
        try:
            state = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            return True
        if state[0] in "ZX":
            return True
        time.sleep(0.05)
    return False


@pytest.fixture
def fake_ffmpeg(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Put words of Python in ffmpeg's place, as an administrator may name another one."""

    def replace(words: str) -> None:
        path = tmp_path / "fake-ffmpeg"
        path.write_text(f"#!{sys.executable}\nimport os, signal, sys, time\n{words}")
        path.chmod(0o755)
        monkeypatch.setenv("IMAGEIO_FFMPEG_EXE", str(path))

    return replace


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


def test_every_input_is_fenced(
    tmp_path: Path,
    fake_ffmpeg: Callable[[str], None],
) -> None:
    """No call of ffmpeg lacks its whitelists before any input, and no word of staff is in it."""
    fake_ffmpeg(
        f"open({str(tmp_path / 'calls')!r}, 'a').write(chr(9).join(sys.argv[1:]) + chr(10))\n"
        f"os.execv({FFMPEG!r}, ['ffmpeg', *sys.argv[1:]])\n",
    )
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


def test_a_worker_that_hangs_is_ended_with_all_its_children(
    tmp_path: Path,
    fake_ffmpeg: Callable[[str], None],
) -> None:
    """A tool that ignores SIGTERM is killed at the time limit; the next job is done."""
    fake_ffmpeg(
        "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        f"open({str(tmp_path / 'pid')!r}, 'w').write(str(os.getpid()))\n"
        "time.sleep(600)\n",
    )
    with Processes(1, scratch=tmp_path / "scratch") as executor:
        began = time.monotonic()
        hanging = measuring("plain", wall_s=2.0)
        after = Job("photo", "measure", Kind.PHOTO, str(photo("jpeg")))
        first, second = run(executor, jobs=[hanging, after])
        assert time.monotonic() - began < 20
    assert isinstance(first, Died)
    assert first.why == "timeout"
    assert isinstance(second, Done)
    assert gone(int((tmp_path / "pid").read_text()))
    assert list((tmp_path / "scratch").iterdir()) == []


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ("os.kill(os.getppid(), signal.SIGKILL); time.sleep(600)", "killed"),
        ("os.kill(os.getppid(), signal.SIGSEGV); time.sleep(600)", "killed"),
    ],
)
def test_a_worker_that_dies_is_an_outcome(
    words: str,
    why: str,
    tmp_path: Path,
    fake_ffmpeg: Callable[[str], None],
) -> None:
    """A worker killed in the middle is told apart, and what it started is ended."""
    fake_ffmpeg(f"open({str(tmp_path / 'pid')!r}, 'w').write(str(os.getpid()))\n{words}\n")
    outcome = outcomes(measuring("plain"), scratch=tmp_path / "scratch")["plain"]
    assert isinstance(outcome, Died)
    assert outcome.why == why
    assert gone(int((tmp_path / "pid").read_text()))


def test_noise_without_end_is_bounded(
    tmp_path: Path,
    fake_ffmpeg: Callable[[str], None],
) -> None:
    """A tool that writes 50 MB of rubbish to its log is a refusal with a short detail."""
    fake_ffmpeg(
        "for _ in range(50):\n    os.write(2, bytes(range(256)) * 4096)\n"
        "os.write(2, b'[error] broken\\n')\nsys.exit(1)\n",
    )
    outcome = outcomes(measuring("plain"), scratch=tmp_path / "scratch")["plain"]
    assert isinstance(outcome, Refused)
    assert len(outcome.detail) < 2000


def test_workers_are_given_no_secrets(
    tmp_path: Path,
    fake_ffmpeg: Callable[[str], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Of the parent's environment only what is named passes; the folder holds nothing foreign."""
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    (tmp_path / "av.py").write_text("raise SystemExit('imported from the wrong place')")
    fake_ffmpeg(
        f"open({str(tmp_path / 'env')!r}, 'w').write(repr(sorted(os.environ)))\nsys.exit(1)\n",
    )
    outcome = outcomes(measuring("plain"), scratch=tmp_path / "scratch")["plain"]
    assert isinstance(outcome, Refused)
    names = set((tmp_path / "env").read_text().replace("'", "").strip("[]").split(", "))
    assert names <= {"IMAGEIO_FFMPEG_EXE", "LANG", "LC_CTYPE", "PATH", "TMPDIR"}


def test_close_ends_what_runs(tmp_path: Path, fake_ffmpeg: Callable[[str], None]) -> None:
    """Closing does not wait for a long job, and leaves neither process nor folder."""
    fake_ffmpeg(
        f"open({str(tmp_path / 'pid')!r}, 'w').write(str(os.getpid()))\ntime.sleep(600)\n",
    )
    executor = Processes(1, scratch=tmp_path / "scratch")
    executor.submit(measuring("plain"))
    executor.submit(measuring("mono"))
    deadline = time.monotonic() + 20
    while not (tmp_path / "pid").exists() or not (tmp_path / "pid").read_text():
        assert time.monotonic() < deadline
        time.sleep(0.05)
    began = time.monotonic()
    executor.close()
    assert time.monotonic() - began < 5
    assert gone(int((tmp_path / "pid").read_text()))
    assert list((tmp_path / "scratch").iterdir()) == []


@pytest.mark.skipif(
    sys.platform != "linux", reason="only Linux tells children of their parent's end"
)
def test_nothing_outlives_a_killed_scheduler(
    tmp_path: Path,
    fake_ffmpeg: Callable[[str], None],
) -> None:
    """When the scheduler itself is killed, its workers and their tools end too."""
    fake_ffmpeg(
        f"open({str(tmp_path / 'pid')!r}, 'w').write(f'{{os.getpid()}} {{os.getppid()}}')\n"
        "time.sleep(600)\n",
    )
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
    deadline = time.monotonic() + 20
    while not (tmp_path / "pid").exists() or " " not in (tmp_path / "pid").read_text():
        assert time.monotonic() < deadline
        time.sleep(0.05)
    scheduler.send_signal(signal.SIGKILL)
    scheduler.wait()
    for pid in (tmp_path / "pid").read_text().split():
        assert gone(int(pid))


def test_auto_is_half_the_cores(tmp_path: Path) -> None:
    """A machine of any size has at least one place."""
    with Processes("auto", scratch=tmp_path) as executor:
        assert executor.workers == max(1, len(os.sched_getaffinity(0)) // 2)
