"""What a broker and a database have in common: a folder, a port, a child process, and a moment when they answer."""

import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import ClassVar, Self

from deploy.local.folders import locked
from deploy.local.processes import CannotStart, Child

Progress = Callable[[str], None]


def silently(_: str) -> None:
    """Report no progress."""


class BackingService(ABC):
    """A server that keeps all it has in `home`, and finds it there again at the next start.

    Use it in a `with` block, or call `start` and `stop`, again and again if need be. Start it from the main thread.
    """

    name: ClassVar[str]
    folder_name: ClassVar[str]
    setting: ClassVar[str]  # the environment variable that points to somebody else's server
    unready: ClassVar[tuple[type[Exception], ...]]  # what `answers` raises until the server is ready
    patience: ClassVar[float] = 120.0  # seconds; mongod waits 30 where a silent program took the port that it had

    def __init__(self, home: Path, *, progress: Progress = silently) -> None:
        self.home = home
        self.folder = home / self.folder_name
        self.progress = progress
        self.start_seconds = 0.0
        self._undo = ExitStack()

    @abstractmethod
    def prepare(self) -> list[str | Path]:
        """Make what the server needs in its folder; return the command that runs it there."""

    @abstractmethod
    def answers(self) -> None:
        """Return once the server can be used; raise one of `unready` before."""

    def start(self) -> None:
        """Return once it can be used; raises CannotStart with the reason, the end of its log and a remedy."""
        with ExitStack() as undo:
            undo.enter_context(locked(self.folder, self.name))
            command = self.prepare()
            began = time.monotonic()
            self.progress(f"{self.name}: starting")
            self.child = undo.enter_context(Child(self.name, command, self.folder / "server.log"))
            try:
                self.child.wait_until(self.answers, self.unready, self.patience)
            except CannotStart as error:
                raise CannotStart(f"{error}\n{self.remedy()}") from error
            self.start_seconds = time.monotonic() - began
            self.progress(f"{self.name}: started in {self.start_seconds:.1f} s")
            self._undo = undo.pop_all()

    def stop(self) -> None:
        """Stop it in good order; its data stays."""
        self._undo.close()

    def remedy(self) -> str:
        """What to do about the start that just failed."""
        return f"Mend what it names, or set {self.setting} to one that runs elsewhere."

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
