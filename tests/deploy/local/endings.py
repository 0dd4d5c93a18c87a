"""When a process ends, seen from outside; and a process to end. Linux only."""

import os
import select
import subprocess
import sys
from pathlib import Path

from deploy.local.backing import BackingService

HOLDER = """
import sys
from importlib import import_module
from pathlib import Path
module, name, home = sys.argv[1:]
with getattr(import_module(module), name)(Path(home)) as server:
    print(server.child.pid, flush=True)
    sys.stdin.read()
"""


class Ending:
    """Watches a running process, which need not be a child of this one."""

    def __init__(self, pid: int) -> None:
        self._descriptor = os.pidfd_open(pid)

    def comes_within(self, seconds: float) -> bool:
        """Whether the process has ended, or does so within that time."""
        try:
            return bool(select.select([self._descriptor], [], [], seconds)[0])
        finally:
            os.close(self._descriptor)


def kill_one_that_runs(server: type[BackingService], home: Path) -> Ending:
    """Let another process start the server, and kill that process; return the ending of the server."""
    command = [sys.executable, "-c", HOLDER, server.__module__, server.__name__, str(home)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout
        ending = Ending(int(holder.stdout.readline()))
        holder.kill()
    return ending
