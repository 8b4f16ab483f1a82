"""Which commands there are: all of the contract, and no other."""

from __future__ import annotations

import argparse

import pytest

from jobs.parser import make_parser

CONTRACT = {
    "demo", "init", "run", "intake", "render", "publish", "withdraw", "watch", "plan", "status",
    "show", "edit", "originals", "export", "consent", "approve", "hold", "release", "retract",
    "take-out", "lint", "verify", "doctor",
}  # fmt: skip
ACTS = {"add", "import", "list", "show", "end", "report", "revoke"}


def choices(parser: argparse.ArgumentParser) -> dict[str, argparse.ArgumentParser]:
    """The commands below a parser, by name."""
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            return dict(action.choices)
    raise AssertionError("no commands")


def test_the_commands_are_those_of_the_contract() -> None:
    """Every command of the contract is known, and every act on records."""
    commands = choices(make_parser())
    assert commands.keys() == CONTRACT
    assert choices(commands["consent"]).keys() == ACTS


@pytest.mark.parametrize("option", ["--config", "--by", "--json"])
def test_every_command_takes_the_shared_options(option: str) -> None:
    """Behind any command, however deep, the options of all are known."""
    commands = choices(make_parser())
    for name, parser in {**commands, **choices(commands["consent"])}.items():
        assert option in parser._option_string_actions, name


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        (["status"], {"command": "status", "config": None, "by": None, "json": False}),
        (["--json", "--by", "A", "status"], {"by": "A", "json": True}),
        (["status", "--json", "--by", "A"], {"by": "A", "json": True}),
        (["--by", "A", "status", "--by", "B"], {"by": "B", "json": False}),
        (["--config", "x", "consent", "list", "--json"], {"config": "x", "json": True}),
        (["run"], {"once": False}),
        (["run", "--once"], {"once": True}),
        (["plan", "--all"], {"case": None, "all": True}),
        (["plan", "a--1"], {"case": "a--1", "all": False}),
        (["hold", "--all", "--why", "w"], {"case": None, "why": "w"}),
        (["release", "a--1"], {"case": "a--1", "why": ""}),
        (["take-out", "a--1", "f.jpg", "--why", "w"], {"case": "a--1", "file": "f.jpg"}),
        (["export", "a--1", "--channel", "web", "out"], {"channel": "web", "folder": "out"}),
        (["consent", "revoke", "--subject", "0042"], {"subject": "0042", "id": None}),
        (["consent", "revoke", "C-1", "--received-at", "T"], {"id": "C-1", "received_at": "T"}),
        (["consent", "end", "C-1", "--on", "2026-12-01"], {"act": "end", "on": "2026-12-01"}),
        (["demo"], {"folder": "demo", "small": False, "serve": False}),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_what_the_words_mean(words: list[str], wanted: dict[str, object]) -> None:
    """Each word lands where the command looks for it."""
    found = vars(make_parser().parse_args(words))
    assert {name: found[name] for name in wanted} == wanted


@pytest.mark.parametrize("command", ["approve", "hold", "retract", "take-out"])
def test_a_persons_word_needs_its_reason(command: str) -> None:
    """Nobody can hold, approve, retract or take out without saying why."""
    more = ["f.jpg"] if command == "take-out" else []
    with pytest.raises(SystemExit) as ended:
        make_parser().parse_args([command, "a--1", *more])
    assert ended.value.code == 2


def test_help_tells_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    """--help lists each command with a line, and ends well; so does --version."""
    for option in ("--help", "--version"):
        with pytest.raises(SystemExit) as ended:
            make_parser().parse_args([option])
        assert ended.value.code == 0
    said = capsys.readouterr().out
    assert all(f"    {name} " in said or f"    {name}\n" in said for name in CONTRACT)
