"""A home in which somebody types commands, and what `ithaca up` has said in it."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

from deploy.local.processes import Child
from deploy.local.running import FILE

ITHACA = str(Path(sys.executable).with_name("ithaca"))
PATIENCE = 600

Summary = dict[str, Any]
"""What `ithaca tour --json` prints."""


class Place:
    """A home of its own, in which commands run."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.environment = {"ITHACA_HOME": str(home), "ITHACA_CELL": f"journey-{uuid4().hex[:8]}"}

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        """A command, to its end."""
        with self.begin(*words) as running:
            said, complaint = running.communicate(timeout=PATIENCE)
        return subprocess.CompletedProcess(words, running.returncode, said, complaint)

    @contextmanager
    def begin(self, *words: str) -> Iterator["subprocess.Popen[str]"]:
        """A command, which goes on meanwhile; what has not ended by itself is ended at the end."""
        command = [ITHACA, *words]
        environment = os.environ | self.environment
        pipe = subprocess.PIPE
        with subprocess.Popen(command, env=environment, stdout=pipe, stderr=pipe, text=True) as running:
            try:
                yield running
            finally:
                running.kill()

    def up(self, *options: str, until: str) -> Child:
        """`ithaca up`, which has said that."""
        child = Child("ithaca up", [ITHACA, "up", *options], self.home / "up.log", self.environment)
        child.wait_until(lambda: check_said(child.log, until), (LookupError,), PATIENCE)
        return child

    def is_left(self) -> bool:
        """Whether a system has left behind that it runs."""
        return (self.home / FILE).exists()


def check_said(log: Path, what: str) -> None:
    if what not in log.read_text():
        raise LookupError(f"it has not said {what!r}")
