"""The engine keeps its promises in every world; and worlds in which it lacks something are found out."""

import os
import subprocess
import sys

import pytest

from tests.simulation.defects import DEFECTS
from tests.simulation.run import failures, quiet, search

pytestmark = pytest.mark.long

SEEDS = int(os.environ.get("SIMULATION_SEEDS", "200"))
"""Worlds; each planted defect shows within fewer, and `make simulate` looks at thousands."""

FAILED_ONCE = [100]
"""Seeds that have found something in the engine, and would again: of a search that looked less far than was read."""


def test_no_world_breaks_a_promise() -> None:
    broken = list(search(range(SEEDS)))
    assert not broken, f"python -m tests.simulation.run --seed {broken[0][0]}: {broken[0][1]}"


@pytest.mark.parametrize("seed", FAILED_ONCE)
def test_a_world_that_once_broke_a_promise_no_longer_does(seed: int) -> None:
    quiet()
    assert failures(seed) == []


@pytest.mark.real
def test_a_seed_replays_its_run_exactly_in_another_process() -> None:
    def run(hash_seed: str) -> str:
        command = [sys.executable, "-m", "tests.simulation.run", "--seed", "6"]
        environment = os.environ | {"PYTHONHASHSEED": hash_seed}
        return subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout

    assert run("1") == run("2")


@pytest.mark.parametrize("name", DEFECTS)
def test_a_planted_defect_is_found_within_its_number_of_seeds(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    plant, seeds = DEFECTS[name]
    quiet()
    plant(monkeypatch)
    assert any(map(failures, seeds)), f"{len(seeds)} worlds without a sign of: {name}"
