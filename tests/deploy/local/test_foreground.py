import os
import signal
from collections.abc import Iterator
from contextlib import ExitStack

import pytest
import typer

from deploy.local.foreground import SIGNALS, failing_with_a_sentence, stoppable
from deploy.local.processes import CannotStart


@pytest.fixture(autouse=True)
def nothing_is_ignored() -> Iterator[None]:
    """As in a terminal, even if the tests run under nohup or in the background."""
    before = {each: signal.signal(each, signal.default_int_handler) for each in SIGNALS}
    yield
    for each, handler in before.items():
        signal.signal(each, handler)


@pytest.mark.parametrize("number", SIGNALS)
def test_a_signal_ends_the_block_with_its_code(number: signal.Signals) -> None:
    before = [signal.getsignal(each) for each in SIGNALS]
    with pytest.raises(typer.Exit) as ended, stoppable(code=7):
        os.kill(os.getpid(), number)
    assert ended.value.exit_code == 7
    assert [signal.getsignal(each) for each in SIGNALS] == before


def test_no_second_signal_disturbs_the_end() -> None:
    undone: list[str] = []

    def undo() -> None:
        os.kill(os.getpid(), signal.SIGINT)
        os.kill(os.getpid(), signal.SIGHUP)
        undone.append("all")

    stack = ExitStack()
    stack.callback(undo)
    with pytest.raises(typer.Exit), stoppable(code=0), stack:
        os.kill(os.getpid(), signal.SIGTERM)
    assert undone == ["all"]


def test_a_signal_that_was_ignored_before_stays_so() -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with stoppable(code=0):
            os.kill(os.getpid(), signal.SIGHUP)
        assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGHUP, before)


def test_what_is_known_to_go_wrong_is_a_sentence_and_a_code(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(typer.Exit) as ended, failing_with_a_sentence():
        raise CannotStart("The disk is full: make room.")
    assert ended.value.exit_code == 1
    assert capsys.readouterr().err == "The disk is full: make room.\n"
