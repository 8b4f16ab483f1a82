"""The command line: every command, the one place that prints and that knows exit codes.

`parser` says which commands there are; `jobs.commands` does them and answers with words, an
object and a code.
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path

from jobs.answers import BUG, FINE, Answer
from jobs.parser import LATER, make_parser
from jobs.progress import progress_for
from jobs.workspace import config_path, login_name, open_workspace
from pipeline.rules.errors import BadMedia, ClinicmediaError, UsageError

log = logging.getLogger("clinicmedia")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(message)s")
    logging.getLogger("clinicmedia").setLevel(logging.INFO)
    options = make_parser().parse_args(arguments)
    try:
        answer = _answer(options)
        _print(options, answer)
    except ClinicmediaError as error:
        return _failed(options, error)
    except KeyboardInterrupt:
        print("Stopped. What was begun goes on with the next run.", file=sys.stderr)
        return FINE
    except BrokenPipeError:
        # Whoever read our output has seen enough; Python must not complain at its own end.
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115, PTH123 - for good
        return FINE
    except Exception as error:  # noqa: BLE001 - a bug has its own exit code, never Python's 1
        return _bug(options, error)
    return answer.code


def _answer(options: argparse.Namespace) -> Answer:
    if options.command in LATER:
        raise UsageError(f"'clinicmedia {options.command}' belongs to a later version.")
    if options.command == "init":
        from jobs.commands.start import init_command  # noqa: PLC0415 - see _with_workspace

        return init_command(Path(options.folder), ask=_ask)
    if options.command == "demo":
        return _demo(options)
    return _with_workspace(options)


def _with_workspace(options: argparse.Namespace) -> Answer:
    # Each command imports what it needs: a plan has no use for S3 or the scheduler.
    from jobs import dispatch  # noqa: PLC0415

    by = options.by or login_name()
    with (
        progress_for(options) as progress,
        open_workspace(config_path(options.config), by=by, progress=progress) as means,
    ):
        return dispatch.COMMANDS[options.command](means, options)


def _demo(options: argparse.Namespace) -> Answer:
    from jobs.commands.start import demo_command, served  # noqa: PLC0415 - as above

    folder = Path(options.folder)
    with progress_for(options) as progress:
        answer = demo_command(folder, progress=progress, small=options.small)
    if not options.serve:
        return answer
    _print(options, answer)
    with served(folder / "site", base_url="http://127.0.0.1:8000/") as url:
        print(f"Serving {url}index.html. Stop with Ctrl-C.", flush=True)
        _wait()
    return Answer("", {}, answer.code)


def _wait() -> None:
    import threading  # noqa: PLC0415 - only for a person who looks at the demo

    try:
        threading.Event().wait()
    except KeyboardInterrupt:
        return


def _ask(question: str, usual: str) -> str:
    """Ask on the terminal; an empty answer takes what is usual."""
    hint = f" [{usual}]" if usual else ""
    return input(f"{question}{hint} ").strip() or usual


def _print(options: argparse.Namespace, answer: Answer) -> None:
    if options.json:
        print(json.dumps(answer.data, ensure_ascii=False, indent=2))
    elif answer.text:
        print(answer.text)
    sys.stdout.flush()


def _failed(options: argparse.Namespace, error: ClinicmediaError) -> int:
    text, remedy = error.text, error.remedy
    if isinstance(error, BadMedia):
        text, remedy = error.reason.code, ""
    if options.json:
        print(json.dumps({"version": 1, "error": {"text": text, "remedy": remedy}}))
    print(text, file=sys.stderr)
    if remedy:
        print(f"→ {remedy}", file=sys.stderr)
    return error.exit_code


def _bug(options: argparse.Namespace, error: Exception) -> int:
    if options.json:
        print(json.dumps({"version": 1, "error": {"text": "a bug", "remedy": ""}}))
    trace = traceback.extract_tb(error.__traceback__)
    print(
        f"This is a bug of Clinicmedia ({type(error).__name__}). Nothing is lost: what was begun "
        "goes on with the next run. Please report these lines:",
        file=sys.stderr,
    )
    # Values of an exception may name a patient's file; places in the code never do.
    for frame in trace[-8:]:
        print(f"  {Path(frame.filename).name}:{frame.lineno} {frame.name}", file=sys.stderr)
    return BUG
