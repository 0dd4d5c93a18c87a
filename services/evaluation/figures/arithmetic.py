"""The arithmetic of the figures. Where there is nothing to divide by, there is no figure: None."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from fractions import Fraction
from math import floor, sqrt
from statistics import NormalDist

Z95 = NormalDist().inv_cdf(0.975)
TOLERANCE = 1e-9


def half_up(value: Fraction | float, digits: int) -> float:
    """Round as people do it: 0.5 goes up, where Python's `round` goes to the even digit."""
    scale: int = 10**digits
    return floor(Fraction(value) * scale + Fraction(1, 2)) / scale


def percent(part: int, whole: int) -> float | None:
    """Give the part in percent, to one digit."""
    return half_up(Fraction(100 * part, whole), 1) if whole else None


def mean(values: Sequence[int]) -> float | None:
    """Work out the mean, to two digits."""
    return half_up(Fraction(sum(values), len(values)), 2) if values else None


def wilson(part: int, whole: int) -> tuple[float, float] | None:
    """Work out the 95 % interval of a share in percent (Wilson 1927), to one digit; right for small numbers, too."""
    if not whole:
        return None
    share, square = part / whole, Z95 * Z95
    middle = share + square / (2 * whole)
    spread = Z95 * sqrt(share * (1 - share) / whole + square / (4 * whole * whole))
    low, high = ((middle + side * spread) / (1 + square / whole) for side in (-1, 1))
    return half_up(100 * max(low, 0.0), 1), half_up(100 * min(high, 1.0), 1)


@dataclass(slots=True, frozen=True)
class Wait:
    """How long somebody has waited; `ended` is False for who still waits, or has given up."""

    length: timedelta
    ended: bool


def median(waits: Sequence[Wait]) -> timedelta | None:
    """Work out how long half of those who wait do so at most; None while fewer than half have seen the end of it.

    The estimate of Kaplan and Meier (1958): who still waits counts with the time so far, instead of being left out,
    which would make slow programs look fast. Where exactly half wait for a while, it is the middle of that while, as
    in R's `survfit`. A wait that ends at the moment at which another is given up comes first.
    """
    waiting, left, half = 1.0, len(waits), None
    for wait in sorted(waits, key=lambda wait: (wait.length, not wait.ended)):
        if wait.ended:
            if half is not None:
                return (half + wait.length) / 2
            waiting *= (left - 1) / left
            if abs(waiting - 0.5) < TOLERANCE:
                half = wait.length
            elif waiting < 0.5:
                return wait.length
        left -= 1
    return half
