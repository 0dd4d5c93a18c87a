"""The clock of a sandbox goes from timer to timer, and stays where it is until nothing is left to do."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import pytest

from services.intake.clock.model import (
    MARGIN,
    MOST,
    ClockMoving,
    ClockNotForward,
    ClockTooFar,
    LiveOrganization,
    SandboxClock,
)
from shared.contracts.clock import ClockAdvanced, ClockFollowed
from shared.contracts.event import Event
from shared.ids import TenantId

NOW = datetime(2027, 3, 1, 9, 0, tzinfo=UTC)
DAY = timedelta(days=1)
SANDBOX = TenantId("sandbox-harbor")
SERVICES = ("evaluation", "intake", "matching", "notify", "sessions")
NEVER: Mapping[str, datetime] = {}


def moving(by: timedelta = DAY) -> SandboxClock:
    clock = SandboxClock(id=SANDBOX)
    clock.advance(by, NOW, SERVICES)
    return clock


def answer(
    clock: SandboxClock, activity: int = 0, now: datetime = NOW, next_due: Mapping[str, datetime] = NEVER
) -> list[Event]:
    """All services answer; returns what the last answer has caused."""
    events = list[Event]()
    for name in SERVICES:
        said = ClockFollowed(
            organization_id=SANDBOX, service=name, round=clock.round, activity=activity, next_due=next_due.get(name)
        )
        events = clock.record(said, now)
    return events


def reached(events: list[Event]) -> datetime:
    (moved,) = events
    assert isinstance(moved, ClockAdvanced)
    return moved.now


def test_at_first_what_is_under_way_is_finished_at_the_time_that_it_is() -> None:
    assert reached(SandboxClock(id=SANDBOX).advance(DAY, NOW, SERVICES)) == NOW


def test_it_stays_as_long_as_services_have_handled_something() -> None:
    clock = moving()
    answer(clock, activity=1)
    assert reached(answer(clock, activity=2)) == NOW
    assert reached(answer(clock, activity=2)) == NOW + DAY


def test_it_stays_until_all_have_answered() -> None:
    clock = moving()
    answer(clock)
    said = ClockFollowed(organization_id=SANDBOX, service="notify", round=clock.round, activity=0, next_due=None)
    assert clock.record(said, NOW) == []
    assert clock.waiting_for == ["evaluation", "intake", "matching", "sessions"]


def test_an_answer_to_an_earlier_round_is_passed_over() -> None:
    clock = moving()
    answer(clock)
    late = ClockFollowed(organization_id=SANDBOX, service="notify", round=clock.round - 1, activity=9, next_due=None)
    assert clock.record(late, NOW) == []
    assert "notify" in clock.waiting_for


def test_it_goes_to_the_next_timer_of_any_service_and_a_little_further() -> None:
    clock = moving()
    due = {"notify": NOW + timedelta(hours=9), "matching": NOW + timedelta(hours=5)}
    answer(clock, next_due=due)
    assert reached(answer(clock, next_due=due)) == NOW + timedelta(hours=5) + MARGIN


def test_it_goes_no_further_than_to_its_target() -> None:
    clock = moving()
    answer(clock, next_due={"notify": NOW + 2 * DAY})
    assert reached(answer(clock, next_due={"notify": NOW + 2 * DAY})) == NOW + DAY


def test_it_has_arrived_when_nothing_is_left_to_do_at_the_target() -> None:
    clock = moving()
    for _ in range(3):
        assert answer(clock)
    assert answer(clock, now=NOW + DAY) == []
    shown = clock.show(NOW + DAY)
    assert (shown.moving, shown.target, shown.waiting_for) == (False, NOW + DAY, [])
    assert {one.at for one in shown.followed.values()} == {NOW + DAY}


def test_it_is_ahead_of_the_machines_by_as_much_as_it_was_moved() -> None:
    clock = moving()
    answer(clock)
    answer(clock, now=NOW + timedelta(seconds=2))
    assert clock.offset == DAY - timedelta(seconds=2)


def test_time_that_goes_by_meanwhile_does_not_bring_it_back() -> None:
    clock = moving(timedelta(seconds=1))
    late = NOW + timedelta(seconds=5)
    answer(clock, now=late)
    assert reached(answer(clock, now=late)) == late
    assert clock.offset == timedelta()


def test_a_live_organization_s_clock_does_not_move() -> None:
    with pytest.raises(LiveOrganization, match="harbor is a live organization"):
        SandboxClock(id="harbor").advance(DAY, NOW, SERVICES)


@pytest.mark.parametrize("by", [timedelta(), -DAY, timedelta(microseconds=1)])
def test_it_does_not_move_backwards_or_stay(by: timedelta) -> None:
    with pytest.raises(ClockNotForward, match="2027-03-01T09:00:00Z: it can only be moved to a later time"):
        SandboxClock(id=SANDBOX).advance(by, NOW, SERVICES)


def test_it_moves_by_a_year_at_once_and_no_further() -> None:
    assert SandboxClock(id=SANDBOX).advance(MOST, NOW, SERVICES)
    assert SandboxClock(id=SANDBOX).advance(timedelta(milliseconds=1), NOW, SERVICES)
    with pytest.raises(ClockTooFar, match="366 at most"):
        SandboxClock(id=SANDBOX).advance(MOST + timedelta(milliseconds=1), NOW, SERVICES)


def test_while_it_moves_it_is_not_moved_again() -> None:
    with pytest.raises(ClockMoving, match="on its way to 2027-03-02T09:00:00Z"):
        moving().advance(DAY, NOW, SERVICES)


def test_once_it_has_arrived_it_can_be_moved_again_and_late_answers_change_nothing() -> None:
    clock = moving()
    for _ in range(4):
        answer(clock, now=NOW + DAY)
    assert not clock.is_moving
    late = ClockFollowed(organization_id=SANDBOX, service="notify", round=clock.round, activity=9, next_due=None)
    assert clock.record(late, NOW + DAY) == []
    assert clock.followed["notify"].activity == 0
    assert reached(clock.advance(DAY, NOW + DAY, SERVICES)) == NOW + DAY


def test_its_rounds_are_counted_one_by_one() -> None:
    clock = moving()
    assert clock.round == 1
    answer(clock)
    assert clock.round == 2
