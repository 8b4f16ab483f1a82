"""How far work is: bars on a terminal, plain lines elsewhere, nothing with --json."""

from __future__ import annotations

import argparse
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from jobs.progress import progress_for

ROOT = Path(__file__).parent.parent.parent
SHOW = """
import argparse
from jobs.progress import progress_for
with progress_for(argparse.Namespace(json={json})) as tell:
    for share in (0.0, 0.1, 0.5, 1.0):
        tell("Rendering", share)
"""


def shown(shares: list[float], capsys: pytest.CaptureFixture[str], *, as_json: bool) -> str:
    """What is written while work goes through these shares; never to standard output."""
    with progress_for(argparse.Namespace(json=as_json)) as tell:
        for share in shares:
            tell("Rendering", share)
    out, err = capsys.readouterr()
    assert out == ""
    return err


def test_lines_tell_every_quarter(capsys: pytest.CaptureFixture[str]) -> None:
    """A hundred steps make a few lines, and the end is always told."""
    said = shown([number / 100 for number in range(101)], capsys, as_json=False)
    assert said.splitlines() == [f"Rendering: {share}%" for share in (25, 50, 75, 100)]


def test_short_work_is_told_when_it_is_done(capsys: pytest.CaptureFixture[str]) -> None:
    """One step from nothing to all is one line; a second piece of work begins anew."""
    assert shown([1.0, 0.0, 0.1, 1.0], capsys, as_json=False).splitlines() == [
        "Rendering: 100%",
        "Rendering: 100%",
    ]


def test_json_is_silent(capsys: pytest.CaptureFixture[str]) -> None:
    """A program that reads the answer is told no progress at all."""
    assert shown([0.0, 0.5, 1.0], capsys, as_json=True) == ""


@pytest.mark.parametrize("as_json", [False, True])
def test_a_terminal_gets_bars(*, as_json: bool) -> None:
    """On a terminal progress is drawn, with escape codes and the name of the work; not for JSON."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-c", SHOW.format(json=as_json)],
        cwd=ROOT,
        env={**os.environ, "TERM": "xterm", "COLUMNS": "80"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=theirs,
    )
    os.close(theirs)
    drawn = b""
    while True:
        try:
            piece = os.read(ours, 4096)
        except OSError:  # the other end is closed
            break
        if not piece:
            break
        drawn += piece
    os.close(ours)
    out, _ = process.communicate(timeout=60)
    assert (process.returncode, out) == (0, b"")
    if as_json:
        assert drawn == b""
    else:
        assert b"\x1b[" in drawn
        assert b"Rendering" in drawn
        assert b"100%" in drawn
