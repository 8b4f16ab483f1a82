"""One worker process: what it is given, what is heard of it, and that it ends with all it began.

Some workers here are put in ours' place: they babble, hang or die as no honest one would.
"""

from __future__ import annotations

import json
import threading
import time
from pathlib import Path

import pytest
from fakes import gone
from samples import photo

from pipeline.rules.media import Kind
from pipeline.rules.work import Died, Done, Job, Limits, Outcome, Refused
from pipeline.tools import children
from pipeline.tools.children import attend
from pipeline.tools.executors import Processes, Stopped, run

HEAD = "import json, os, signal, subprocess, sys, time\njob = json.loads(sys.stdin.read())\n"
REFUSES = 'print(json.dumps({"ok": False, "code": "photo_broken", "facts": {}, "detail": ""}))\n'


def job(*, wall_s: float = 30.0) -> Job:
    """A job on a photo."""
    return Job("7", "measure", Kind.PHOTO, str(photo("jpeg")), limits=Limits(wall_s=wall_s))


def outcome(
    words: str | None,
    folder: Path,
    patch: pytest.MonkeyPatch,
    *,
    wall_s: float = 30.0,
    closing: threading.Event | None = None,
    heard: list[float] | None = None,
) -> Outcome:
    """What becomes of a job when these words of Python are the worker; None is our own."""
    if words is not None:
        patch.setattr(children, "_BOOT", HEAD + words)
    folder.mkdir(exist_ok=True)
    return attend(
        job(wall_s=wall_s),
        folder=folder,
        progress=lambda _, share: (heard if heard is not None else []).append(share),
        closing=closing or threading.Event(),
    )


def test_our_own_worker_answers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A photo is measured by a real worker, with its facts."""
    found = outcome(None, tmp_path, monkeypatch)
    assert isinstance(found, Done)
    assert found.job_id == "7"
    assert found.facts is not None
    assert found.facts.kind is Kind.PHOTO


def test_it_is_given_nothing_but_its_job(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No variable of ours (no key, no home), an own session, its folder as its place to stand."""
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "hidden")
    monkeypatch.setenv("HOME", "/home/someone")
    monkeypatch.setenv("PYTHONPATH", "/elsewhere")
    told = tmp_path / "told.json"
    words = (
        f"open({str(told)!r}, 'w').write(json.dumps({{'names': sorted(os.environ), "
        "'cwd': os.getcwd(), 'leads': os.getsid(0) == os.getpid(), 'isolated': "
        "sys.flags.isolated, 'verb': job['verb']}))\n"
    )
    folder = tmp_path / "own"
    assert isinstance(outcome(words + REFUSES, folder, monkeypatch), Refused)
    found = json.loads(told.read_text())
    assert set(found.pop("names")) <= {"PATH", "LANG", "TMPDIR", "LC_CTYPE", "IMAGEIO_FFMPEG_EXE"}
    assert found == {"cwd": str(folder), "leads": True, "isolated": 1, "verb": "measure"}


def test_nothing_in_its_folder_is_imported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that a medium's maker named json.py is only a file."""
    (tmp_path / "json.py").write_text("raise SystemExit(9)")
    (tmp_path / "sitecustomize.py").write_text("raise SystemExit(9)")
    assert isinstance(outcome(None, tmp_path, monkeypatch), Done)


