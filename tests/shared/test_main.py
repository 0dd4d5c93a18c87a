"""A process of a service on the real broker and database: a worker answers those who look after it."""

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import httpx
import pytest

from shared.web.server import listen
from tests.waiting import until

pytestmark = pytest.mark.real

PATIENCE = 120
"""Seconds for a process to start or to stop."""


def free_port() -> int:
    with listen("127.0.0.1", 0) as found:
        return int(found.getsockname()[1])


@pytest.fixture
def settings(kafka_bootstrap: str, mongo_url: str) -> dict[str, str]:
    """Of a worker in a cell of its own."""
    return {
        "ITHACA_CELL": f"main-{uuid4().hex[:8]}",
        "ITHACA_ROLE": "worker",
        "ITHACA_KAFKA_BOOTSTRAP": kafka_bootstrap,
        "ITHACA_MONGO_URL": mongo_url,
        "ITHACA_PORT": str(free_port()),
    }


COMMAND = [sys.executable, "-m", "services.sessions"]


@contextmanager
def worker(settings: dict[str, str], log: Path) -> Iterator[str]:
    """A worker of the service of sessions, and its address; told to stop behind the block."""
    environment = os.environ | settings
    subprocess.run([*COMMAND, "migrate"], env=environment, check=True, timeout=PATIENCE)
    with log.open("w") as lines, subprocess.Popen(COMMAND, env=environment, stderr=lines) as running:
        try:
            yield f"http://127.0.0.1:{settings['ITHACA_PORT']}"
        finally:
            running.terminate()
            running.wait(PATIENCE)


def status(address: str, path: str) -> int:
    """The status of an answer; 0 while nobody answers."""
    try:
        return httpx.get(address + path, timeout=5).status_code
    except httpx.TransportError:
        return 0


def test_a_worker_answers_those_who_look_after_it_and_logs_json(settings: dict[str, str], tmp_path: Path) -> None:
    with worker(settings, tmp_path / "log") as address:

        async def is_ready() -> bool:
            return status(address, "/readyz") == 200

        asyncio.run(until(is_ready, PATIENCE))
        assert status(address, "/livez") == 200
        assert status(address, "/v1/relationships") == 401
        assert 'target_info{service_name="sessions"' in httpx.get(f"{address}/metrics").text
    lines = [json.loads(line) for line in (tmp_path / "log").read_text().splitlines()]
    (started,) = [line for line in lines if line["event"] == "service.started"]
    assert (started["role"], started["service"], started["level"]) == ("worker", "sessions", "info")
    assert lines[-1]["event"] == "service.stopped"


def test_metrics_can_have_an_address_of_their_own(settings: dict[str, str], tmp_path: Path) -> None:
    port = str(free_port())
    with worker(settings | {"ITHACA_METRICS_PORT": port}, tmp_path / "log") as address:

        async def is_ready() -> bool:
            return status(address, "/readyz") == 200

        asyncio.run(until(is_ready, PATIENCE))
        assert 'target_info{service_name="sessions"' in httpx.get(f"http://127.0.0.1:{port}/metrics").text
        assert status(address, "/metrics") == 401  # nothing there is for people without a token


@pytest.mark.parametrize(
    ("changed", "code", "sentence"),
    [
        ({"ITHACA_VERSION": "9.9.9"}, os.EX_CONFIG, "ITHACA_VERSION: "),
        (
            {"ITHACA_KAFKA_BOOTSTRAPS": "x"},
            os.EX_CONFIG,
            "ITHACA_KAFKA_BOOTSTRAPS: unknown; did you mean ITHACA_KAFKA_BOOTSTRAP?",
        ),
        ({}, 1, "sessions is missing"),
    ],
)
def test_nothing_starts_half_and_what_is_wrong_is_said(
    changed: dict[str, str], code: int, sentence: str, settings: dict[str, str]
) -> None:
    environment = os.environ | settings | changed
    done = subprocess.run(COMMAND, env=environment, capture_output=True, text=True, check=False, timeout=PATIENCE)
    assert done.returncode == code
    assert sentence in done.stderr
    assert "service.started" not in done.stderr


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"ITHACA_KAFKA_BOOTSTRAP": "127.0.0.1:9"}, "cannot reach the broker: no broker answers at 127.0.0.1:9"),
        (
            {"ITHACA_MONGO_URL": "mongodb://127.0.0.1:9/?serverSelectionTimeoutMS=300"},
            "[Errno 111] Connect call failed ('127.0.0.1', 9)\nLook at ITHACA_MONGO_URL, and whether it runs.",
        ),
        (
            {"ITHACA_KAFKA_BOOTSTRAP": None},
            "Look at ITHACA_KAFKA_BOOTSTRAP, which is not set, and whether it runs.",
        ),
    ],
)
def test_what_somebody_has_asked_for_ends_when_a_part_is_away_and_says_which(
    changed: dict[str, str | None], sentence: str, settings: dict[str, str]
) -> None:
    environment = {name: value for name, value in (os.environ | settings | changed).items() if value is not None}
    command = [*COMMAND, "republish", "2027-01-01T00:00:00Z"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=PATIENCE)
    assert done.returncode == 1
    assert sentence in done.stderr


def test_the_doctor_of_a_process_says_what_is_missing(settings: dict[str, str]) -> None:
    words = [*COMMAND, "doctor"]
    done = subprocess.run(
        words, env=os.environ | settings, capture_output=True, text=True, check=False, timeout=PATIENCE
    )
    assert done.returncode == 1
    assert f"{settings['ITHACA_CELL']}.sessions is missing" in " ".join(done.stdout.split())
    assert "the service's migrate" in " ".join(done.stdout.split())
    assert done.stderr == ""


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["republish", "yesterday"], "'yesterday' is no moment: write it as 2026-11-21T03:00:00Z"),
        (["republish"], "it knows no `republish`: use `doctor`, `migrate`, `republish <moment>`"),
        (["serve", "--fast"], "it knows no `serve --fast`"),
    ],
)
def test_what_a_process_is_not_able_to_do_it_says_and_does_nothing(words: list[str], sentence: str) -> None:
    done = subprocess.run([*COMMAND, *words], capture_output=True, text=True, timeout=PATIENCE, check=False)
    assert done.returncode == os.EX_CONFIG
    assert sentence in done.stderr
