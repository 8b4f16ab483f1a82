"""The command line as people and scripts meet it: outputs, exit codes, errors in words."""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import makers
import pytest

from jobs import dispatch
from jobs.answers import Answer
from jobs.cli import main
from jobs.workspace import login_name
from pipeline.rules.errors import BadMedia, Reason, ToolMissing, Unreachable, VerificationFailed

ROOT = Path(__file__).parent.parent.parent
CANARY = "Alma Brightwater left knee.jpg"
REPORTING = (
    ["status"],
    ["show", "massage--0042"],
    ["plan", "--all"],
    ["plan", "massage--0042"],
    ["consent", "list"],
    ["consent", "show", "C-0042"],
    ["consent", "report", "C-0042"],
    ["verify"],
    ["intake"],
    ["render"],
    ["publish"],
    ["watch"],
    ["withdraw"],
    ["run", "--once"],
)


@pytest.mark.parametrize("words", REPORTING, ids=" ".join)
def test_json_is_one_object_and_nothing_else(
    published: makers.Workspace, tell: Any, words: list[str]
) -> None:
    """With --json standard output holds one object of version 1; without it, words for people."""
    told = tell(published, *words, "--json")
    assert told.json["version"] == 1
    assert isinstance(told.json, dict)
    plain = tell(published, *words)
    assert plain.code == told.code
    assert plain.out.strip()
    with pytest.raises(ValueError):  # noqa: PT011 - whatever it is, it must not read as JSON
        json.loads(plain.out)


def test_options_stand_before_or_after_the_command(
    published: makers.Workspace, capsys: pytest.CaptureFixture[str]
) -> None:
    """The same command, its options in front, behind, and on both sides."""
    config = ["--config", str(published.config)]
    told = []
    for words in (
        [*config, "--json", "consent", "list"],
        ["consent", "list", "--json", *config],
        [*config, "consent", "list", "--json"],
        ["--json", "consent", "list", *config],
    ):
        assert main(words) == 0
        told.append(json.loads(capsys.readouterr().out)["records"][0]["id"])
    assert told == ["C-0042"] * 4


def test_by_names_who_speaks(published: makers.Workspace, tell: Any) -> None:
    """The event log has the name of --by, else the login name."""
    for by in (["--by", "Dr. Rivera"], []):
        assert tell(published, *by, "hold", "massage--0042", "--why", "a call").code == 0
    held = [each.actor for each in published.events() if each.verb == "held"]
    assert held == ["Dr. Rivera", login_name()]


def test_a_stray_byte_in_a_reason_keeps_nothing_up(published: makers.Workspace, tell: Any) -> None:
    """Words that are not readable text are logged with a mark, and the hold is done."""
    told = tell(published, "--by", "J\udce9r\udcf4me", "hold", "massage--0042", "--why", "\udcff!")
    assert told.code == 0
    assert published.shown("massage--0042") == []
    (held,) = [each for each in published.events() if each.verb == "held"]
    assert (held.actor, held.data["why"]) == ("J\ufffdr\ufffdme", "\ufffd!")


def test_an_unknown_case_gives_the_nearest_name(published: makers.Workspace, tell: Any) -> None:
    """A slip in a name is a usage error with what was probably meant; nothing on stdout."""
    told = tell(published, "show", "masage--0042")
    assert (told.code, told.out) == (2, "")
    assert "There is no case masage--0042. Did you mean massage--0042?" in told.err
    assert "→ " in told.err


def test_names_may_be_typed_as_they_are_seen(published: makers.Workspace, tell: Any) -> None:
    """A case answers to its folder's name in any case, and to its public name."""
    public = published.case("massage--0042")["id"]
    for name in ("massage--0042", "Massage--0042", public):
        assert tell(published, "show", name, "--json").json["id"] == public


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (ToolMissing("No ffmpeg.", remedy="Install it."), 3),
        (Unreachable("No answer.", remedy="Wait."), 4),
        (VerificationFailed("Other bytes.", remedy="Look."), 5),
        (BadMedia(Reason("photo_broken")), 1),
        (KeyError(CANARY), 70),
        (RecursionError(CANARY), 70),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else str(value),
)
@pytest.mark.parametrize("how", [[], ["--json"]], ids=["words", "json"])
def test_every_error_has_its_exit_code(
    empty: makers.Workspace,
    tell: Any,
    monkeypatch: pytest.MonkeyPatch,
    error: Exception,
    code: int,
    how: list[str],
) -> None:
    """Each error ends with its code, its words on stderr and, with --json, one object."""

    def broken(*_: object) -> Answer:
        raise error

    monkeypatch.setitem(dispatch.COMMANDS, "status", broken)
    told = tell(empty, "status", *how)
    assert told.code == code
    assert told.err.strip()
    assert CANARY not in told.out + told.err
    if how:
        assert told.json.keys() == {"version", "error"}
    else:
        assert told.out == ""
        if remedy := getattr(error, "remedy", ""):
            assert f"→ {remedy}" in told.err


