"""What schemathesis finds when two organizations ask every service whatever its OpenAPI document allows."""

from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from shared.engine.authoring.aggregate import Aggregate
from shared.engine.authoring.reader import Reader, revive
from shared.engine.authoring.scopes import ALL
from shared.installed import installed_services
from shared.web.auth import Caller
from tests.roles.world import OWN, TENANT
from tests.security.judged import ABOUT_THE_ENGINE, OTHERS, Trial, judged, peopled
from tests.shared.web.admin.operating import Operating
from tests.shared.web.api import Front

pytestmark = [pytest.mark.real, pytest.mark.long]

SERVICES = {service.name: service for service in installed_services()}
QUICKLY = ("--seed", "14", "--phases", "examples,fuzzing", "--max-examples", "4")

ADMINS: dict[str, Mapping[str, Any]] = {
    "an admin": {"sub": "zoe", "roles": ["admin"]},
    "an admin elsewhere": {"tenant": OTHERS, "sub": "eve", "roles": ["admin"]},
}
INSIDE = ADMINS | {
    "a person": {"sub": OWN.person},
    "a client": {"kind": "client", "sub": "hr", "scope": ALL},
    "an operator": {"kind": "operator", "sub": "ops"},
}
FOREIGN = {
    "an admin elsewhere": ADMINS["an admin elsewhere"],
    "a manager elsewhere": {"tenant": OTHERS, "sub": "kim", "roles": [f"manager:{OWN.program}"]},
    "a person elsewhere": {"tenant": OTHERS, "sub": "pat"},
    "a client elsewhere": {"tenant": OTHERS, "kind": "client", "sub": "hr", "scope": ALL},
}
"""Of the other organization; one of them has a role in a program that has the id of one here."""


@pytest.mark.parametrize("name", SERVICES)
def test_two_organizations_at_work_find_no_fault(name: str) -> None:
    with peopled(SERVICES[name]) as api:
        found = judged(api, Trial(INSIDE, tuple(ADMINS), options=[*QUICKLY, "--exclude-path-regex", ABOUT_THE_ENGINE]))
    print(f"{name}: {found.requests} requests by two organizations")  # noqa: T201 - a part of the result
    assert found.is_clean, found.report


@pytest.mark.parametrize("name", SERVICES)
def test_another_organization_learns_and_changes_nothing(name: str) -> None:
    with peopled(SERVICES[name]) as api:
        before = owned(api)
        found = judged(api, Trial(FOREIGN, is_foreign=True, options=QUICKLY))
        after = owned(api)
    print(f"{name}: {found.requests} requests of another organization")  # noqa: T201 - a part of the result
    assert found.is_clean, found.report
    assert after == before


def owned(api: Operating) -> dict[str, dict[str, bytes]]:
    """What the organization has in the database, by collection."""
    rows = ((name, id, row) for name, ones in api.store.collections.items() for id, row in ones.items())
    kept: dict[str, dict[str, bytes]] = {}
    for name, id, row in rows:
        if str(id).startswith(f"{TENANT}/"):
            kept.setdefault(name, {})[str(id)] = row
    return kept


def test_a_read_across_organizations_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Reader, "many", of_whoever_has_it)
    with peopled(SERVICES["sessions"]) as api:
        found = judged(
            api, Trial(FOREIGN, is_foreign=True, options=[*QUICKLY, "--include-path-regex", "^/v1/(sessions|actions)/"])
        )
    assert "this is another organization's" in found.report


def test_an_object_that_another_organization_gets_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Reader, "many", of_whoever_has_it)
    with peopled(SERVICES["intake"]) as api:
        found = judged(api, Trial(ADMINS, tuple(ADMINS), options=[*QUICKLY, "--include-path-regex", "^/v1/programs"]))
    assert "Object-level authorization" in found.report


def test_an_operation_that_asks_for_no_token_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Front, "caller", whoever_it_is)
    with peopled(SERVICES["notify"]) as api:
        found = judged(api, Trial(ADMINS, options=[*QUICKLY, "--include-path-regex", "^/v1/timers"]))
    assert "API accepts requests without authentication" in found.report


async def of_whoever_has_it(reader: Reader, aggregate: type[Aggregate], ids: Sequence[str]) -> list[Aggregate]:
    """What has these ids in the one organization, whoever asks."""
    found = await reader.store.get(aggregate.collection, [f"{TENANT}/{id}" for id in ids])
    return [revive(aggregate, row) for row in found.values()]


async def whoever_it_is(_: Front, headers: Mapping[bytes, bytes]) -> Caller:
    """An admin, without a look at the token."""
    return Caller(TENANT, "person", "zoe", frozenset({"admin"}))
