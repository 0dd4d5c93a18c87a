"""How each service is deployed: what the `deployment.toml` in its folder says beside what all have in common."""

import tomllib
from functools import cache
from importlib.metadata import EntryPoint
from importlib.resources import files
from itertools import pairwise
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from shared.installed import service_entries

FILE = "deployment.toml"

Amount = Annotated[str, Field(pattern=r"^\d+[MG]i$")]
Path = Annotated[str, Field(pattern=r"^/([a-z.-]|$)")]
FileName = Annotated[str, Field(pattern=r"^[a-z0-9-]+\.[a-z]+$")]
Setting = Annotated[str, Field(pattern=r"^ITHACA_[A-Z_]+$")]


class Misdeclared(Exception):
    """A service does not say how it is deployed, or says what cannot be; the message tells what to write."""


class Memory(BaseModel):
    """How much a process asks for, and how much it may take."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    request: Amount
    limit: Amount


class Deployment(BaseModel):
    """What one service needs of the place where it runs.

    `port` is where it answers with Compose, and lists of services are in the order of their ports. `paths` are what
    the gateway leads to it beside its api, with all that begins like them; "/" is the front door alone. `files` are
    secrets that it reads as files, each with the setting that says where the file is. `internet` are the ports
    outside the cluster that one half of it may speak to. `compose` and `local` are settings that it has there and
    no other service needs; the values of `local` may have `$names` in them, those of
    `deploy.local.surroundings.Surroundings.facts`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    port: int = Field(ge=1024, le=65535)
    paths: tuple[Path, ...] = ()
    files: dict[FileName, Setting] = {}
    internet: tuple[int, ...] = ()
    internet_of: Literal["worker", "api"] = "worker"
    worker_memory: Memory | None = None
    compose: dict[Setting, str | int] = {}
    local: dict[Setting, str] = {}


@cache
def deployments() -> tuple[Deployment, ...]:
    """Those of all services, in the order in which services are listed; raises Misdeclared."""
    found = sorted(map(_read, service_entries()), key=lambda one: one.port)
    for one, other in pairwise(found):
        if one.port == other.port:
            raise Misdeclared(f"{one.name} and {other.name} have one port, {one.port}: {found[-1].port + 1} is free")
    return tuple(found)


def service_names() -> list[str]:
    """The names of all services, in the order in which they are listed."""
    return [one.name for one in deployments()]


def _read(entry: EntryPoint) -> Deployment:
    package = entry.module.rpartition(".")[0]
    try:
        return Deployment.model_validate({"name": entry.name, **tomllib.loads((files(package) / FILE).read_text())})
    except FileNotFoundError:
        raise Misdeclared(f"{entry.name} has no {FILE} in its folder: write one that says its `port`") from None
    except (tomllib.TOMLDecodeError, ValidationError) as error:
        raise Misdeclared(f"the {FILE} of {entry.name} cannot be: {error}") from None
