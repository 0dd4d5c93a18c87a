"""Services that listen on this machine, and schemathesis, which asks them whatever their OpenAPI documents allow."""

import asyncio
import json
import os
import re
import sys
from base64 import b64encode
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from pydantic import SecretStr

from services.console.settings import ConsoleSettings
from services.intake.settings import IntakeSettings
from shared.engine.authoring.service import Service
from tests.roles.world import OTHER_PERSON, OTHER_PROGRAM, OWN, rows
from tests.services.intake.identity.issuing import KEY
from tests.shared.web.admin.operating import Operating, operating
from tests.shared.web.wire import server

OTHERS = "beta"
"""Another organization, in which there is nothing at first."""
SCHEMATHESIS = str(Path(sys.executable).with_name("schemathesis"))
ROOT = Path(__file__).parents[2]
CONFIGURATION = Path(__file__).with_name("schemathesis.toml")
ABOUT_THE_ENGINE = "^/v1/admin/"
"""What every service has for its operator: as much again as all else, and the same everywhere."""

COUNTED = re.compile(r"(\d+) generated")


@dataclass(frozen=True, slots=True)
class Verdict:
    """What schemathesis found: how many requests it made up, and its whole report where something is wrong."""

    requests: int
    report: str = field(repr=False)
    is_clean: bool


@dataclass(frozen=True, slots=True)
class Trial:
    """Who asks, as names and the claims of their tokens, and with which options of schemathesis.

    The first of `peers` asks for everything, and the others for what that one gets, which they must not get. Without
    peers, each user asks for what the ones before may not.
    """

    users: Mapping[str, Mapping[str, Any]]
    peers: Sequence[str] = ()
    is_foreign: bool = False
    options: Sequence[str] = ()


def known() -> dict[str, list[str]]:
    """What there is in the organization, by the parameters that take it."""
    names = ("program_id", "person_id", "owner_id", "organization_id", "client_id")
    things = ("application", "run", "match", "proposal", "relationship", "session", "action", "invitation", "import")
    targets = (OWN, OTHER_PROGRAM, OTHER_PERSON)
    every = (*names, *(f"{thing}_id" for thing in things), "mentor_application_id", "mentee_application_id")
    return {name: sorted({target.fill(name) for target in targets}) for name in every}


@contextmanager
def peopled(service: Service) -> Iterator[Operating]:
    """A service with one of everything in an organization, and nothing in the other one."""
    with operating(service) as api, TemporaryDirectory() as folder:
        if service.settings is IntakeSettings:
            api.app.state.settings = IntakeSettings(
                signing_key_file=Path(folder, "keys.json"),
                sign_in_key=SecretStr(b64encode(KEY).decode()),
                public_url="https://intake.example.org",
            )
        if service.settings is ConsoleSettings:
            api.app.state.settings = ConsoleSettings(services_at="http://127.0.0.1:9/{service}")
        api.given(*rows(service))
        yield api


def judged(api: Operating, trial: Trial) -> Verdict:
    """Have schemathesis ask a service as its document allows."""
    with TemporaryDirectory() as folder:
        users, settings = Path(folder, "users.json"), Path(folder, "schemathesis.toml")
        users.write_text(json.dumps({"auth": [_user(api, name, claims) for name, claims in trial.users.items()]}))
        peers = f"peers = {json.dumps(trial.peers)}\nuser = {json.dumps(trial.peers[0])}\n" if trial.peers else ""
        settings.write_text(CONFIGURATION.read_text() + peers)
        told = {
            "HOME": folder,
            "USERS": str(users),
            "ASKED_ABOUT": json.dumps(known()),
            "FOREIGN": "yes" if trial.is_foreign else "",
        }
        return api.runner.run(_judged(api, ["--config-file", str(settings), "run"], trial.options, told))


async def _judged(
    api: Operating, command: Sequence[str], options: Sequence[str], environment: Mapping[str, str]
) -> Verdict:
    async with server(api.app) as port:
        return await schemathesis([*command, f"http://127.0.0.1:{port.number}/openapi.json", *options], environment)


async def schemathesis(words: Sequence[str], environment: Mapping[str, str]) -> Verdict:
    """Run it with these words and settings, to its end."""
    process = await asyncio.create_subprocess_exec(
        SCHEMATHESIS,
        *words,
        "--no-color",
        cwd=environment["HOME"],  # it keeps things where it stands
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        env=os.environ | {"PYTHONPATH": str(ROOT), "SCHEMATHESIS_HOOKS": "tests.security.hooks", **environment},
    )
    said = (await process.communicate())[0].decode()
    counted = COUNTED.search(said)
    return Verdict(int(counted[1]) if counted else 0, said, process.returncode == 0)


def _user(api: Operating, name: str, claims: Mapping[str, Any]) -> dict[str, Any]:
    header = {"name": "Authorization", "value": f"Bearer {api.issuer.token(**claims)}"}
    return {"name": name, "fixedHeaders": [header]}
