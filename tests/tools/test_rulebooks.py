"""Rule files: a workspace's own come first, and a broken one is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.rules.errors import UsageError
from pipeline.rules.lint.claims import lint_claims
from pipeline.tools.rulebooks import LANGUAGES, claim_rules, privacy_rules

OWN = """\
language: en
rules:
  - {id: house, strength: tell, source: our house style, dated: "2026-01-01", remedy: write client,
     ways: [{patterns: customer}]}
"""


def test_every_language_has_both_files() -> None:
    """The packaged rules are there for each language."""
    assert tuple(book.language for book in claim_rules()) == LANGUAGES
    assert tuple(book.language for book in privacy_rules()) == LANGUAGES


def test_a_workspaces_own_file_takes_the_place(tmp_path: Path) -> None:
    """The clinic's English rules hold instead of the packaged ones, the other language stays."""
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "claims.en.yaml").write_text(OWN)
    rules = claim_rules([tmp_path])
    assert [
        each.rule
        for each in lint_claims("A sale for the customer. It heals your neck.", rules=rules)
    ] == ["house"]
    assert [book.language for book in rules] == list(LANGUAGES)


@pytest.mark.parametrize("text", ["language: en\nrules: [{id: x}]", "a: [", "- 1"])
def test_a_broken_file_says_which(tmp_path: Path, text: str) -> None:
    """A file that cannot be used is named, with what to do."""
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "privacy.en.yaml").write_text(text)
    with pytest.raises(UsageError, match=r"privacy\.en\.yaml"):
        privacy_rules([tmp_path])
