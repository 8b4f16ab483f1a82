"""Who is running: a process that lives is not dead, and one that ended is."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.tools.processes import is_dead, this_process

ROOT = Path(__file__).parent.parent.parent
ASK = "from pipeline.tools.processes import this_process\nprint(this_process(), flush=True)\n"


def start(words: str = "input()") -> tuple[subprocess.Popen[str], str]:
    """A process that waits for a line, and what it calls itself."""
    process = subprocess.Popen(
        [sys.executable, "-c", ASK + words],
        cwd=ROOT,
        env={"PATH": os.defpath, "PYTHONPATH": str(ROOT)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout
    return process, process.stdout.readline().strip()


def test_this_process_lives() -> None:
    """It names host and number, the same at every asking, and is not dead."""
    name = this_process()
    assert name == this_process()
    assert name.startswith(f"{socket.gethostname()}:{os.getpid()}:")
    assert not is_dead(name)


def test_another_process_lives_until_it_ends() -> None:
    """Alive while it runs; dead when it was killed and when it ended by itself."""
    process, name = start()
    with process:
        assert not is_dead(name)
        process.kill()
    assert is_dead(name)
    process, name = start("")
    with process:
        process.wait(30)
    assert is_dead(name)


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="needs the start time of processes")
def test_a_number_that_was_given_again_is_another_process() -> None:
    """The same number with another start time is not the process that was meant."""
    host, pid, started = this_process().rsplit(":", 2)
    assert started.isdigit()
    assert is_dead(f"{host}:{pid}:{int(started) - 1}")


def test_of_other_hosts_nothing_is_known() -> None:
    """A process elsewhere may live; only its lease's end says more."""
    assert not is_dead("another-host:1:1")
    assert not is_dead("another:host:with:colons:1:1")


@pytest.mark.parametrize("name", ["", "nobody", "a:b"])
def test_what_names_no_process_is_dead(name: str) -> None:
    """A holder that is no name of a process holds nothing."""
    assert is_dead(name)


def test_a_number_that_nobody_has_is_dead() -> None:
    """A process number beyond all that exist."""
    assert is_dead(f"{socket.gethostname()}:4194305:123")
