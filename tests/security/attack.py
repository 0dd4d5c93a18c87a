"""`make attack`: two organizations ask a system that really runs whatever its OpenAPI documents allow, for long.

It starts a system in a home of its own, and ends it. Seeds are printed; a failing one fails again.
"""

import argparse
import asyncio
import json
import sys
from pathlib import Path
from random import SystemRandom
from tempfile import TemporaryDirectory
from typing import Any

import httpx

from deploy.local.running import Running, found
from tests.journeys.one_system.place import Place
from tests.security.judged import CONFIGURATION, Verdict, schemathesis

ORGANIZATIONS = ("acme", "beta")
FORM = "application/x-www-form-urlencoded"
LIFETIME = 240
"""Seconds for which a token is used: less than it lasts."""

Entry = dict[str, Any]  # of the file in which schemathesis reads who asks


def grant(client_id: str, client_secret: str, **more: str) -> dict[str, str]:
    """What a client sends for a token."""
    return {"grant_type": "client_credentials", "client_id": client_id, "client_secret": client_secret, **more}


def token(issuer: str, form: dict[str, str]) -> str:
    """A token of a client."""
    answer = httpx.post(f"{issuer}/oauth/token", data=form).raise_for_status()
    return str(answer.json()["access_token"])


def register(running: Running, organization: str) -> Entry:
    """Make an organization and a client of it; returns how schemathesis gets its tokens."""
    issuer, operator = running.services["intake"], running.operator()
    shown = (operator.client_id, operator.client_secret)
    made = {"slug": organization, "name": organization.title(), "time_zone": "Europe/Rome"}
    platform = {"Authorization": f"Bearer {token(issuer, grant(*shown))}"}
    httpx.post(f"{issuer}/v1/organizations", json=made, headers=platform).raise_for_status()
    inside = {"Authorization": f"Bearer {token(issuer, grant(*shown, tenant=organization))}"}
    client = httpx.post(f"{issuer}/v1/clients", json={"name": organization}, headers=inside).raise_for_status().json()
    form = httpx.QueryParams(grant(client["client_id"], client["client_secret"]))
    return {
        "name": organization,
        "loginEndpointAuth": {
            "externalEndpointURL": f"{issuer}/oauth/token",
            "verb": "POST",
            "contentType": FORM,
            "payloadRaw": str(form),
            "token": {
                "extractFrom": "body",
                "extractSelector": "/access_token",
                "sendIn": "header",
                "sendName": "Authorization",
                "sendTemplate": "Bearer {token}",
            },
        },
    }


def attack(running: Running, folder: Path, seed: int, examples: int) -> dict[str, Verdict]:
    """Ask every service; returns what was found, by service."""
    users, settings = folder / "users.json", folder / "schemathesis.toml"
    users.write_text(json.dumps({"auth": [register(running, one) for one in ORGANIZATIONS]}))
    peers = (
        f"peers = {json.dumps(ORGANIZATIONS)}\nuser = {json.dumps(ORGANIZATIONS[0])}\nrefresh_interval = {LIFETIME}\n"
    )
    settings.write_text(CONFIGURATION.read_text() + peers)
    told = {"HOME": str(folder), "USERS": str(users), "ASKED_ABOUT": "{}", "FOREIGN": ""}
    options = ["--seed", str(seed), "--max-examples", str(examples)]
    verdicts = {}
    for name, address in running.services.items():
        words = ["--config-file", str(settings), "run", f"{address}/openapi.json", *options]
        verdicts[name] = asyncio.run(schemathesis(words, told))
        outcome = "nothing" if verdicts[name].is_clean else "something"
        print(f"{name}: {verdicts[name].requests} requests, {outcome} found")  # noqa: T201 - it takes long
    return verdicts


def main() -> None:
    """See the module; ends with code 1 if something was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=SystemRandom().randrange(10**6))
    parser.add_argument("--examples", type=int, default=100, help="for each operation")
    options = parser.parse_args()
    print(f"seed {options.seed}")  # noqa: T201 - so that it can be had again
    with TemporaryDirectory() as home, TemporaryDirectory() as folder:
        place = Place(Path(home))
        with place.up(until="Ithaca runs"):
            verdicts = attack(found(Path(home)), Path(folder), options.seed, options.examples)
    sys.exit("\n".join(one.report for one in verdicts.values() if not one.is_clean) or None)


if __name__ == "__main__":
    main()
