"""Scratch folders: private, removed, and swept only when their process is gone."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.tools.scratch import scratch_folder, sweep_scratch

ROOT = Path(__file__).parent.parent.parent


def test_a_folder_is_private_and_goes_away(tmp_path: Path) -> None:
    """Nobody else may enter; with the block it is gone, also after an error."""
    root = tmp_path / "scratch"
    with scratch_folder(root) as folder:
        (folder / "sub").mkdir()
        (folder / "sub" / "file").write_bytes(b"1")
        assert folder.stat().st_mode & 0o777 == 0o700
        assert sweep_scratch(root) == 0  # in use
        assert (folder / "sub" / "file").exists()
    assert list(root.iterdir()) == []
    with pytest.raises(RuntimeError):
        _fail_in(root)
    assert list(root.iterdir()) == []


def _fail_in(root: Path) -> None:
    with scratch_folder(root) as folder:
        (folder / "file").write_bytes(b"1")
        raise RuntimeError


def test_the_folders_of_a_dead_process_are_swept(tmp_path: Path) -> None:
    """What a killed process left is removed, what a living one holds is not."""
    words = (
        "import os, pathlib, sys\n"
        "from pipeline.tools.scratch import scratch_folder\n"
        "with scratch_folder(pathlib.Path(sys.argv[1])) as folder:\n"
        "    (folder / 'patient').write_bytes(b'1')\n"
        "    os.kill(os.getpid(), 9)\n"
    )
    subprocess.run(
        [sys.executable, "-c", words, str(tmp_path)],
        env={"PYTHONPATH": str(ROOT)},
        check=False,
        timeout=60,
    )
    assert len(list(tmp_path.rglob("patient"))) == 1
    with scratch_folder(tmp_path) as mine:
        assert sweep_scratch(tmp_path) == 1
        assert mine.is_dir()
        assert list(tmp_path.rglob("patient")) == []
    assert list(tmp_path.iterdir()) == []


def test_nothing_to_sweep(tmp_path: Path) -> None:
    """A folder that does not exist yet has nothing to sweep."""
    assert sweep_scratch(tmp_path / "none") == 0
