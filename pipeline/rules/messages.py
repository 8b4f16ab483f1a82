"""Turns a reason into the two sentences that staff read, from a catalogue keyed by language."""

from __future__ import annotations

import string
from collections.abc import Mapping
from dataclasses import dataclass

from pipeline.rules.errors import Reason

Catalogue = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Sentence:
    """What happened and why, and what to do about it."""

    text: str
    remedy: str


class _Blanks(dict[str, str]):
    """Blanks that nobody filled stay visible instead of breaking the page of a whole clinic."""

    def __missing__(self, key: str) -> str:
        """Show the blank itself."""
        return f"({key})"


def say(reason: Reason, *, catalogue: Catalogue) -> Sentence:
    """Fill the catalogue's sentence for a reason; an unknown code says itself."""
    entry = catalogue.get(reason.code, {"text": reason.code, "remedy": ""})
    blanks = _Blanks(reason.facts)
    blanks.setdefault("file", reason.file or "this file")
    blanks.setdefault("channel", reason.channel or "any channel")
    fill = string.Formatter().vformat
    return Sentence(fill(entry["text"], (), blanks), fill(entry.get("remedy", ""), (), blanks))
