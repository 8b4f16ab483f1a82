"""`clinicmedia lint`: a text or standard input, with and without a workspace."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import makers
import pytest

from jobs.cli import main

CLEAN = "Shoulder abduction, 110 degrees, seated.\n"


@pytest.fixture
def nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder without a configuration, where the command stands."""
    monkeypatch.delenv("CLINICMEDIA_CONFIG", raising=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_findings_as_json(nowhere: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One object in the contract's form, and exit code 1."""
    (nowhere / "post.txt").write_text("We cure sciatica.\nCall 415-555-0132.")
    assert main(["lint", "post.txt", "--json"]) == 1
    told = json.loads(capsys.readouterr().out)
    assert told["version"] == 1
    assert [each["rule"] for each in told["findings"]] == ["cure", "phone"]
    assert [each["strength"] for each in told["findings"]] == ["ask", "refuse"]
    for each in told["findings"]:
        assert each.keys() == {"rule", "strength", "quote", "source", "remedy"}


def test_findings_in_words(nowhere: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Each finding says its line, its quote, its source and what to do."""
    (nowhere / "post.txt").write_text(CLEAN + "We cure sciatica.")
    assert main(["lint", "post.txt"]) == 1
    out = capsys.readouterr().out
    assert 'Line 2: "cure" (cure). Needs proof or other words.' in out
    assert "→" in out
    assert "255.2" in out


def test_standard_input_and_a_clean_text(
    nowhere: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without a file the text comes from standard input; nothing found ends with 0."""
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(CLEAN.encode())))
    assert main(["lint"]) == 0
    assert "Nothing found." in capsys.readouterr().out
    assert not list(nowhere.iterdir())


def test_the_roster_of_a_workspace_is_used(
    published: makers.Workspace, tell: Any, tmp_path: Path
) -> None:
    """In a workspace the names and codes of its records are found, elsewhere they are not."""
    signer = makers.record("0042", **makers.today())["signed_by"]
    text = tmp_path / "post.txt"
    text.write_text(f"{signer} turns her head. Case 0042.")
    told = tell(published, "lint", str(text), "--json")
    assert told.code == 1
    assert {each["rule"] for each in told.json["findings"]} == {"name", "chart_number"}


def test_rules_of_a_workspace_are_used(empty: makers.Workspace, tell: Any, tmp_path: Path) -> None:
    """A rule that only tells is listed and ends with 0."""
    own = empty.folder / "templates" / "rules"
    own.mkdir(parents=True)
    (own / "claims.en.yaml").write_text(
        "rules: [{id: house, strength: tell, source: ours, dated: '2026-01-01', remedy: client,"
        " ways: [{patterns: customer}]}]"
    )
    text = tmp_path / "post.txt"
    text.write_text("A customer.")
    told = tell(empty, "lint", str(text), "--json")
    assert told.code == 0
    assert [each["rule"] for each in told.json["findings"]] == ["house"]


@pytest.mark.parametrize("content", [None, b"\xff\xfe\x00", b"x" * 1_100_000])
def test_what_cannot_be_read(
    nowhere: Path, capsys: pytest.CaptureFixture[str], content: bytes | None
) -> None:
    """A missing file, no text, or too much of it is a usage error in plain words."""
    if content is not None:
        (nowhere / "post.txt").write_bytes(content)
    assert main(["lint", "post.txt"]) == 2
    assert "post.txt" in capsys.readouterr().err


def test_a_named_config_that_is_missing_is_told(
    nowhere: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Who names a configuration means it: without it nothing is linted in its place."""
    (nowhere / "post.txt").write_text(CLEAN)
    assert main(["--config", "none.yaml", "lint", "post.txt"]) == 2
    assert "none.yaml" in capsys.readouterr().err
