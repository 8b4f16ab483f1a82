"""The command line: every command, the one place that prints and that knows exit codes.

`parser` says which commands there are; `jobs.commands` does them and answers with words, an
object and a code.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import logging
import os
import sys
import threading
import traceback
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType

from jobs.answers import BUG, FINE, Answer
from jobs.parser import make_parser
from jobs.progress import progress_for
from jobs.workspace import config_path, has_config, login_name, open_workspace
from pipeline.rules.errors import BadMedia, ClinicmediaError, UsageError

log = logging.getLogger("clinicmedia")

ExcInfo = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    _prepare_output()
    options = make_parser().parse_args(arguments)
    for name in ("why", "by"):
        # A stray byte in a reason must not keep a case up: the log shows it as a mark.
        if text := getattr(options, name, None):
            setattr(options, name, os.fsencode(text).decode("utf-8", "replace"))
    try:
        answer = _answer(options)
        _print(options, answer)
        if options.command == "demo" and options.serve:
            _serve(Path(options.folder))
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


def _prepare_output() -> None:
    """Log to standard error, and let no name that a terminal cannot show end a command."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    handler = logging.StreamHandler()
    handler.setFormatter(_Discreet("%(levelname)s %(message)s"))
    logging.basicConfig(level=logging.WARNING, handlers=[handler])
    logging.getLogger("clinicmedia").setLevel(logging.INFO)


class _Discreet(logging.Formatter):
    """Tells of an exception its type and the places in the code, never its words or values.

    Those may name a patient's file.
    """

    def formatException(self, ei: ExcInfo) -> str:  # noqa: N802 - the base's name
        """Return the places, the innermost last."""
        _, error, _ = ei
        return "" if error is None else f"{type(error).__name__}\n{_places(error)}"


def _places(error: BaseException) -> str:
    """Return where in the code an exception arose."""
    trace = traceback.extract_tb(error.__traceback__)
    return "\n".join(
        f"  {Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in trace[-8:]
    )


def _answer(options: argparse.Namespace) -> Answer:
    if options.command == "init":
        from jobs.commands.start import init_command  # noqa: PLC0415 - see _with_workspace

        return init_command(Path(options.folder), ask=_ask)
    if options.command == "demo":
        return _demo(options)
    if options.command == "lint" and not has_config(options.config):
        from jobs.commands.lint import lint_command  # noqa: PLC0415 - see _with_workspace

        return lint_command(None, file=Path(options.file) if options.file else None)
    return _with_workspace(options)


def _with_workspace(options: argparse.Namespace) -> Answer:
    # Each command imports what it needs: a plan has no use for S3 or the scheduler.
    from jobs import dispatch  # noqa: PLC0415 - as the line above says

    by = options.by or login_name()
    with (
        progress_for(options) as progress,
        open_workspace(config_path(options.config), by=by, progress=progress) as means,
    ):
        return dispatch.COMMANDS[options.command](means, options)


def _demo(options: argparse.Namespace) -> Answer:
    from jobs.commands.start import demo_command  # noqa: PLC0415 - as above

    with progress_for(options) as progress:
        return demo_command(Path(options.folder), progress=progress, small=options.small)


def _serve(folder: Path) -> None:
    """Show the demo's site until somebody stops it."""
    from jobs.commands.start import served  # noqa: PLC0415 - only for a person who looks at it

    with contextlib.suppress(KeyboardInterrupt), served(folder / "site") as url:
        print(f"Serving {url}index.html. Stop with Ctrl-C.", file=sys.stderr, flush=True)
        threading.Event().wait()


def _ask(question: str, usual: str) -> str:
    """Ask on the terminal; an empty answer takes what is usual."""
    hint = f" [{usual}]" if usual else ""
    # Standard output is for the answer alone.
    print(f"{question}{hint} ", end="", file=sys.stderr, flush=True)
    try:
        return input().strip() or usual
    except EOFError:
        raise UsageError(
            "The questions were not answered, so nothing was written.",
            remedy="Run it on a terminal, or hand the answers in, one a line.",
        ) from None


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
    print(
        f"This is a bug of Clinicmedia ({type(error).__name__}). Nothing is lost: what was begun "
        f"goes on with the next run. Please report these lines:\n{_places(error)}",
        file=sys.stderr,
    )
    return BUG
