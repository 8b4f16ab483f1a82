"""Claims and privacy in a text: `lint`. Needs no workspace, but uses one that is there."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from jobs.answers import FINE, NEEDS_PERSON, Answer
from pipeline.rules.errors import UsageError
from pipeline.rules.lint.claims import lint_claims
from pipeline.rules.lint.findings import Finding, Strength, in_order
from pipeline.rules.lint.privacy import lint_privacy
from pipeline.rules.signed.elements import RecordKind
from pipeline.steps.means import Means
from pipeline.tools.catalog import cases, consents
from pipeline.tools.documents import Unreadable, read_text
from pipeline.tools.rulebooks import claim_rules, privacy_rules

_WORD = {
    Strength.REFUSE: "Not to be published",
    Strength.ASK: "Needs proof or other words",
    Strength.TELL: "To know",
}
_NO_ROSTER = "No workspace here: names are found by how they are introduced, not by your records."


def lint_command(means: Means | None, *, file: Path | None) -> Answer:
    """Lint a text file, or standard input when no file is named."""
    text = _text(file)
    found = in_order([*_claims(text, means=means), *_privacy(text, means=means)])
    grave = any(each.strength is not Strength.TELL for each in found)
    lines = [line for each in found for line in _lines(each, text=text)]
    if not found:
        lines.append("Nothing found.")
    if means is None:
        lines.append(_NO_ROSTER)
    return Answer(
        "\n".join(lines),
        {"version": 1, "findings": [_json(each) for each in found]},
        NEEDS_PERSON if grave else FINE,
    )


def _claims(text: str, *, means: Means | None) -> tuple[Finding, ...]:
    return lint_claims(text, rules=claim_rules(means.templates if means else ()))


def _privacy(text: str, *, means: Means | None) -> tuple[Finding, ...]:
    rules = privacy_rules(means.templates if means else ())
    if means is None:
        return lint_privacy(text, rules=rules)
    with means.catalog.read() as connection:
        records = [each.record for each in consents.every(connection)]
        subjects = {row.subject for row in cases.every(connection)}
    names = [
        name
        for record in records
        if record.kind is not RecordKind.LICENCE  # a creator's name is shown: it is the credit
        for name in (record.signed_by, record.representative and record.representative.name)
        if name
    ]
    codes = subjects | {record.subject for record in records if record.subject}
    clinic = means.config.clinic
    return lint_privacy(
        text, rules=rules, roster=names, codes=codes, own=(clinic.name, clinic.contact)
    )


def _text(file: Path | None) -> str:
    try:
        return read_text(sys.stdin.buffer.read() if file is None else file.read_bytes())
    except OSError as error:
        raise UsageError(f"{file} cannot be opened: {error.strerror}.") from error
    except Unreadable as error:
        raise UsageError(f"{file or 'The text'} cannot be read: {error}.") from error


def _json(finding: Finding) -> dict[str, Any]:
    return {
        "rule": finding.rule,
        "strength": str(finding.strength),
        "quote": finding.quote,
        "source": finding.source,
        "remedy": finding.remedy,
    }


def _lines(finding: Finding, *, text: str) -> list[str]:
    line = text.count("\n", 0, finding.start) + 1
    quote = " ".join(finding.quote.split())
    return [
        f'Line {line}: "{quote}" ({finding.rule.replace("_", " ")}). {_WORD[finding.strength]}.',
        f"    → {finding.remedy}",
        f"    {finding.source}",
    ]
