"""Which constant rate a film gets."""

from __future__ import annotations

from fractions import Fraction

import pytest

from pipeline.tools.video.rates import RATES, exact_rate, output_rate


@pytest.mark.parametrize(
    ("average", "rate"),
    [
        ("15", "30"), ("10", "30"), ("12", "24"), ("25/2", "25"), ("7", "30"), ("1/10", "24"),
        ("24", "24"), ("2997/100", "30000/1001"), ("29", "30000/1001"), ("2999/100", "30"),
        ("11988/100", "60000/1001"), ("240", "60"), ("100", "50"), ("612", "30"),
    ],
)  # fmt: skip
def test_rates_are_chosen_so_that_motion_does_not_stutter(average: str, rate: str) -> None:
    """Slow rates are multiplied, fast ones halved, the rest go to the nearest."""
    chosen = output_rate(Fraction(average))
    assert chosen in RATES
    assert chosen == Fraction(rate)


def test_rates_survive_json() -> None:
    """The fraction is found again from the number."""
    for rate in RATES:
        assert exact_rate(float(rate)) == rate
        assert exact_rate(round(float(rate), 3)) == rate
    assert exact_rate(12.5) == Fraction(25, 2)
