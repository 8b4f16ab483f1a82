"""Which commands and options there are. Options stand before or after the command."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version

Command = Callable[[str, str], argparse.ArgumentParser]


def make_parser() -> argparse.ArgumentParser:
    """Return the parser of the whole command line."""
    before = _shared(argparse.ArgumentParser(add_help=False), fallback=True)
    after = _shared(argparse.ArgumentParser(add_help=False), fallback=False)
    parser = argparse.ArgumentParser(
        prog="clinicmedia",
        description="Publishes a clinic's before/after media while the patient's written consent "
        "lasts, and takes them down when it ends.",
        parents=[before],
    )
    parser.add_argument("--version", action="version", version=_version())
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    def command(name: str, text: str) -> argparse.ArgumentParser:
        return commands.add_parser(name, help=text, description=text, parents=[after])

    demo = command("demo", "sample cases through the whole pipeline; prints where to look")
    demo.add_argument("folder", nargs="?", default="demo", metavar="DIR")
    demo.add_argument("--serve", action="store_true", help="show the site until stopped")
    demo.add_argument("--small", action="store_true", help="draw small media, for a quick look")
    init = command("init", "asks a few questions and writes a new workspace")
    init.add_argument("folder", metavar="DIR")
    run = command("run", "the scheduler until stopped; with --once everything once")
    run.add_argument("--once", action="store_true", help="do everything once and exit")
    for name, text in (
        ("intake", "take in what lies in the inbox"),
        ("render", "make missing renditions"),
        ("publish", "publish what is cleared and rendered"),
        ("withdraw", "carry out withdrawals that are under way"),
        ("watch", "find what ended, then withdraw it"),
        ("status", "every case, what it waits for and what to do"),
        ("verify", "compare public storage with catalog, consents and hashes, and the event log"),
        ("doctor", "look at tools, folders, storage and access"),
    ):
        command(name, text)
    plan = command("plan", "a dry run: what would be made, for whom, why, and what holds it")
    which = plan.add_mutually_exclusive_group(required=True)
    which.add_argument("case", nargs="?", metavar="CASE")
    which.add_argument("--all", action="store_true", help="every case")
    command("show", "a case in the form of case.yaml, ready to edit").add_argument(
        "case", metavar="CASE"
    )
    edit = command("edit", "amend a case: only the keys in FILE change")
    edit.add_argument("case", metavar="CASE")
    edit.add_argument("file", metavar="FILE")
    originals = command("originals", "give the originals of a case back")
    originals.add_argument("case", metavar="CASE")
    originals.add_argument("folder", metavar="DIR")
    export = command("export", "the files of a case for a channel, with the post's text")
    export.add_argument("case", metavar="CASE")
    export.add_argument("--channel", required=True)
    export.add_argument("folder", metavar="DIR")
    lint = command("lint", "claims and privacy findings in a text")
    lint.add_argument("file", nargs="?", metavar="FILE")
    _word(command)
    _consent(command("consent", "the records"), after=after)
    return parser


def _word(command: Command) -> None:
    """Add the commands by which a person speaks."""
    for name, text in (
        ("approve", "answer the flags of a case (never a refusal)"),
        ("retract", "take a case down for good"),
    ):
        parser = command(name, text)
        parser.add_argument("case", metavar="CASE")
        parser.add_argument("--why", required=True, help="the reason, for the event log")
    for name, text in (
        ("hold", "take a case down until it is released; --all is the emergency stop"),
        ("release", "end a hold"),
    ):
        parser = command(name, text)
        which = parser.add_mutually_exclusive_group(required=True)
        which.add_argument("case", nargs="?", metavar="CASE")
        which.add_argument("--all", action="store_true", help="every case")
        parser.add_argument(
            "--why", required=name == "hold", default="", help="the reason, for the event log"
        )
    take_out = command("take-out", "take one wrong file out everywhere")
    take_out.add_argument("case", metavar="CASE")
    take_out.add_argument("file", metavar="FILE")
    take_out.add_argument("--why", required=True, help="the reason, for the event log")


def _consent(parser: argparse.ArgumentParser, *, after: argparse.ArgumentParser) -> None:
    """Add the commands on records."""
    acts = parser.add_subparsers(dest="act", required=True, metavar="ACT")

    def act(name: str, text: str) -> argparse.ArgumentParser:
        return acts.add_parser(name, help=text, description=text, parents=[after])

    act("add", "keep the records of a YAML, JSON or CSV file").add_argument("file", metavar="FILE")
    act("import", "keep the records of a CSV file").add_argument("file", metavar="CSV")
    act("list", "every record with where it stands")
    act("show", "one record").add_argument("id", metavar="ID")
    act("report", "what was public when, where, on a record").add_argument("id", metavar="ID")
    end = act("end", "the event that ends a record took place")
    end.add_argument("id", metavar="ID")
    end.add_argument("--on", metavar="DAY", help="the first day without consent (default: today)")
    revoke = act("revoke", "revoke, then withdraw at once and print the receipt")
    which = revoke.add_mutually_exclusive_group(required=True)
    which.add_argument("id", nargs="?", metavar="ID")
    which.add_argument("--subject", metavar="CODE", help="every record of a person")
    revoke.add_argument(
        "--received-at", metavar="TIME", help="when the clinic received it (RFC 3339; default: now)"
    )


def _shared(parser: argparse.ArgumentParser, *, fallback: bool) -> argparse.ArgumentParser:
    """Add the options of every command; after a command they only count when they are given."""

    def default(value: object) -> object:
        return value if fallback else argparse.SUPPRESS

    parser.add_argument(
        "--config",
        metavar="PATH",
        default=default(None),
        help="the configuration (default: CLINICMEDIA_CONFIG or ./config.yaml)",
    )
    parser.add_argument(
        "--by", metavar="NAME", default=default(None), help="who speaks (default: the login name)"
    )
    parser.add_argument(
        "--json",
        action="store_true",
        default=default(value=False),
        help="one JSON object on standard output, nothing else",
    )
    return parser


def _version() -> str:
    try:
        return version("clinicmedia")
    except PackageNotFoundError:
        return "a checkout that is not installed"
