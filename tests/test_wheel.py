"""The wheel: built without a network, installed elsewhere, it needs nothing of the checkout."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
CONFIG = """\
clinic: {name: Example Clinic, url: "https://clinic.example/", time_zone: America/New_York}
inbox: {path: inbox, settle_s: 0}
catalog: {url: "sqlite:///var/catalog.db"}
storage:
  private: {kind: local, root: var/private}
  public: {kind: local, root: site, base_url: "http://127.0.0.1:8000/"}
"""


def run(*words: str | Path, cwd: Path, codes: tuple[int, ...] = (0,)) -> str:
    """Run a command with nothing but a path in its environment; return what it printed."""
    done = subprocess.run(
        [str(word) for word in words],
        cwd=cwd,
        env={"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C.UTF-8"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=240,
    )
    assert done.returncode in codes, f"{words}: {done.returncode}\n{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A wheel of this checkout, built by the build backend itself."""
    folder = tmp_path_factory.mktemp("wheel")
    run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder, cwd=ROOT)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def programs(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The `bin` of a new environment that holds the wheel, and sees our other packages only."""
    folder = tmp_path_factory.mktemp("elsewhere") / "venv"
    venv.create(folder, with_pip=True, symlinks=True)
    programs = folder / "bin"
    asked = "import sysconfig; print(sysconfig.get_path('purelib'))"
    packages = Path(run(programs / "python", "-c", asked, cwd=folder).strip())
    (packages / "others.pth").write_text(sysconfig.get_path("purelib") + "\n")
    pip = (programs / "pip", "--quiet", "--disable-pip-version-check", "install")
    run(*pip, "--no-index", "--no-deps", wheel, cwd=folder)
    return programs


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    """What the contracts call enough: a config of the required keys, and no templates."""
    (tmp_path / "inbox").mkdir()
    (tmp_path / "config.yaml").write_text(CONFIG)
    return tmp_path


def test_wheel_holds_the_house_and_nothing_else(wheel: Path) -> None:
    """Code, templates and demo scripts are in the wheel byte for byte; tests and caches are not."""
    with zipfile.ZipFile(wheel) as archive:
        inside = {name: archive.read(name) for name in archive.namelist()}
    for folder, place in (
        ("pipeline", "pipeline"),
        ("jobs", "jobs"),
        ("templates", "pipeline/templates"),
        ("examples", "pipeline/examples"),
    ):
        for path in (ROOT / folder).rglob("*"):
            if path.is_file() and "__pycache__" not in path.parts:
                name = f"{place}/{path.relative_to(ROOT / folder).as_posix()}"
                assert inside.get(name) == path.read_bytes(), name
    tops = {name.partition("/")[0] for name in inside}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"pipeline", "jobs"}
    assert not [name for name in inside if "__pycache__" in name]
    metadata = next(body for name, body in inside.items() if name.endswith("/METADATA")).decode()
    assert "License-Expression: MIT" in metadata
    assert any(name.endswith("/licenses/LICENSE") for name in inside)


def test_the_code_comes_from_the_wheel(programs: Path, tmp_path: Path) -> None:
    """Outside the checkout, the installed modules are what Python finds."""
    said = run(
        programs / "python",
        "-c",
        "import pipeline, jobs; print(pipeline.__file__, jobs.__file__)",
        cwd=tmp_path,
    )
    for place in said.split():
        assert Path(place).is_relative_to(programs.parent), place


@pytest.mark.parametrize("words", [["clinicmedia"], ["python", "-m", "jobs"]])
def test_both_entrances_name_the_commands(programs: Path, tmp_path: Path, words: list[str]) -> None:
    """`clinicmedia --help` and `python -m jobs --help` list the commands of the contract."""
    said = run(programs / words[0], *words[1:], "--help", cwd=tmp_path)
    for command in ("demo", "init", "run", "intake", "status", "consent", "verify", "doctor"):
        assert command in said


def test_packaged_texts_are_found(programs: Path, workspace: Path) -> None:
    """A hand-made workspace without templates/ gets its sentences from the wheel."""
    (workspace / "inbox" / "holiday pictures.zip").write_bytes(b"PK\x05\x06" + bytes(18))
    program = programs / "clinicmedia"
    run(program, "intake", cwd=workspace, codes=(0, 1))
    said = json.loads(run(program, "status", "--json", cwd=workspace))
    (problem,) = said["problems"]
    assert problem["file"] == "holiday pictures.zip"
    for sentence in (problem["text"], problem["remedy"]):
        assert " " in sentence, problem
        assert "{" not in sentence, problem


@pytest.mark.long
def test_the_demo_runs_from_the_wheel(programs: Path, tmp_path: Path) -> None:
    """`clinicmedia demo` draws, renders and publishes in an empty folder, without the checkout."""
    run(programs / "clinicmedia", "demo", tmp_path / "shown", cwd=tmp_path)
    assert list((tmp_path / "shown").rglob("case.json"))
