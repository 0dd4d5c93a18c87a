"""The arithmetic of the figures, by known answers."""

from datetime import timedelta
from fractions import Fraction
from statistics import median as plain_median

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from services.evaluation.figures.arithmetic import Wait, half_up, mean, median, percent, wilson
from tests.examples import examples


def ended(*days: float) -> list[Wait]:
    return [Wait(timedelta(days=length), ended=True) for length in days]


def still_open(*days: float) -> list[Wait]:
    return [Wait(timedelta(days=length), ended=False) for length in days]


@pytest.mark.parametrize(
    ("value", "digits", "rounded"),
    [(Fraction(5, 2), 0, 3.0), (Fraction(1, 2), 0, 1.0), (Fraction(5, 4), 1, 1.3), (Fraction(649, 10), 0, 65.0)],
)
def test_a_half_is_rounded_up(value: Fraction, digits: int, rounded: float) -> None:
    assert half_up(value, digits) == rounded


@pytest.mark.parametrize(
    ("part", "whole", "found"),
    [
        (62, 80, 77.5),
        (84, 120, 70.0),
        (31, 31 + 9 + 6, 67.4),
        (18, 24, 75.0),
        (12, 30, 40.0),
        (0, 7, 0.0),
        (0, 0, None),
    ],
)
def test_a_share_is_in_percent_and_there_is_none_of_nothing(part: int, whole: int, found: float | None) -> None:
    assert percent(part, whole) == found


def test_a_mean_needs_values() -> None:
    assert mean([5, 4]) == 4.5
    assert mean([5, 4, 4]) == 4.33
    assert mean([]) is None


@pytest.mark.parametrize(("part", "whole", "interval"), [(12, 30, (24.6, 57.7)), (0, 8, (0.0, 32.4)), (0, 0, None)])
def test_the_interval_of_a_share_is_known_for_small_numbers_too(
    part: int, whole: int, interval: tuple[float, float] | None
) -> None:
    assert wilson(part, whole) == interval


@examples(100)
@given(st.integers(0, 500), st.integers(1, 500))
def test_the_interval_holds_the_share_and_stays_between_0_and_100(part: int, whole: int) -> None:
    part = min(part, whole)
    interval = wilson(part, whole)
    assert interval is not None
    assert 0 <= interval[0] <= half_up(Fraction(100 * part, whole), 1) <= interval[1] <= 100


@pytest.mark.parametrize(
    ("waits", "days"),
    [
        (ended(3, 5, 8, 13, 21), 8),
        (ended(3, 5, 8, 13, 21) + still_open(30), 10.5),
        (ended(3, 5, 8, 13, 21) + still_open(4), 8),
        (ended(5, 5, 5, 5), 5),
        (ended(1, 2) + still_open(30, 30), 2),
        (ended(1) + still_open(30, 30), None),
        (still_open(1, 2), None),
        ([], None),
    ],
)
def test_the_median_counts_those_who_still_wait(waits: list[Wait], days: float | None) -> None:
    assert median(waits) == (None if days is None else timedelta(days=days))


@examples(100)
@given(st.lists(st.integers(0, 400), min_size=1, max_size=60))
def test_without_anybody_waiting_it_is_the_plain_median(days: list[int]) -> None:
    assert median(ended(*days)) == timedelta(days=plain_median(days))


@examples(100)
@given(st.lists(st.integers(0, 100), min_size=1), st.lists(st.integers(101, 200)))
def test_who_has_waited_longer_than_all_others_counts_like_an_endless_wait(
    matched: list[int], open_: list[int]
) -> None:
    assume(len(matched) > len(open_))
    expected = plain_median(matched + [10**6] * len(open_))
    assert median(ended(*matched) + still_open(*open_)) == timedelta(days=expected)
