"""Turns a reason into the two sentences that staff read, from a catalogue keyed by language."""

from __future__ import annotations

import string
from collections.abc import Mapping
from dataclasses import dataclass

from pipeline.rules.errors import Reason

Catalogue = Mapping[str, Mapping[str, str]]


# What stands in a sentence's blank when the reason is of no file or channel in particular.
NOT_SAID = {"file": "this_file", "channel": "any_channel"}


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
    entry = catalogue.get(reason.code)
    if entry is None:
        return Sentence(reason.code, "")
    blanks = _Blanks(reason.facts)
    for blank, value in (("file", reason.file), ("channel", reason.channel)):
        spoken = value or catalogue.get(NOT_SAID[blank], {}).get("text")
        if spoken:
            blanks.setdefault(blank, spoken)
    fill = string.Formatter().vformat
    return Sentence(fill(entry["text"], (), blanks), fill(entry.get("remedy", ""), (), blanks))
