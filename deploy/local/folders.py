"""The folder that a local system lives in: one owner at a time, and the ports that were chosen for it."""

import fcntl
import os
import random
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from deploy.local.processes import CannotStart

LOOPBACK = "127.0.0.1"
# Below the ephemeral ranges of Linux and macOS, so that no outgoing connection takes a remembered port.
PORTS = range(20_000, 32_000)

_ports = TypeAdapter(dict[str, int])


class AlreadyRunning(CannotStart):
    """Somebody else holds the folder."""


@contextmanager
def locked(folder: Path, who: str) -> Iterator[None]:
    """Hold the folder as `who` until the block ends, or this process does; made when missing, for this user only.

    Raises AlreadyRunning with the holder's process id, and CannotStart when the folder cannot be written.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = (folder / "lock").open("a+")
    except OSError as error:
        raise CannotStart(
            f"{who} cannot use {folder}: {error.strerror}. Set ITHACA_HOME to a folder of yours."
        ) from error
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            lock.seek(0)
            raise AlreadyRunning(
                f"{who} already runs in {folder}, as process {lock.read().strip()}. "
                "Stop that one first, or set ITHACA_HOME to another folder."
            ) from error
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        yield


def port(folder: Path, name: str) -> int:
    """The loopback port of `name`: the one that it had here before, or a free one if it is new or that one is taken."""
    file = folder / "ports.json"
    ports = _read(file)
    if not _is_free(ports.get(name)):
        ports[name] = _choose(besides=set(ports.values()))
        _write(file, ports)
    return ports[name]


def remembered(folder: Path) -> dict[str, int]:
    """The ports that were chosen in the folder, by name."""
    return _read(folder / "ports.json")


def _read(file: Path) -> dict[str, int]:
    try:
        return _ports.validate_json(file.read_bytes()) if file.exists() else {}
    except ValidationError as error:
        raise CannotStart(f"{file} is not a list of ports by name. Delete it: free ports are chosen anew.") from error


def _write(file: Path, ports: dict[str, int]) -> None:
    draft = file.with_suffix(".new")
    draft.write_bytes(_ports.dump_json(ports, indent=2))
    draft.replace(file)


def _choose(besides: set[int]) -> int:
    for candidate in random.sample(PORTS, len(PORTS)):
        if candidate not in besides and _is_free(candidate):
            return candidate
    raise CannotStart(
        f"No port between {PORTS.start} and {PORTS.stop - 1} is free. End some of the programs that listen."
    )


def _is_free(number: int | None) -> bool:
    if number is None:
        return False
    with socket.socket() as probe:
        # As the servers do: a port whose last connections are still closing is free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, number))
        except OSError:
            return False
    return True
