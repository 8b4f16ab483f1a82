"""One worker process: what it is given, how its end is told, and that its children go with it."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import pytest
from fakes import fake_ffmpeg, gone, pids
from samples import video

from pipeline.rules.media import Kind
from pipeline.rules.work import Died, Done, Job, Limits, Outcome, Refused
from pipeline.tools.children import attend


def outcome_of(folder: Path, *, wall_s: float = 60.0, closing: bool = False) -> Outcome:
    """Have a film measured in a folder and return what became of it."""
    job = Job("1", "measure", Kind.VIDEO, str(video("plain")), limits=Limits(wall_s=wall_s))
    stop = threading.Event()
    if closing:
        threading.Timer(1.0, stop.set).start()
    (folder / "cwd").mkdir()
    return attend(job, folder=folder / "cwd", progress=None, closing=stop)


def test_a_worker_answers(tmp_path: Path) -> None:
    """A good film has facts, and the folder is empty again."""
    outcome = outcome_of(tmp_path)
    assert isinstance(outcome, Done)
    assert outcome.facts is not None
    assert list((tmp_path / "cwd").iterdir()) == []


@pytest.mark.parametrize("number", ["SIGKILL", "SIGSEGV", "SIGXCPU"])
def test_a_worker_that_is_killed_is_an_outcome(
    number: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It is told apart from a refusal, and what it started is ended."""
    words = f"os.kill(os.getppid(), signal.{number})\ntime.sleep(600)"
    fake_ffmpeg(words, folder=tmp_path, patch=monkeypatch)
    outcome = outcome_of(tmp_path)
    assert isinstance(outcome, Died)
    assert outcome.why == "killed"
    assert all(gone(each) for each in pids(tmp_path))


@pytest.mark.parametrize("ending", ["time", "closing"])
def test_a_worker_that_hangs_is_ended(
    ending: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A tool deaf to SIGTERM is killed when its time is up, or when everything closes."""
    words = "signal.signal(signal.SIGTERM, signal.SIG_IGN)\ntime.sleep(600)"
    fake_ffmpeg(words, folder=tmp_path, patch=monkeypatch)
    began = time.monotonic()
    outcome = outcome_of(
        tmp_path,
        wall_s=2.0 if ending == "time" else 60.0,
        closing=ending == "closing",
    )
    assert isinstance(outcome, Died)
    assert outcome.why == ("timeout" if ending == "time" else "killed")
    assert time.monotonic() - began < 15
    assert all(gone(each) for each in pids(tmp_path))


def test_noise_without_end_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A tool that writes 50 MB of rubbish to its log is a refusal with a short detail."""
    words = (
        "for _ in range(50):\n    os.write(2, bytes(range(256)) * 4096)\n"
        "os.write(2, b'[error] broken\\n')\nsys.exit(1)"
    )
    fake_ffmpeg(words, folder=tmp_path, patch=monkeypatch)
    outcome = outcome_of(tmp_path)
    assert isinstance(outcome, Refused)
    assert len(outcome.detail) < 2000


def test_answers_without_end_are_bounded(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A tool that has taken over the worker's own voice cannot fill the parent's memory."""
    words = (
        "voice = os.open(f'/proc/{os.getppid()}/fd/3', os.O_WRONLY)\n"
        "while True:\n    os.write(voice, b'x' * 65536)"
    )
    fake_ffmpeg(words, folder=tmp_path, patch=monkeypatch)
    outcome = outcome_of(tmp_path, wall_s=30.0)
    assert isinstance(outcome, Died)
    assert outcome.why == "crashed"
    assert all(gone(each) for each in pids(tmp_path))


def test_workers_are_given_no_secrets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of the parent's environment only what is named passes, and no foreign code is imported."""
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    (tmp_path / "av.py").write_text("raise SystemExit('imported from the wrong place')")
    words = f"open({str(tmp_path / 'env')!r}, 'w').write(' '.join(os.environ))\nsys.exit(1)"
    fake_ffmpeg(words, folder=tmp_path, patch=monkeypatch)
    outcome = outcome_of(tmp_path)
    assert isinstance(outcome, Refused)
    names = set((tmp_path / "env").read_text().split())
    assert {"PATH", "TMPDIR"} <= names
    assert names <= {"IMAGEIO_FFMPEG_EXE", "LANG", "LC_CTYPE", "PATH", "TMPDIR"}


def test_code_in_the_folder_is_not_imported(tmp_path: Path) -> None:
    """A file beside the original that is named like a module stays a file."""
    (tmp_path / "cwd").mkdir()
    for name in ("json", "av", "pipeline"):
        (tmp_path / "cwd" / f"{name}.py").write_text("raise SystemExit(9)")
    job = Job("1", "measure", Kind.VIDEO, str(video("plain")))
    outcome = attend(job, folder=tmp_path / "cwd", progress=None, closing=threading.Event())
    assert isinstance(outcome, Done)
