"""Child processes that never outlive this one, with a log each, and an error that shows it."""

import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

TETHER = Path(__file__).with_name("tether.py")
# What a program prints when it gives up: a logger's level, an exception's name, or MongoDB's severities E and F.
TELLS_AN_ERROR = re.compile(r'\b(ERROR|FATAL)\b|(Exception|Error)\b|"s":"[EF]"')


class CannotStart(Exception):
    """Something that the local system needs did not start; the message says why and what to do."""


class Child:
    """A process in a session of its own, so that Ctrl-C reaches only the parent, which stops its children in order.

    `command` begins with the path of the program, `environment` is added to that of this process, and the log is
    written anew, except when the process is started `again`. Leaving the `with` block stops it.
    """

    def __init__(
        self, name: str, command: Sequence[str | Path], log: Path, environment: dict[str, str] | None = None
    ) -> None:
        self.name = name
        self.log = log
        self.command = [str(word) for word in command]
        self.environment = os.environ | (environment or {})
        log.parent.mkdir(parents=True, exist_ok=True)
        log.write_bytes(b"")
        self.again()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def again(self) -> None:
        """Start it, once more after it has ended; its log goes on."""
        self._logged = self.log.stat().st_size
        self._process = _start(self.command, self.log, self.environment)

    @property
    def pid(self) -> int:
        """The process's number."""
        return self._process.pid

    @property
    def is_running(self) -> bool:
        """Whether it has not ended."""
        return self._process.poll() is None

    def stop(self, grace: float = 15.0) -> None:
        """Ask it to end, and kill it when it has not after `grace` seconds."""
        self._process.terminate()
        try:
            self._process.wait(grace)
        except subprocess.TimeoutExpired:
            self.kill()

    def kill(self) -> None:
        """End it at once, as a crash does."""
        self._process.kill()
        self._process.wait()

    def finish(self, seconds: float) -> None:
        """Return when it has ended well; raises CannotStart with the end of its log otherwise, or after `seconds`."""
        try:
            code = self._process.wait(seconds)
        except subprocess.TimeoutExpired as error:
            raise CannotStart(f"{self.name} is not done after {seconds:g} s. {self.last_lines()}") from error
        if code:
            raise CannotStart(self.ending())

    def wait_until(self, answers: Callable[[], None], unready: tuple[type[Exception], ...], seconds: float) -> None:
        """Return once `answers` no longer raises one of `unready`.

        Raises CannotStart with the end of its log when the process ends, or when `seconds` have passed.
        """
        deadline = time.monotonic() + seconds
        while True:
            try:
                return answers()
            except unready as error:
                if not self.is_running:
                    raise CannotStart(self.ending()) from None
                if time.monotonic() > deadline:
                    raise CannotStart(
                        f"{self.name} gave no answer in {seconds:g} s ({error}). {self.last_lines()}"
                    ) from error
            time.sleep(0.05)

    def last_lines(self, count: int = 8) -> str:
        """The last lines since its start that tell of an error, or else its last lines."""
        lines = self.log.read_bytes()[self._logged :].decode(errors="replace").splitlines()
        telling = [line for line in lines if TELLS_AN_ERROR.search(line)] or lines
        shown = "\n".join(f"  {line[:400]}" for line in telling[-count:])
        return f"From {self.log}:\n{shown}" if shown else f"{self.log} is empty."

    @property
    def is_misled(self) -> bool:
        """Whether it has ended because a setting is wrong, which no other start makes right."""
        return self._process.poll() == os.EX_CONFIG

    def ending(self) -> str:
        """How the process that has ended did so, with the end of its log."""
        code = self._process.wait()
        how = f"was ended by {signal.Signals(-code).name}" if code < 0 else f"ended with code {code}"
        return f"{self.name} {how}. {self.last_lines()}"


def _start(command: list[str], log: Path, environment: dict[str, str]) -> subprocess.Popen[bytes]:
    if threading.current_thread() is not threading.main_thread():
        # Linux ends a tethered process together with the thread that started it, not only with the whole process.
        raise RuntimeError("start child processes from the main thread: they would end with this one")
    tethered = [sys.executable, "-I", "-S", str(TETHER), str(os.getpid()), *command]
    with log.open("ab") as output:
        return subprocess.Popen(  # noqa: S603
            tethered,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd=log.parent,
            env=environment,
            start_new_session=True,
        )
