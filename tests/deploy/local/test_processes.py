import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from deploy.local.processes import TETHER, CannotStart, Child
from tests.deploy.local.endings import Ending

pytestmark = pytest.mark.real

SLEEPER = "import time; print('ready', flush=True); time.sleep(60)"
STUBBORN = f"import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); {SLEEPER}"


def python(code: str, log: Path) -> Child:
    return Child("The program", [sys.executable, "-c", code], log)


def says_ready(child: Child) -> None:
    if "ready" not in child.log.read_text():
        raise EOFError("it has printed nothing yet")


def test_a_child_is_stopped_at_the_end_of_its_block(tmp_path: Path) -> None:
    with python(SLEEPER, tmp_path / "log") as child:
        ending = Ending(child.pid)
    assert ending.comes_within(0)


def test_a_child_sees_the_environment_that_is_added_to_its_parents(tmp_path: Path) -> None:
    code = "import os; print('ready', os.environ['SERVICE'], os.environ['PATH'])"
    child = Child("The program", [sys.executable, "-c", code], tmp_path / "log", {"SERVICE": "intake"})
    child.wait_until(lambda: says_ready(child), (EOFError,), 10)
    assert child.log.read_text() == f"ready intake {os.environ['PATH']}\n"
    child.stop()


def test_a_child_that_ignores_the_request_to_end_is_killed(tmp_path: Path) -> None:
    child = python(STUBBORN, tmp_path / "log")
    child.wait_until(lambda: says_ready(child), (EOFError,), 10)
    child.stop(grace=0.1)
    assert not child.is_running


def test_a_command_is_not_run_when_its_parent_has_already_ended() -> None:
    somebody_else = str(os.getppid())
    command = [sys.executable, str(TETHER), somebody_else, "/bin/true"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.stderr == f"process {somebody_else} has ended; /bin/true is not started\n"


def test_a_child_that_ends_at_once_is_reported_with_its_code_and_the_error_in_its_log(tmp_path: Path) -> None:
    child = python("raise SystemExit('ERROR the disk is full')", tmp_path / "log")
    with pytest.raises(CannotStart, match=r"(?s)The program ended with code 1\. From .*log:\n  ERROR the disk is full"):
        child.wait_until(lambda: says_ready(child), (EOFError,), 10)


def test_a_child_that_was_killed_is_reported_with_the_signal(tmp_path: Path) -> None:
    child = python(SLEEPER, tmp_path / "log")
    os.kill(child.pid, signal.SIGKILL)
    with pytest.raises(CannotStart, match="The program was ended by SIGKILL"):
        child.wait_until(lambda: says_ready(child), (EOFError,), 10)


def test_a_child_that_ends_well_is_waited_for(tmp_path: Path) -> None:
    child = python("print('done')", tmp_path / "log")
    child.finish(10)
    assert child.log.read_text() == "done\n"


def test_a_child_that_is_to_finish_and_fails_is_reported_with_its_code(tmp_path: Path) -> None:
    child = python("raise SystemExit('a setting is wrong')", tmp_path / "log")
    with pytest.raises(CannotStart, match=r"(?s)The program ended with code 1\. From .*a setting is wrong"):
        child.finish(10)


def test_a_child_that_does_not_finish_in_time_is_reported(tmp_path: Path) -> None:
    with python(SLEEPER, tmp_path / "log") as child, pytest.raises(CannotStart, match=r"is not done after 0\.1 s"):
        child.finish(0.1)


def test_a_child_that_never_answers_is_reported_with_what_was_missing(tmp_path: Path) -> None:
    with (
        python("import time; time.sleep(60)", tmp_path / "log") as child,
        pytest.raises(CannotStart, match=r"gave no answer in 0.1 s \(it has printed nothing yet\)"),
    ):
        child.wait_until(lambda: says_ready(child), (EOFError,), 0.1)


def test_a_child_is_only_started_from_the_main_thread(tmp_path: Path) -> None:
    refused: list[RuntimeError] = []

    def start() -> None:
        try:
            python(SLEEPER, tmp_path / "log")
        except RuntimeError as error:
            refused.append(error)

    thread = threading.Thread(target=start)
    thread.start()
    thread.join()
    assert "from the main thread" in str(refused[0])
