"""The labelled sentences of tests/data, how they are split, and how a lint is scored."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

FILE = Path(__file__).parent / "data" / "sentences.tsv"
CLAIMS = frozenset(
    [
        "cure",
        "guarantee",
        "absolute_or_comparative_figure",
        "immediacy",
        "superlative",
        "safety_absolute",
        "implied_typical_result",
    ]
)
PRIVACY = frozenset(["name", "phone", "email", "chart_number", "address", "fine_date"])


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence with what a careful officer marks in it."""

    language: str
    claims: frozenset[str]
    privacy: frozenset[str]
    text: str

    @property
    def held_out(self) -> bool:
        """Whether it belongs to the half that no rule was tuned on: told by its hash alone."""
        return int(hashlib.sha256(self.text.encode()).hexdigest()[0], 16) < 8


@dataclass(frozen=True, slots=True)
class Score:
    """Findings that were right, that were too many, and that were missed."""

    right: int
    wrong: int
    missed: int

    @property
    def precision(self) -> float:
        """The share of what was found that should have been."""
        return self.right / max(1, self.right + self.wrong)

    @property
    def recall(self) -> float:
        """The share of what should have been found that was."""
        return self.right / max(1, self.right + self.missed)

    def __str__(self) -> str:
        """The figures as they are quoted."""
        return (
            f"precision {self.precision:.3f}, recall {self.recall:.3f} "
            f"({self.right} right, {self.wrong} wrong, {self.missed} missed)"
        )


def sentences() -> list[Sentence]:
    """Every sentence of the file."""
    found = []
    for line in FILE.read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            language, claims, privacy, text = line.split("\t")
            found.append(Sentence(language, _labels(claims), _labels(privacy), text))
    return found


def heading(name: str) -> list[str]:
    """What the file's heading lists under a name: the roster, the codes, the clinic's own."""
    for line in FILE.read_text(encoding="utf-8").splitlines():
        if line.startswith(f"# The {name}: "):
            return line.removeprefix(f"# The {name}: ").split("; ")
    raise KeyError(name)


def scored(
    those: Iterable[Sentence],
    *,
    wanted: Callable[[Sentence], frozenset[str]],
    found: Callable[[Sentence], frozenset[str]],
) -> Score:
    """Count kinds of findings, each once a sentence."""
    right = wrong = missed = 0
    for each in those:
        want, got = wanted(each), found(each)
        right += len(want & got)
        wrong += len(got - want)
        missed += len(want - got)
    return Score(right, wrong, missed)


def _labels(cell: str) -> frozenset[str]:
    return frozenset() if cell == "-" else frozenset(cell.split(","))
