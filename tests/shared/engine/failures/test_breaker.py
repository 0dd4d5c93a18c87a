"""When a handler fails too often its messages are held back, and it is tried again with growing pauses."""

from shared.engine.failures.breaker import LEAST, LONGEST, SHARE, SHORTEST, WINDOW, Breaker, Breakers


def noted(*failed: bool, apart: float = 0.1, start: float = 0.0) -> Breaker:
    """A breaker that has seen these, so many seconds apart."""
    breaker = Breaker()
    for number, one in enumerate(failed):
        breaker.note(start + number * apart, one)
    return breaker


def some(failures: int, of: int) -> list[bool]:
    return [True] * failures + [False] * (of - failures)


def test_it_opens_when_more_than_a_fifth_of_a_minute_fails() -> None:
    assert not noted(*reversed(some(20, 100))).open
    assert noted(*reversed(some(21, 100))).open
    assert SHARE == 0.2


def test_it_says_nothing_of_a_handler_that_has_had_few_messages() -> None:
    assert not noted(*some(LEAST - 1, LEAST - 1)).open
    assert noted(*some(LEAST, LEAST)).open


def test_what_is_older_than_a_minute_no_longer_counts() -> None:
    breaker = noted(*some(19, 19))
    for number in range(81):
        breaker.note(WINDOW + 10 + number * 0.1, failed=number % 6 == 0)
    assert (breaker.open, breaker.failures, len(breaker.recent)) == (False, 14, 81)


def test_probes_come_with_growing_pauses_up_to_a_minute() -> None:
    breaker = noted(*some(20, 20), apart=0.0)
    pauses, now = [breaker.next_probe], breaker.next_probe
    for _ in range(8):
        breaker.probed(now, failed=True)
        pauses.append(breaker.next_probe - now)
        now = breaker.next_probe
    assert pauses == [SHORTEST, 2, 4, 8, 16, 32, LONGEST, LONGEST, LONGEST]


def test_one_probe_that_works_lets_all_go_and_forgets_what_was() -> None:
    breaker = noted(*some(20, 20))
    breaker.probed(5.0, failed=False)
    assert not breaker.open
    for number in range(LEAST - 1):
        breaker.note(6.0 + number, failed=True)
    assert not breaker.open
    breaker.note(40.0, failed=True)
    assert (breaker.open, breaker.next_probe) == (True, 40.0 + SHORTEST)


def test_failures_that_are_mostly_one_tenant_s_say_nothing_of_the_handler() -> None:
    breaker = Breaker()
    for number in range(2 * LEAST):
        breaker.note(number * 0.1, failed=True, tenant="poisoned" if number % 3 else "another")
    assert not breaker.open
    for number in range(LEAST):
        breaker.note(5.0, failed=True, tenant=f"tenant{number}")
    assert breaker.open


def test_a_paused_handler_lets_one_try_when_the_pause_is_over() -> None:
    breaker = noted(*some(LEAST, LEAST), apart=0.0)
    assert [breaker.admits(now, "a") for now in (0.5, SHORTEST, SHORTEST + 0.5)] == [False, True, False]
    breaker.probed(2.0, failed=True)
    assert [breaker.admits(now, "b") for now in (3.0, 4.0, 4.5)] == [False, True, False]


def test_each_handler_has_its_own() -> None:
    breakers = Breakers()
    for _ in range(LEAST):
        breakers.of("broken").note(1.0, failed=True)
        breakers.of("fine").note(1.0, failed=False)
    assert breakers.opened() == ["broken"]
