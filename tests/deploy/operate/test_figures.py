from datetime import UTC, datetime

import pytest

from deploy.operate.figures import brief, lasting, milliseconds, moment, short

NOW = datetime(2027, 1, 19, 19, 22, 54, tzinfo=UTC)


@pytest.mark.parametrize(
    ("number", "shown"),
    [(0, "0"), (0.4, "0.4"), (3, "3"), (12.4, "12"), (999, "999"), (1204, "1.2k"), (9999, "10.0k"), (1.2e6, "1.2M")],
)
def test_a_number_takes_five_characters_at_most(number: float, shown: str) -> None:
    assert short(number) == shown


def test_a_count_that_was_not_finished_is_a_floor() -> None:
    assert (brief(9_000), brief(10_000)) == ("9.0k", "10k+")


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [(0, "0s"), (0.42, "0.4s"), (9.96, "10s"), (119, "119s"), (120, "2m"), (7300, "2h"), (200_000, "2d")],
)
def test_how_long_something_lasts_is_told_in_its_largest_unit(seconds: float, shown: str) -> None:
    assert lasting(seconds) == shown


def test_a_latency_is_told_in_milliseconds_below_a_second() -> None:
    assert [milliseconds(each) for each in (None, 4.2, 999.6)] == ["-", "4ms", "1s"]


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("10m", "2027-01-19T19:12:54+00:00"),
        ("2h", "2027-01-19T17:22:54+00:00"),
        ("7d", "2027-01-12T19:22:54+00:00"),
        ("2026-01-31T12:00Z", "2026-01-31T12:00:00+00:00"),
        ("2026-01-31T12:00+02:00", "2026-01-31T10:00:00+00:00"),
    ],
)
def test_a_time_is_so_long_ago_or_has_its_offset(text: str, meant: str) -> None:
    assert moment(text, NOW).isoformat() == meant
