"""Days as they are typed on the command line."""

from __future__ import annotations

from datetime import date

from pipeline.rules.errors import UsageError
from pipeline.rules.forms import read_day


def day_of(text: str | None) -> date | None:
    """Read a day of the command line; None when none was given.

    Raises:
        UsageError: it is none.
    """
    if text is None:
        return None
    day = read_day(text)
    if day is None:
        raise UsageError(f"'{text}' is no day.", remedy="Write it like 2026-12-01.")
    return day
