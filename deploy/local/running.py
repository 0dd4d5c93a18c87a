"""Where a running system is: what `ithaca up` writes down for the other commands.

Whether one runs is not told by the file, which a power cut leaves behind, but by the lock on its home.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from deploy.local.processes import CannotStart

FILE = "running.json"


class Operator(BaseModel):
    """The operator's credentials for tokens (OAuth client credentials)."""

    model_config = ConfigDict(frozen=True)

    client_id: str
    client_secret: str = Field(repr=False)

    @classmethod
    def read(cls, file: Path) -> Self:
        """Those in a file; raises CannotStart with a remedy if it has none."""
        try:
            return cls.model_validate_json(file.read_bytes())
        except (OSError, ValidationError) as error:
            raise CannotStart(
                f"{file} has no client_id and client_secret. Delete it: the next `ithaca up` makes new ones."
            ) from error


class Running(BaseModel):
    """A system that runs: `services` go from a name to a base address, `processes` to a process id."""

    model_config = ConfigDict(frozen=True)

    cell: str
    kafka_bootstrap: str
    mongo_url: str
    services: dict[str, str]
    processes: dict[str, int]
    operator_file: Path
    mail_folder: Path
    log_folder: Path

    def operator(self) -> Operator:
        """The operator's credentials."""
        return Operator.read(self.operator_file)


def announce(running: Running, home: Path) -> None:
    """Write down where the system is, and its processes, instead of what was there."""
    forget(home)
    write_privately(home / FILE, running.model_dump_json(indent=2))


@contextmanager
def announced(running: Running, home: Path) -> Iterator[None]:
    """Let other commands find the system until the block ends."""
    announce(running, home)
    try:
        yield
    finally:
        forget(home)


def found(home: Path) -> Running:
    """The system that holds the home; raises CannotStart while it is not ready."""
    try:
        return Running.model_validate_json((home / FILE).read_bytes())
    except (OSError, ValidationError) as error:
        raise CannotStart(
            f"Ithaca is starting or stopping in {home}: try again when `ithaca up` says that it runs."
        ) from error


def forget(home: Path) -> None:
    """Take away what a system has written down that runs no more."""
    (home / FILE).unlink(missing_ok=True)


def write_privately(file: Path, text: str) -> None:
    """Make a whole file that only this user can read; raises FileExistsError if there is one."""
    with NamedTemporaryFile("w", dir=file.parent, prefix=file.name) as draft:  # its mode is 600
        draft.write(text)
        draft.flush()
        os.link(draft.name, file)
