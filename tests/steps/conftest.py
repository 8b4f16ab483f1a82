"""Workspaces for the tests of the steps: prepared once a session, and copied for each test."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import makers
import pytest

PAIR = "massage--s1"


@pytest.fixture(scope="session")
def _taken(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A case of before, after and during that was taken in, and no record."""
    clinic = makers.workspace(tmp_path_factory.mktemp("taken") / "clinic")
    names = ("before", "after", "during")
    clinic.drop(PAIR, {f"{name}.jpg": makers.photo(name) for name in names})
    clinic.say("intake")
    return clinic.folder


@pytest.fixture(scope="session")
def _published(_taken: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same case, published on web and instagram."""
    folder = tmp_path_factory.mktemp("published") / "clinic"
    clinic = makers.Workspace(shutil.copytree(_taken, folder))
    clinic.sign(makers.record("s1"))
    assert clinic.run().code == 0
    return folder


def _copy(folder: Path, to: Path) -> makers.Workspace:
    clinic = makers.Workspace(shutil.copytree(folder, to / "clinic"))
    clinic.clock.forward(minutes=1)
    return clinic


@pytest.fixture
def taken(_taken: Path, tmp_path: Path) -> makers.Workspace:
    """A workspace with a case that was taken in and has no record."""
    return _copy(_taken, tmp_path)


@pytest.fixture
def published(_published: Path, tmp_path: Path) -> makers.Workspace:
    """A workspace with a published case."""
    return _copy(_published, tmp_path)


@pytest.fixture
def empty(tmp_path: Path) -> makers.Workspace:
    """A workspace in which nothing happened yet."""
    return makers.workspace(tmp_path / "clinic")


Give = Callable[[str], Path]


@pytest.fixture
def give(tmp_path: Path) -> Give:
    """Write a small photo of that name somewhere outside of any inbox."""

    def make(name: str) -> Path:
        path = tmp_path / name
        path.write_bytes(makers.photo(name))
        return path

    return make
