"""The words of the public pages in one language: sentences with blanks, days, lengths of films."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo

_BLANK = re.compile(r"\{(\w+)\}")
_RIGHT_TO_LEFT = frozenset({"ar", "dv", "fa", "he", "ps", "ur", "yi"})


@dataclass(frozen=True, slots=True)
class Words:
    """The catalogue of one language. `texts` maps a key to a text with `{blank}`s."""

    language: str
    texts: Mapping[str, str]

    def say(self, key: str, **blanks: object) -> str:
        """The text of `key` with its blanks filled. Raises KeyError for an unknown key or blank."""
        return _BLANK.sub(lambda blank: str(blanks[blank[1]]), self.texts[key])

    def count(self, key: str, number: int) -> str:
        """The text of `<key>_one` or `<key>_many` with the blank `number`."""
        return self.say(f"{key}_one" if number == 1 else f"{key}_many", number=number)

    def day(self, moment: datetime, *, zone: tzinfo) -> str:
        """The day of an aware moment in that zone, in words: March 9, 2026."""
        local = moment.astimezone(zone)
        month = self.texts["months"].split()[local.month - 1]
        return self.say("date", day=local.day, month=month, year=local.year)

    def length(self, duration_s: float) -> str:
        """The length of a film as a player shows it: 0:42, 12:05, 1:02:05."""
        minutes, seconds = divmod(round(duration_s), 60)
        hours, minutes = divmod(minutes, 60)
        return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


def words_from(mapping: Mapping[str, object], *, language: str, base: Words | None = None) -> Words:
    """Words out of a parsed catalogue file; what it lacks is taken from `base`.

    Values that are no text are ignored, so that one slip never blanks a page.
    """
    texts = dict(base.texts) if base else {}
    texts.update({key: text for key, text in mapping.items() if isinstance(text, str)})
    return Words(language, texts)


def direction_of(language: str) -> str:
    """`rtl` for languages written from right to left, else `ltr`."""
    return "rtl" if language.partition("-")[0].lower() in _RIGHT_TO_LEFT else "ltr"
