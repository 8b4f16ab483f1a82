"""Workspaces for the tests of the commands: prepared once a session, copied for each test.

Their clock is the machine's, so that a command can also be given as a person gives it.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import makers
import pytest

from jobs.cli import main

PUBLIC, WAITING = "massage--0042", "cupping--7"


class Machine(makers.Clock):
    """The machine's own clock."""

    def __call__(self) -> datetime:
        """Tell the time."""
        return datetime.now(UTC)


def clinic_in(folder: Path) -> makers.Workspace:
    """The workspace in a folder, on the machine's clock."""
    return makers.Workspace(folder, clock=Machine())


@pytest.fixture(scope="session")
def _published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A public case of two photos, and a case that waits because nobody signed."""
    folder = makers.workspace(tmp_path_factory.mktemp("jobs") / "clinic").folder
    clinic = clinic_in(folder)
    clinic.drop(PUBLIC, {"before.jpg": makers.photo("b"), "after.jpg": makers.photo("a")})
    clinic.drop(WAITING, {"one.jpg": makers.photo("c")})
    clinic.sign(makers.record("0042", **makers.today()))
    clinic.run()
    assert set(clinic.tokens(PUBLIC)) == {"web", "instagram"}
    return folder


@pytest.fixture
def published(_published: Path, tmp_path: Path) -> makers.Workspace:
    """A workspace with a public case, `massage--0042`, and a waiting one, `cupping--7`."""
    return clinic_in(shutil.copytree(_published, tmp_path / "clinic"))


@pytest.fixture
def empty(tmp_path: Path) -> makers.Workspace:
    """A workspace in which nothing happened yet."""
    return clinic_in(makers.workspace(tmp_path / "clinic").folder)


@dataclass(frozen=True)
class Said:
    """What a command left behind: its exit code and both outputs."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The one object on standard output."""
        return json.loads(self.out)


Tell = Callable[..., Said]


@pytest.fixture
def tell(capsys: pytest.CaptureFixture[str]) -> Tell:
    """Give a whole command line in this process: `tell(clinic, "status", "--json")`."""

    def give(clinic: makers.Workspace, *words: str) -> Said:
        capsys.readouterr()
        code = main(["--config", str(clinic.config), *words])
        out, err = capsys.readouterr()
        return Said(code, out, err)

    return give
