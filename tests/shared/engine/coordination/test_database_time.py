"""Every process goes by the database's time, whatever its machine's clock says, and knows how wrong that one is."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from structlog.testing import capture_logs

from shared.engine.coordination.database_time import EVERY, RECENT, DatabaseTime
from shared.engine.memory.store import MemoryStore
from shared.engine.ports.store import Unavailable
from tests.shared.engine.shop import START, virtual

DAY = 86_400.0


class Place:
    """A database and a machine with a clock each, and a way between them that takes its time."""

    def __init__(self, off: float = 0.0) -> None:
        self.off, self.database_off, self.slept = off, 0.0, 0.0
        self.there, self.back, self.away = 0.001, 0.001, False
        self.store = MemoryStore(self.pause, lambda: self.truth().timestamp())
        self.time = DatabaseTime(self.store, self.machine)
        self.is_on_its_way = False

    def truth(self) -> datetime:
        """The database's clock."""
        passed = asyncio.get_running_loop().time() + self.database_off + self.slept
        return START + timedelta(seconds=passed)

    def machine(self) -> datetime:
        """The machine's clock."""
        return self.truth() + timedelta(seconds=self.off)

    async def pause(self) -> None:
        """The way there, then the way back."""
        if self.away:
            raise Unavailable("gone")
        self.is_on_its_way = not self.is_on_its_way
        await asyncio.sleep(self.there if self.is_on_its_way else self.back)

    def error(self) -> float:
        """Seconds by which the process is off the database's time."""
        return (self.time() - self.truth()).total_seconds()


@virtual
async def test_a_process_has_the_database_s_time_though_its_machine_is_a_day_ahead() -> None:
    place = Place(off=DAY)
    assert place.error() == DAY  # it knows no better
    await place.time.measure()
    assert abs(place.error()) < 0.01
    assert place.time.offset == pytest.approx(DAY, abs=0.01)
    await asyncio.sleep(1000)
    assert abs(place.error()) < 0.01


@virtual
async def test_nothing_is_right_before_the_database_s_time_is_known() -> None:
    place = Place()
    assert not place.time.is_right
    assert place.time.problem == "The database's time is not known yet"
    await place.time.measure()
    assert place.time.is_right
    assert place.time.problem == ""


@pytest.mark.parametrize(("there", "back"), [(20.0, 0.0), (0.0, 20.0), (10.0, 10.0)])
def test_a_slow_answer_is_no_wrong_clock(there: float, back: float) -> None:
    @virtual
    async def story() -> None:
        place = Place()
        place.there, place.back = there, back
        await place.time.measure()
        assert abs(place.error()) <= 10.01  # it knows as much as it can
        assert place.time.is_right
        assert place.time.problem == ""

    story()


@virtual
async def test_of_recent_measurements_the_best_counts() -> None:
    place = Place()
    await place.time.measure()
    place.there, place.back = 8.0, 0.0
    for _ in range(RECENT - 1):
        await place.time.measure()
        assert abs(place.error()) < 0.01
    place.there, place.back = 0.5, 0.0
    await place.time.measure()
    assert place.error() == pytest.approx(0.25, abs=0.01)


@pytest.mark.parametrize("off", [-DAY, -6.0, 6.0, DAY])
def test_a_clock_that_is_set_wrong_is_known_at_once_and_known_as_right_again(off: float) -> None:
    @virtual
    async def story() -> None:
        place = Place()
        await place.time.measure()
        place.off = off
        assert not place.time.is_right
        assert ("ahead of" if off > 0 else "behind") in place.time.problem
        assert abs(place.error()) < 0.01
        place.off = 0.0
        assert place.time.is_right

    story()


@virtual
async def test_a_clock_that_is_a_little_off_is_said_once_and_does_no_harm() -> None:
    place = Place(off=3.0)
    with capture_logs() as lines:
        for _ in range(3):
            await place.time.measure()
        place.off = 0.0
        await place.time.measure()
    assert [line["event"] for line in lines] == ["clock.off", "clock.right_again"]
    place.off = 3.0
    assert place.time.is_right
    assert place.time.problem == "This machine's clock is 3.0 s ahead of the database's"


@virtual
async def test_who_has_slept_knows_the_time_again_with_the_next_measurement() -> None:
    place = Place()
    await place.time.measure()
    place.slept = 3600.0
    assert not place.time.is_right  # the machine's clock has gone on, the loop's time has not
    await place.time.measure()
    assert place.time.is_right
    assert abs(place.error()) < 0.01


@virtual
async def test_when_the_database_s_clock_is_set_what_was_measured_before_is_forgotten() -> None:
    place = Place()
    for _ in range(RECENT):
        await place.time.measure()
    before = place.time.steady_since
    place.database_off, place.off = -40.0, 40.0
    place.there = 1.0
    await place.time.measure()
    assert place.time.steady_since > before
    assert abs(place.error()) <= 0.51
    assert not place.time.is_right


@virtual
async def test_it_is_measured_for_ever_and_a_database_that_is_away_changes_nothing() -> None:
    place = Place()
    await place.time.measure()
    running = asyncio.create_task(place.time.run())
    place.away = True
    await asyncio.sleep(10 * EVERY)
    assert abs(place.error()) < 0.01
    place.away, place.slept = False, DAY
    await asyncio.sleep(2 * EVERY)
    assert abs(place.error()) < 0.01
    running.cancel()


@virtual
async def test_it_is_a_moment_in_utc_to_the_millisecond() -> None:
    place = Place()
    await place.time.measure()
    now = place.time()
    assert now.tzinfo is UTC
    assert now.microsecond % 1000 == 0
