"""One test file runs within the blink of an eye only while nothing loads what it does not use."""

import subprocess
import sys

import pytest

HEAVY = {"aiokafka", "deploy", "docker", "faststream", "fastapi", "pymongo", "testcontainers", "uvicorn"}
"""What starts real parts and serves; it takes seconds of a processor to load."""


@pytest.mark.parametrize("module", ["tests.conftest", "tests.real", "tests.scenario"])
def test_what_every_test_loads_leaves_out_what_only_real_parts_need(module: str) -> None:
    listing = f"import {module}, sys; print(*{{name.partition('.')[0] for name in sys.modules}})"
    done = subprocess.run([sys.executable, "-c", listing], capture_output=True, text=True, check=True)
    assert module.partition(".")[0] in done.stdout.split()
    assert HEAVY.isdisjoint(done.stdout.split())
