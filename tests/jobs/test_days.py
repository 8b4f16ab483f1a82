"""Days as they are typed on the command line."""

from __future__ import annotations

from datetime import date

import pytest

from jobs.days import day_of
from pipeline.rules.errors import UsageError


def test_a_day_is_read() -> None:
    """Year, month, day; nothing typed is no day."""
    assert day_of("2026-12-01") == date(2026, 12, 1)
    assert day_of(None) is None


@pytest.mark.parametrize("text", ["", "1.12.2026", "12/01/2026", "2026-13-01", "2026-02-30", "now"])
def test_what_is_no_day_is_refused_with_an_example(text: str) -> None:
    """Anything else is a usage error that shows how a day is written."""
    with pytest.raises(UsageError) as caught:
        day_of(text)
    assert "2026-12-01" in caught.value.remedy
