"""One test file runs within the blink of an eye only while nothing loads what it does not use."""

import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from threading import Event

import pytest

from shared.documents.places import ROOT
from tests.real import shared
from tests.workers import LONGEST, rank, unit

HEAVY = {"aiokafka", "deploy", "docker", "faststream", "fastapi", "pymongo", "testcontainers", "uvicorn"}
"""What starts real parts and serves; it takes seconds of a processor to load."""


@pytest.mark.real
@pytest.mark.parametrize("module", ["tests.conftest", "tests.real", "tests.scenario"])
def test_what_every_test_loads_leaves_out_what_only_real_parts_need(module: str) -> None:
    listing = f"import {module}, sys; print(*{{name.partition('.')[0] for name in sys.modules}})"
    done = subprocess.run([sys.executable, "-c", listing], capture_output=True, text=True, check=True)
    assert module.partition(".")[0] in done.stdout.split()
    assert HEAVY.isdisjoint(done.stdout.split())


def test_workers_share_a_part_that_stops_when_nobody_uses_it(tmp_path: Path) -> None:
    seen, is_used, may_leave = list[str](), Event(), Event()

    @contextmanager
    def part() -> Iterator[str]:
        seen.append("started")
        yield "address:1"
        seen.append("stopped")

    def first_worker() -> None:
        with shared(part, tmp_path / "note"):
            is_used.set()
            may_leave.wait()

    with ThreadPoolExecutor() as threads:
        first = threads.submit(first_worker)
        is_used.wait()
        with shared(part, tmp_path / "note") as address:
            may_leave.set()
            with pytest.raises(TimeoutError):
                first.result(timeout=0.2)
            assert (address, seen) == ("address:1", ["started"])
        first.result()
    assert seen == ["started", "stopped"]


def test_a_test_that_starts_a_program_unmarked_is_refused() -> None:
    with pytest.raises(AssertionError, match=r"mark it with `pytest.mark.real`"):
        subprocess.run([sys.executable, "--version"], check=True)


def test_files_that_share_a_system_go_to_one_worker_what_is_long_comes_first_and_what_waits_for_nothing_last() -> None:
    journey, real, plain = "tests/journeys/one_system/test_tour.py", "tests/deploy/test_a.py", "tests/test_b.py"
    units = [unit(f"{file}::test_it[x::y]") for file in (plain, real, LONGEST[1], journey)]
    assert units == [plain, real, LONGEST[1], "tests/journeys/one_system"]
    assert sorted(units, key=lambda one: rank(one, {real, units[3]})) == [units[3], LONGEST[1], real, plain]
    assert all((ROOT / one).exists() for one in LONGEST)
