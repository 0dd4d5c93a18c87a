"""What a lane remembers of its head, and forgets with it."""

from shared.engine.authoring.context import NotYet
from shared.engine.failures.lanes import SHORTEST, Lane
from tests.shared.engine.shop import START


def test_the_pauses_of_the_next_one_begin_anew() -> None:
    waiting = Lane(id="note/t1", tail=2)
    for _ in range(3):
        waiting.wait(START, RuntimeError("the till is broken"))
    assert (waiting.attempts, waiting.wake_at) == (3, START + 4 * SHORTEST)
    waiting.advance(START)
    assert (waiting.head, waiting.attempts, waiting.wake_at, waiting.error) == (1, 0, START, None)
    waiting.wait(START, RuntimeError("the till is broken"))
    assert (waiting.attempts, waiting.wake_at) == (1, START + SHORTEST)


def test_what_waits_for_something_else_forgets_what_it_failed_with() -> None:
    waiting = Lane(id="note/t1", tail=1)
    waiting.wait(START, RuntimeError("the till is broken"))
    waiting.wait(START, NotYet("till/acme/t1"))
    assert (waiting.attempts, waiting.waiting_for, waiting.error) == (1, "till/acme/t1", None)
