"""What a process does per second, from what it has done so far."""

import pytest

from shared.engine.coordination.replicas import Rates, rates
from shared.observe.metrics import SECONDS, Durations, Totals


def totals(events: int = 0, batches: int = 0, **commands: int) -> Totals:
    """Commands by the place of their bucket, such as `at0=3`."""
    buckets = tuple(commands.get(f"at{place}", 0) for place in range(len(SECONDS) + 1))
    durations = Durations(0.0, buckets)
    return Totals(events, events * 2, sum(buckets), durations, batches, events)


def test_rates_are_of_what_has_happened_in_between() -> None:
    found = rates(totals(events=100, batches=10), totals(events=300, batches=14, at0=20), seconds=10)
    assert (found.events_in_per_second, found.events_out_per_second) == (20, 40)
    assert (found.commands_per_second, found.batch_size) == (2, 50)


def test_of_what_has_not_happened_nothing_is_said() -> None:
    same = totals(events=100, batches=10, at3=7)
    assert rates(same, same, seconds=2) == Rates(0, 0, 0, None, None, None)


def test_the_time_of_a_share_of_the_commands_lies_between_the_bounds_of_its_bucket() -> None:
    found = rates(totals(), totals(at0=50, at2=50), seconds=2)
    assert found.command_p50_ms == pytest.approx(5)
    assert found.command_p95_ms == pytest.approx(10 + 0.9 * 15)


def test_what_took_longer_than_all_bounds_took_at_least_the_last_one() -> None:
    found = rates(totals(), totals(at12=3), seconds=2)
    assert found.command_p50_ms == found.command_p95_ms == 30_000
