"""The first steps: init makes a workspace that works, demo shows one."""

from __future__ import annotations

import contextlib
import http.client
import json
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import makers
import pytest

from jobs.cli import main
from jobs.commands.start import examples_folder, served
from pipeline.config import load
from pipeline.rules.errors import UsageError

ROOT = Path(__file__).parent.parent.parent
ANSWERS = ["Praxis Größe & Söhne", "https://praxis.example", "", "es", "555-0199"]


def init(folder: Path, answers: list[str], *options: str) -> subprocess.CompletedProcess[str]:
    """Answer the questions of `init` on standard input."""
    return subprocess.run(
        [sys.executable, "-m", "jobs", *options, "init", str(folder)],
        cwd=ROOT,
        input="".join(f"{each}\n" for each in answers),
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_init_makes_a_workspace_that_works(tmp_path: Path, tell: Any) -> None:
    """The answers stand in the config, what is usual where nothing was typed; a run accepts it."""
    folder = tmp_path / "our clinic"
    done = init(folder, ANSWERS, "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {"version": 1, "folder": str(folder)}
    assert "What is the clinic called?" in done.stderr
    config = load(folder / "config.yaml", environment={}).config
    assert (config.clinic.name, config.clinic.language) == ("Praxis Größe & Söhne", "es")
    assert (config.clinic.time_zone, config.clinic.contact) == ("America/New_York", "555-0199")
    assert config.clinic.url == "https://praxis.example/"
    for name in ("inbox/_consents", "templates/treatments", "templates/brand"):
        assert (folder / name).is_dir()
    assert (folder / "templates" / "captions" / "default.en.yaml").is_file()
    clinic = makers.Workspace(folder)
    text = clinic.config.read_text(encoding="utf-8")
    clinic.config.write_text(
        text.replace("path: inbox", "path: inbox\n  settle_s: 0")
        + "recipes: {web: {from: [photo], channels: [web], widths: [48], formats: [jpeg]}}\n",
        encoding="utf-8",
    )
    clinic.drop("masaje--0042", {"one.jpg": makers.photo("i")})
    clinic.sign(makers.record("0042", **makers.today()))
    assert tell(clinic, "run", "--once").code == 0
    assert list((folder / "site" / "cases").glob("*/index.html"))
    again = init(folder, ANSWERS)
    assert again.returncode == 2
    assert "already holds a workspace" in again.stderr


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        (["", "https://a.example", "", "", ""], "clinic.name"),
        (["A", "", "", "", ""], "clinic.url"),
        (["A", "https://a.example", "America/New York", "", ""], "Did you mean America/New_York?"),
        (["A", "https://a.example", "", "de", ""], "clinic.language"),
        (["A", "https://a.example"], "not answered"),
    ],
)
def test_answers_that_cannot_be_used_leave_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any, answers: list[str], said: str
) -> None:
    """2, the answer that was wrong, and no folder."""
    given = iter(answers)

    def answer() -> str:
        try:
            return next(given)
        except StopIteration:
            raise EOFError from None

    monkeypatch.setattr("builtins.input", answer)
    assert main(["init", str(tmp_path / "clinic")]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert said in err
    assert not (tmp_path / "clinic").exists()


def test_init_in_a_place_that_is_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    """A file in the folder's place is told in words."""
    (tmp_path / "clinic").write_text("a file")
    answers = iter(ANSWERS)
    monkeypatch.setattr("builtins.input", lambda: next(answers))
    assert main(["init", str(tmp_path / "clinic")]) == 2
    assert "cannot be made" in capsys.readouterr().err


def test_the_examples_lie_beside_the_templates() -> None:
    """What `demo` draws with is found in this checkout."""
    assert (examples_folder() / "draw_media.py").is_file()
    assert (examples_folder() / "config.yaml").is_file()


def prepared(folder: Path) -> Path:
    """A demo folder that is drawn already, with one small case."""
    clinic = makers.workspace(folder)
    clinic.drop("massage--0042", {"one.jpg": makers.photo("d")})
    clinic.drop("cupping--7", {"two.jpg": makers.photo("e")})
    record = json.dumps(makers.record("0042", **makers.today()))
    clinic.file("consents/one.yaml", record)
    return folder


@pytest.mark.parametrize("how", [[], ["--json"]], ids=["words", "json"])
def test_demo_walks_through_all_and_says_where_to_look(
    tmp_path: Path, capsys: Any, how: list[str]
) -> None:
    """0 although a case waits; the case is published and the waiting one has its sentence."""
    folder = prepared(tmp_path / "demo")
    assert main(["demo", str(folder), *how]) == 0
    out = capsys.readouterr().out
    index = folder / "site" / "index.html"
    assert index.is_file()
    if how:
        data = json.loads(out)
        assert data["site"] == str(index)
        assert {each["stage"] for each in data["cases"]} == {"PUBLISHED", "HELD"}
    else:
        assert index.as_uri() in out
        assert "no signed consent for 7" in out
    before = makers.files_below(folder / "site")
    assert main(["demo", str(folder), *how]) == 0
    assert makers.files_below(folder / "site") == before


def test_demo_serves_what_it_made(tmp_path: Path) -> None:
    """The site is served on loopback as a web server would, open to embeds from anywhere."""
    (tmp_path / "index.html").write_text("a page")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with served(tmp_path, port=port) as url:
        with contextlib.closing(http.client.HTTPConnection(url.split("/")[2], timeout=10)) as line:
            line.request("GET", "/index.html")
            answer = line.getresponse()
            assert answer.read() == b"a page"
            assert answer.headers["Access-Control-Allow-Origin"] == "*"
        with pytest.raises(UsageError, match=str(port)), served(tmp_path, port=port):
            pass
    with served(tmp_path, port=port) as again:
        assert str(port) in again


@pytest.mark.long
def test_the_small_demo_from_nothing(tmp_path: Path, capsys: Any) -> None:
    """Drawn, measured, rendered and published: three cases at least, the others with reasons."""
    assert main(["demo", str(tmp_path / "demo"), "--small", "--json"]) == 0
    data = json.loads(capsys.readouterr().out)
    public = [each for each in data["cases"] if each["stage"] == "PUBLISHED"]
    assert len(public) >= 3
    for each in data["cases"]:
        assert each["stage"] == "PUBLISHED" or each["reasons"]
    assert data["problems"]
