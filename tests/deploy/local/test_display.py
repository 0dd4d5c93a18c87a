import asyncio
import os
import signal
import sys
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import pytest
import typer
from rich.console import Console

from deploy.local.display import progress, show_at_work
from deploy.local.foreground import stoppable
from deploy.local.processes import Child
from deploy.local.restarts import MOST, PartEnded, Restarts
from deploy.local.running import write_privately
from deploy.local.system import System
from tests.deploy.local.test_running import running
from tests.deploy.operate.speaking import NAMES, Asked, Json, Speaking, speaking
from tests.deploy.operate.told import status


@pytest.fixture
def services() -> Iterator[Speaking]:
    """Services that tell how they are."""
    with speaking() as services:
        for name in NAMES:
            services.say(name, "/status", status(name))
        yield services


@pytest.fixture
def system(services: Speaking, tmp_path: Path) -> Iterator[System]:
    """These services, and one process that runs until it is killed."""
    write_privately(tmp_path / "operator.json", '{"client_id": "operator", "client_secret": "a secret"}')
    addresses = {name: f"{services.address}/{name}" for name in NAMES}
    here = running(tmp_path).model_copy(update={"services": addresses})
    command = [sys.executable, "-c", "import signal; signal.pause()"]
    with Child("intake", command, tmp_path / "intake.log") as child:
        yield System(here, Restarts([child]), download_seconds=0.0, mongo_version="")


def test_outside_a_terminal_every_change_is_a_line_as_it_was_told() -> None:
    output = StringIO()
    with progress(Console(file=output, width=20)) as tell:
        tell("Apache Kafka: downloading 46 jars [all]")
        tell("Apache Kafka: started in 2.5 s")
    assert output.getvalue() == "Apache Kafka: downloading 46 jars [all]\nApache Kafka: started in 2.5 s\n"


def test_in_a_terminal_each_part_has_one_line_that_ends_with_its_last_news() -> None:
    output = StringIO()
    with progress(Console(file=output, force_terminal=True, width=60, color_system=None)) as tell:
        tell("MongoDB: starting")
        tell("MongoDB: started in 1.2 s")
        tell("Apache Kafka: starting")
    mongo, kafka = (line for line in output.getvalue().splitlines()[-3:] if "MongoDB" in line or "Kafka" in line)
    assert "✓ MongoDB      started in 1.2 s" in mongo
    assert "Apache Kafka starting" in kafka
    assert "✓" not in kafka


@pytest.mark.real
def test_a_system_at_work_is_shown_with_what_is_started_again_until_a_process_ends_for_good(
    services: Speaking, system: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    def then_die(_: Asked) -> Json:
        os.kill(system.restarts.children[0].pid, signal.SIGKILL)
        return status("matching")

    monkeypatch.setattr("deploy.operate.status.PERIOD", 0.5)
    services.say("matching", "/status", then_die)
    output = StringIO()
    with pytest.raises(PartEnded, match="intake was ended by SIGKILL"):
        asyncio.run(show_at_work(system, Console(file=output, force_terminal=True, width=80, color_system=None)))
    assert output.getvalue().count("intake was started again") == MOST
    assert "● sessions" in output.getvalue()


@pytest.mark.real
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_the_view_as_it_ends_the_system(
    services: Speaking, system: System, number: signal.Signals
) -> None:
    def interrupt(_: Asked) -> Json:
        os.kill(os.getpid(), number)
        return status("matching")

    services.say("matching", "/status", interrupt)
    with pytest.raises(typer.Exit) as ended, stoppable(code=0):
        asyncio.run(show_at_work(system, Console(file=StringIO(), force_terminal=True)))
    assert ended.value.exit_code == 0