def test_a_bug_is_told_without_values(
    empty: makers.Workspace, tell: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """70, never Python's 1; the places in the code are named, a patient's file is not."""

    def broken(*_: object) -> Answer:
        file = CANARY
        raise FileNotFoundError(2, "No such file", file)

    monkeypatch.setitem(dispatch.COMMANDS, "status", broken)
    told = tell(empty, "status")
    assert told.code == 70
    assert "FileNotFoundError" in told.err
    assert "test_cli.py" in told.err
    assert CANARY not in told.err
    assert "Traceback" not in told.err


def test_logged_exceptions_hold_no_values() -> None:
    """What a job logs of an exception are its type and places, in a process of its own."""
    code = (
        "import logging\nfrom jobs.cli import _prepare_output\n_prepare_output()\n"
        f"def inner(): raise ValueError({CANARY!r})\n"
        "try: inner()\nexcept ValueError: logging.getLogger('x').exception('work failed')\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout == ""
    assert "ERROR work failed" in done.stderr
    assert "ValueError" in done.stderr
    assert "inner" in done.stderr
    assert CANARY not in done.stderr


@pytest.mark.parametrize(
    "words",
    [
        ["no-such-command"],
        [],
        ["show"],
        ["hold", "massage--0042"],
        ["plan"],
        ["plan", "massage--0042", "--all"],
        ["consent", "revoke"],
        ["export", "massage--0042", "out"],
        ["status", "--no-such-option"],
    ],
    ids=" ".join,
)
def test_wrong_words_are_a_usage_error(
    words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """Words that are no command end with 2 and say what is missing, on stderr alone."""
    with pytest.raises(SystemExit) as ended:
        main(words)
    out, err = capsys.readouterr()
    assert (ended.value.code, out) == (2, "")
    assert "usage: clinicmedia" in err


@pytest.mark.parametrize("how", [[], ["--json"]], ids=["words", "json"])
def test_a_missing_config_says_what_to_do(tmp_path: Path, tell: Any, how: list[str]) -> None:
    """Without a configuration a command ends with 2 and points to init."""
    told = tell(makers.Workspace(tmp_path / "nowhere"), "status", *how)
    assert told.code == 2
    assert "clinicmedia init" in told.err
    assert not (tmp_path / "nowhere").exists()
    if how:
        assert "no configuration" in told.json["error"]["text"]


def test_the_config_comes_from_the_environment(
    published: makers.Workspace, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """CLINICMEDIA_CONFIG names the workspace where --config does not."""
    monkeypatch.setenv("CLINICMEDIA_CONFIG", str(published.config))
    assert main(["status", "--json"]) == 0
    assert len(json.loads(capsys.readouterr().out)["cases"]) == 2


def test_no_command_asks_a_question(published: makers.Workspace) -> None:
    """With a closed standard input every command comes to its end by itself."""
    for words in (["run", "--once"],):
        done = subprocess.run(
            [sys.executable, "-m", "jobs", "--config", str(published.config), *words],
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
        assert done.returncode in {0, 1}, done.stderr
        assert done.stdout.strip()


def test_a_reader_that_goes_away_is_no_error(published: makers.Workspace) -> None:
    """`clinicmedia status | head -0` ends quietly, without a Traceback."""
    command = f"{sys.executable} -m jobs --config {published.config} status | head -c 0"
    done = subprocess.run(
        ["/bin/sh", "-c", command],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_a_terminal_that_knows_few_letters_gets_all_answers(published: makers.Workspace) -> None:
    """Where arrows and accents cannot be shown, the answer still comes, and its code."""
    done = subprocess.run(
        [sys.executable, "-m", "jobs", "--config", str(published.config), "status"],
        cwd=ROOT,
        env={**os.environ, "PYTHONIOENCODING": "ascii"},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    assert "cupping--7" in done.stdout
    assert "\\u2192 Add the record" in done.stdout


def test_warnings_never_mix_with_the_answer(
    published: makers.Workspace, tell: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is logged while a command runs goes to standard error."""
    status = dispatch.COMMANDS["status"]

    def noisy(*given: Any) -> Answer:
        logging.getLogger("pipeline.steps").warning("a worker died: timeout")
        return status(*given)

    monkeypatch.setitem(dispatch.COMMANDS, "status", noisy)
    assert tell(published, "status", "--json").json["version"] == 1
