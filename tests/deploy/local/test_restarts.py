"""What has ended is started again, a few times; what does not help is not tried."""

import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from deploy.local.processes import Child
from deploy.local.restarts import MOST, WITHIN, PartEnded, Restarts
from deploy.local.system import System
from tests.deploy.local.endings import Ending
from tests.deploy.local.test_running import running

pytestmark = pytest.mark.real

WAITS = "import signal; print('up', flush=True); signal.pause()"
FAILS = "import sys; sys.exit('the disk is full')"


def child(folder: Path, code: str, name: str = "sessions") -> Child:
    return Child(name, [sys.executable, "-c", code], folder / f"{name}.log")


def ended(one: Child) -> None:
    """Wait until it has."""
    if one.is_running:
        assert Ending(one.pid).comes_within(20)


def kill(one: Child) -> None:
    os.kill(one.pid, signal.SIGKILL)
    ended(one)


class Clock:
    """Seconds, moved by a test."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


def test_a_process_that_died_is_started_again_and_that_is_told_with_the_reason(tmp_path: Path) -> None:
    told, noted = list[str](), list[int]()
    with child(tmp_path, WAITS) as one:
        before = one.pid
        restarts = Restarts([one], lambda: noted.append(one.pid))
        restarts.check(told.append)
        assert told == []
        kill(one)
        restarts.check(told.append)
        assert one.is_running
        assert one.pid != before
        assert noted == [one.pid]
    (sentence,) = told
    assert "sessions was ended by SIGKILL" in sentence
    assert "sessions was started again; that happens 3 times a minute at most." in sentence


def test_what_ends_again_and_again_ends_all_with_its_last_words_and_what_to_do(tmp_path: Path) -> None:
    told = list[str]()
    with child(tmp_path, FAILS) as one:
        restarts = Restarts([one])
        for _ in range(MOST):
            ended(one)
            restarts.check(told.append)
        ended(one)
        words = r"(?s)sessions ended with code 1.*the disk is full.*3 times within a minute.*`ithaca up` begins anew"
        with pytest.raises(PartEnded, match=words):
            restarts.check(told.append)
    assert len(told) == MOST
    assert all("the disk is full" in sentence for sentence in told)


def test_who_dies_seldom_is_started_again_for_ever(tmp_path: Path) -> None:
    clock, told = Clock(), list[str]()
    with child(tmp_path, WAITS) as one:
        restarts = Restarts([one], now=clock)
        for _ in range(3 * MOST):
            kill(one)
            restarts.check(told.append)
            clock.seconds += WITHIN / MOST
    assert len(told) == 3 * MOST


def test_a_wrong_setting_is_not_tried_again(tmp_path: Path) -> None:
    code = f"import sys; print('ITHACA_SHARDS: wrong'); sys.exit({os.EX_CONFIG})"
    with child(tmp_path, code) as one:
        ended(one)
        with pytest.raises(PartEnded, match=r"(?s)ended with code 78.*ITHACA_SHARDS: wrong.*The rest was stopped"):
            Restarts([one]).check(_nothing_is_told)


def test_each_process_is_counted_by_itself(tmp_path: Path) -> None:
    told = list[str]()
    with (
        child(tmp_path, WAITS) as one,
        Child("intake", [sys.executable, "-c", WAITS], tmp_path / "intake.log") as other,
    ):
        restarts = Restarts([one, other])
        for victim in [one] * MOST + [other]:
            kill(victim)
            restarts.check(told.append)
        assert other.is_running
    assert len(told) == MOST + 1


def test_what_is_shown_was_said_since_the_last_start_and_the_log_has_all_of_it(tmp_path: Path) -> None:
    told, pids = list[str](), list[int]()
    with child(tmp_path, "import os, sys; print('ERROR', os.getpid()); sys.exit(1)") as one:
        restarts = Restarts([one])
        for _ in range(MOST):
            ended(one)
            pids.append(one.pid)
            restarts.check(told.append)
        ended(one)
        assert [f"ERROR {pid}" in sentence for pid, sentence in zip(pids, told, strict=True)] == [True] * MOST
        assert [sentence.count("ERROR") for sentence in told] == [1] * MOST
        assert one.log.read_text().count("ERROR") == MOST + 1


def test_a_system_is_watched_until_a_process_ends_for_good(tmp_path: Path) -> None:
    told = list[str]()
    with child(tmp_path, FAILS) as one:
        system = System(running(tmp_path), Restarts([one]), download_seconds=0, mongo_version="")
        with pytest.raises(PartEnded, match="the disk is full"):
            system.watch(told.append)
    assert len(told) == MOST


_nothing_is_told: Callable[[str], None] = pytest.fail
