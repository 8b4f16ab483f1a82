"""The frame rates that we write, and which of them suits a source."""

from __future__ import annotations

from fractions import Fraction

_MAX_RATE = Fraction(60)
_NTSC = Fraction(1000, 1001)
_WHOLE = Fraction(1, 100)
RATES = tuple(
    sorted(
        [Fraction(each) for each in (24, 25, 30, 50, 60)] + [each * _NTSC for each in (24, 30, 60)]
    )
)


def output_rate(average: Fraction) -> Fraction:
    """Return the constant rate for a source of this average rate.

    Fast ones are halved until they fit; slow ones become a whole multiple where there is one, so
    that no motion stutters; everything else goes to the nearest rate that players know.
    """
    rate = average
    while rate > _MAX_RATE * Fraction(101, 100):
        rate /= 2
    if rate < RATES[0] * Fraction(9, 10):
        best = min(RATES, key=lambda each: (_from_whole(each / rate), each))
        return best if _from_whole(best / rate) < _WHOLE else Fraction(30)
    return min(RATES, key=lambda each: abs(each - rate))


def _from_whole(times: Fraction) -> Fraction:
    return abs(times - round(times))


def exact_rate(rate: float) -> Fraction:
    """Return the fraction that a rate from JSON stands for: 29.97 is 30000/1001."""
    nearest = min(RATES, key=lambda each: abs(each - rate))
    return nearest if abs(nearest - rate) < 0.005 else Fraction(rate).limit_denominator(1001)
