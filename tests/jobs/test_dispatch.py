"""Each command of the parser has its function, and each function its command."""

from __future__ import annotations

import argparse
from typing import Any

import makers

from jobs import dispatch
from jobs.parser import make_parser

WITHOUT_A_WORKSPACE = {"init", "demo"}


def choices(parser: argparse.ArgumentParser) -> dict[str, argparse.ArgumentParser]:
    """The commands below a parser, by name."""
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            return dict(action.choices)
    return {}


def test_every_command_has_its_function() -> None:
    """No command without a function, no function without a command; the same of consent's acts."""
    commands = choices(make_parser())
    assert dispatch.COMMANDS.keys() == commands.keys() - WITHOUT_A_WORKSPACE
    assert dispatch.CONSENT.keys() == choices(commands["consent"]).keys()


def test_words_reach_the_functions(published: makers.Workspace, tell: Any) -> None:
    """Each of the simple commands answers with what only it can know."""
    answers = {
        ("status",): "cases",
        ("show", "massage--0042"): "form",
        ("plan", "massage--0042"): "missing",
        ("render",): "rendered",
        ("publish",): "published",
        ("intake",): "aside",
        ("watch",): "withdrawals",
        ("withdraw",): "withdrawals",
        ("verify",): "objects",
        ("doctor",): "findings",
        ("consent", "list"): "records",
        ("consent", "show", "C-0042"): "record",
        ("consent", "report", "C-0042"): "publications",
    }
    for words, key in answers.items():
        assert key in tell(published, *words, "--json").json, words
