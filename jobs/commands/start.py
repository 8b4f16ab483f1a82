"""The first steps: init makes a new workspace, demo walks sample cases through all of it."""

from __future__ import annotations

import contextlib
import http.server
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo, available_timezones

from jobs.answers import Answer
from jobs.commands.consent import add_command
from jobs.commands.files import make_folder
from jobs.commands.lanes import run_once
from jobs.commands.looking import status_command
from jobs.workspace import login_name, open_workspace, system_now
from pipeline.config import parse
from pipeline.rules.errors import UsageError
from pipeline.rules.spelling import likeliest
from pipeline.steps.means import Progress
from pipeline.tools.documents import write_mapping
from pipeline.tools.templating import packaged_templates

ASKED = (
    ("name", "What is the clinic called?", ""),
    ("url", "What is the address of its web site?", "https://"),
    ("time_zone", "In which time zone is it?", "America/New_York"),
    ("language", "In which language are its pages (en or es)?", "en"),
    ("contact", "How can people reach it (telephone or e-mail)?", ""),
)
_EDITABLE = ("captions",)


def init_command(folder: Path, *, ask: Callable[[str, str], str]) -> Answer:
    """Ask a few questions and write a workspace.

    Raises:
        UsageError: the folder already holds a workspace, or an answer cannot be used.
    """
    if (folder / "config.yaml").exists():
        raise UsageError(
            f"{folder} already holds a workspace.",
            remedy="Name another folder, or edit its config.yaml.",
        )
    clinic = {name: ask(question, usual) for name, question, usual in ASKED}
    zone = clinic["time_zone"]
    if zone not in available_timezones():
        near = likeliest(zone, known=sorted(available_timezones()))
        raise UsageError(f"{zone} is no time zone.", remedy=f"Did you mean {near}?")
    wanted: dict[str, object] = {
        "clinic": {name: text for name, text in clinic.items() if text},
        "inbox": {"path": "inbox"},
        "catalog": {"url": "sqlite:///var/catalog.db"},
        "storage": {
            "private": {"kind": "local", "root": "var/private"},
            "public": {"kind": "local", "root": "site", "base_url": "http://127.0.0.1:8000/"},
        },
    }
    parse(wanted, name="These answers")
    make_folder(folder)
    for name in ("inbox", "inbox/_consents", "templates/treatments", "templates/brand"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    for name in _EDITABLE:
        shutil.copytree(
            packaged_templates() / name, folder / "templates" / name, dirs_exist_ok=True
        )
    (folder / "config.yaml").write_text(write_mapping(wanted), encoding="utf-8")
    return Answer(
        f"A new workspace is in {folder}.\n"
        f"  1. Drop a folder named treatment--chart number into {folder / 'inbox'},\n"
        "     for example dry-needling--0042, with pictures named before and after.\n"
        f"  2. Drop the consent record into {folder / 'inbox' / '_consents'}.\n"
        f"  3. clinicmedia run --config {folder / 'config.yaml'}",
        {"version": 1, "folder": str(folder)},
    )


def demo_command(folder: Path, *, progress: Progress, small: bool = False) -> Answer:
    """Walk sample cases through the whole pipeline in `folder`."""
    examples = examples_folder()
    config = folder / "config.yaml"
    if not config.exists():
        _prepare(folder, examples=examples, small=small)
    with open_workspace(config, by=login_name(), progress=progress) as means:
        said: list[str] = []
        for record in sorted((folder / "consents").glob("*.yaml")):
            add_command(means, file=record)
        ran = run_once(means)
        status = status_command(means)
    index = (folder / "site" / "index.html").resolve()
    said += [ran.text, "", status.text, "", f"The published site: {index.as_uri()}"]
    said.append("To look at it with embeds and films: clinicmedia demo --serve")
    return Answer("\n".join(said), {**status.data, "site": str(index), "run": ran.data})


def _prepare(folder: Path, *, examples: Path, small: bool) -> None:
    """Draw the media, and lay the demo clinic's configuration and copy beside them."""
    make_folder(folder)
    zone = ZoneInfo("America/New_York")
    today = system_now().astimezone(zone).date()
    arguments = [
        sys.executable,
        str(examples / "draw_media.py"),
        str(folder),
        "--today",
        today.isoformat(),
        *(["--small"] if small else []),
    ]
    done = subprocess.run(arguments, check=False, capture_output=True, text=True)
    if done.returncode != 0:
        raise UsageError(f"The sample media could not be drawn: {done.stderr.strip()[-500:]}")
    shutil.copytree(
        examples / "treatments", folder / "templates" / "treatments", dirs_exist_ok=True
    )
    # The configuration comes last: with it the folder is complete, and drawn only once.
    shutil.copyfile(examples / "config.yaml", folder / "config.yaml")


def examples_folder() -> Path:
    """Return where the drawing scripts lie: in a wheel, else in a checkout."""
    package = packaged_templates().parent
    return package / "examples"


@contextlib.contextmanager
def served(folder: Path, *, port: int = 8000) -> Iterator[str]:
    """Serve a folder on loopback, as a web server would.

    Raises:
        UsageError: another program has that port.
    """
    handler = partial(_Quiet, directory=str(folder))
    try:
        server = http.server.ThreadingHTTPServer(("127.0.0.1", port), handler)
    except OSError as error:
        raise UsageError(
            f"Another program uses port {port}, which the demo's addresses name.",
            remedy="Stop it and try again, or open the site's index.html as a file.",
        ) from error
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{port}/"
    finally:
        server.shutdown()
        server.server_close()


class _Quiet(http.server.SimpleHTTPRequestHandler):
    """Answers without a line on the terminal, and lets embeds fetch."""

    def end_headers(self) -> None:
        """Add the rule that the public bucket has, too."""
        self.send_header("Access-Control-Allow-Origin", "*")
        super().end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base's name
        """Say nothing."""
        del format, args
