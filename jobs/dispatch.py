"""Which function does which command, with what of its options."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

from jobs.answers import Answer
from jobs.commands import consent, files, lanes, lint, looking, proof, word
from jobs.days import day_of
from jobs.following import Following
from jobs.workspace import config_path, open_workspace
from pipeline.steps.means import Means

Command = Callable[[Means, argparse.Namespace], Answer]


def _run(means: Means, options: argparse.Namespace) -> Answer:
    if options.once:
        return lanes.run_once(means)
    from jobs.schedule import run_until_stopped  # noqa: PLC0415 - only `run` needs a scheduler

    path = config_path(options.config)
    following = Following(
        means,
        path=path,
        reopen=lambda: open_workspace(path, by=means.by, progress=means.progress, now=means.now),
    )
    # With --json standard output is for the one object.
    where = sys.stderr if options.json else sys.stdout
    run_until_stopped(following, say=lambda text: print(text, file=where, flush=True))
    return Answer("", {"version": 1})


def _consent(means: Means, options: argparse.Namespace) -> Answer:
    return CONSENT[options.act](means, options)


CONSENT: dict[str, Command] = {
    "add": lambda m, o: consent.add_command(m, file=Path(o.file)),
    "import": lambda m, o: consent.add_command(m, file=Path(o.file)),
    "list": lambda m, _: consent.list_command(m),
    "show": lambda m, o: consent.show_command(m, consent=o.id),
    "report": lambda m, o: consent.report_command(m, consent=o.id),
    "end": lambda m, o: consent.end_command(m, consent=o.id, on=day_of(o.on)),
    "revoke": lambda m, o: consent.revoke_command(
        m, consent=o.id, subject=o.subject, received_at=o.received_at
    ),
}

COMMANDS: dict[str, Command] = {
    "run": _run,
    "intake": lambda m, _: lanes.intake_command(m),
    "render": lambda m, _: lanes.render_command(m),
    "publish": lambda m, _: lanes.publish_command(m),
    "withdraw": lambda m, _: lanes.withdraw_command(m),
    "watch": lambda m, _: lanes.watch_command(m),
    "status": lambda m, _: looking.status_command(m),
    "show": lambda m, o: looking.show_command(m, case=o.case),
    "plan": lambda m, o: looking.plan_command(m, case=o.case),
    "verify": lambda m, _: proof.verify_command(m),
    "doctor": lambda m, _: proof.doctor_command(m),
    "edit": lambda m, o: files.edit_command(m, case=o.case, file=Path(o.file)),
    "originals": lambda m, o: files.originals_command(m, case=o.case, folder=Path(o.folder)),
    "export": lambda m, o: files.export_command(
        m, case=o.case, channel=o.channel, folder=Path(o.folder)
    ),
    "approve": lambda m, o: word.approve_command(m, case=o.case, why=o.why),
    "hold": lambda m, o: word.hold_command(m, case=o.case, why=o.why),
    "release": lambda m, o: word.release_command(m, case=o.case, why=o.why),
    "retract": lambda m, o: word.retract_command(m, case=o.case, why=o.why),
    "take-out": lambda m, o: word.take_out_command(m, case=o.case, file=o.file, why=o.why),
    "lint": lambda m, o: lint.lint_command(m, file=Path(o.file) if o.file else None),
    "consent": _consent,
}
