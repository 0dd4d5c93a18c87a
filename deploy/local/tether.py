"""Become a command that the kernel ends when the process that asked for it ends, however that ends.

Run as a program: `python tether.py PARENT COMMAND [ARGUMENT ...]`, where PARENT is the asking process's id. It is a
program because code between fork and exec (`preexec_fn`) may deadlock in a parent that has threads. The signal is
SIGKILL: nobody is left who could wait for an orderly stop, and both servers lose nothing that they acknowledged.

Only Linux knows such a signal. Elsewhere the children outlive a parent that was killed, and hold their folders.
"""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1


def main(parent: int, command: list[str]) -> None:
    """Become the command, and end when the parent ends."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        # The parent may have ended before the kernel was asked; then this process already has another one.
        if os.getppid() != parent:
            sys.exit(f"process {parent} has ended; {command[0]} is not started")
    os.execv(command[0], command)  # noqa: S606


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2:])