def test_progress_is_heard_and_the_last_line_counts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Shares in their order; lines that are no answer are passed over."""
    heard: list[float] = []
    words = (
        'print(json.dumps({"progress": 0.25}))\nprint("a warning of a library")\n'
        'print("[1]")\nprint(json.dumps({"progress": 0.5}))\n'
        'print(json.dumps({"progress": "much"}))\n'
    )
    found = outcome(words + REFUSES, tmp_path, monkeypatch, heard=heard)
    assert isinstance(found, Refused)
    assert found.reason.code == "photo_broken"
    assert heard == [0.25, 0.5]


@pytest.mark.parametrize(
    ("words", "why", "told"),
    [
        ("sys.exit(3)", "crashed", "exit 3"),
        ("print('done')", "crashed", "exit 0"),
        ("print(json.dumps({'ok': True, 'artifacts': 7}))", "crashed", "exit 0"),
        ("sys.stderr.write('out of memory'); sys.exit(1)", "crashed", "out of memory"),
        ("os.kill(os.getpid(), signal.SIGSEGV)", "killed", f"exit {-11}"),
        ("os.close(0); os._exit(5)", "crashed", "exit 5"),
    ],
)
def test_a_bad_end_is_an_outcome(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: str, why: str, told: str
) -> None:
    """However a worker ends without a proper answer, the job is told to have died, and of what."""
    found = outcome(words, tmp_path, monkeypatch)
    assert isinstance(found, Died)
    assert (found.why, told in found.detail) == (why, True)


def test_a_worker_that_never_reads_its_job(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One that dies before it took its job breaks nothing here."""
    monkeypatch.setattr(children, "_BOOT", "import os; os._exit(4)")
    huge = Job("7", "measure", Kind.PHOTO, "x" * 2_000_000)
    found = attend(huge, folder=tmp_path, progress=None, closing=threading.Event())
    assert isinstance(found, Died)
    assert found.why == "crashed"


def test_a_flood_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker that writes without end is ended; of endless noise the tail is kept."""
    began = time.monotonic()
    found = outcome("while True: print('x' * 65536)", tmp_path, monkeypatch)
    assert isinstance(found, Died)
    assert found.why == "crashed"
    assert time.monotonic() - began < 20
    found = outcome(
        "sys.stderr.write('a' * 9_000_000 + 'the end'); sys.exit(1)", tmp_path, monkeypatch
    )
    assert isinstance(found, Died)
    assert found.detail.endswith("the end")
    assert len(found.detail) < 3000


STUBBORN = (
    "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
    "child = subprocess.Popen([sys.executable, '-c', 'import signal, time\\n"
    "signal.signal(signal.SIGTERM, signal.SIG_IGN)\\ntime.sleep(600)'])\n"
    "open('pids', 'w').write(f'{os.getpid()} {child.pid} ')\ntime.sleep(600)\n"
)


@pytest.mark.parametrize("why", ["timeout", "killed"])
def test_a_worker_that_will_not_end_is_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, why: str
) -> None:
    """After its time or when all is closed, with what it started, although both are deaf."""
    closing = threading.Event()
    if why == "killed":
        threading.Timer(2.0, closing.set).start()
    began = time.monotonic()
    wall_s = 2.0 if why == "timeout" else 300.0
    found = outcome(STUBBORN, tmp_path, monkeypatch, wall_s=wall_s, closing=closing)
    assert isinstance(found, Died)
    assert found.why == why
    assert time.monotonic() - began < 15
    for pid in (tmp_path / "pids").read_text().split():
        assert gone(int(pid))


def test_what_a_worker_started_ends_with_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A tool that would live on in the worker's session goes when the worker has answered."""
    words = (
        "child = subprocess.Popen(['sleep', '600'], stdout=subprocess.DEVNULL, "
        "stderr=subprocess.DEVNULL)\nopen('pid', 'w').write(str(child.pid))\n"
    )
    assert isinstance(outcome(words + REFUSES, tmp_path, monkeypatch), Refused)
    assert gone(int((tmp_path / "pid").read_text()))


def test_whoever_waits_is_told_that_all_was_closed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Closing from another thread ends the waiting: no outcome, so that no file is blamed."""
    monkeypatch.setattr(children, "_BOOT", f"{HEAD}time.sleep(600)")
    executor = Processes(1, scratch=tmp_path)
    threading.Timer(1.0, executor.close).start()
    began = time.monotonic()
    collected = []
    with pytest.raises(Stopped):
        collected += list(run(executor, jobs=[job(), job(), job()]))
    assert collected == []
    assert time.monotonic() - began < 15
    assert executor.closed
    with pytest.raises(Stopped):
        executor.submit(job())
