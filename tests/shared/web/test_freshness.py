"""What takes a sign-in of the last minutes is asked again of people who have signed in before, and of nobody else."""

import asyncio
from collections.abc import Iterator
from typing import Annotated

import pytest

from shared.engine.authoring.aggregate import Aggregate
from shared.engine.authoring.command import Command
from shared.engine.authoring.grants import ADMIN, OPERATOR, Manager, Scope
from shared.engine.authoring.handlers import Handlers
from shared.engine.authoring.loads import require
from shared.engine.authoring.service import Service
from shared.web.auth import Verifier
from shared.web.routes import Routes
from tests.shared.web.api import Api, running
from tests.shared.web.issuing import Hands, Issuer

MINUTE = 60
NAMED = {"X-Request-Id": "asked"}


class Shed(Aggregate, name="shed"):
    """What is locked."""

    garden_id: str = ""


class ChangeLock(Command):
    """Change the lock of a shed."""

    shed_id: str


commands, routes = Handlers(), Routes()


@commands.post(
    "/sheds/{shed_id}/lock", allow=(OPERATOR, ADMIN, Manager.of("shed.garden_id"), Scope("intake:write")), fresh=True
)
def change_lock(_: ChangeLock, shed: Annotated[Shed, require("shed_id")]) -> None:
    """Change the lock."""


@routes.post("/keys", allow=(OPERATOR, ADMIN, Scope("intake:write")), fresh=True)
async def cut_key() -> str:
    """Cut a key."""
    return "a key"


@routes.get("/keys", allow=(ADMIN,))
async def count_keys() -> int:
    """Count the keys."""
    return 1


service = Service("garden", title="Garden", emits=[], handles=[commands], routers=[routes])


@pytest.fixture
def api() -> Iterator[Api]:
    with running(service) as api:
        yield api


def signed_in(api: Api, ago: int | None, *roles: str) -> None:
    """From now on, somebody asks who has signed in so many seconds ago, or in no way that their token says."""
    at = None if ago is None else int(api.issuer.clock().timestamp()) - ago
    api.token = api.issuer.token(roles=list(roles), auth_time=at)


@pytest.mark.parametrize(("ago", "status"), [(0, 200), (10 * MINUTE - 5, 200), (10 * MINUTE, 401), (None, 401)])
def test_a_sign_in_is_fresh_for_ten_minutes(api: Api, ago: int | None, status: int) -> None:
    signed_in(api, ago, "admin")
    assert api.post("/v1/keys").status_code == status
    assert api.post("/v1/sheds/any/lock").status_code == (404 if status == 200 else 401)
    assert api.get("/v1/keys").status_code == 200


def test_who_has_signed_in_long_ago_is_told_how_to_go_on(api: Api) -> None:
    signed_in(api, 3600, "admin")
    for answer in (api.post("/v1/keys"), api.post("/v1/sheds/any/lock")):
        assert answer.headers["www-authenticate"] == 'Bearer error="insufficient_user_authentication", max_age=600'
        problem = answer.json()
        assert (problem["code"], problem["max_age"]) == ("sign-in-too-old", 600)
        assert problem["detail"].endswith("sign in again, and repeat it with the new token.")


def test_a_token_that_was_fresh_when_it_was_seen_first_is_not_for_ever() -> None:
    clock = Hands()
    issuer = Issuer(clock)
    verifier: Verifier = issuer.verifier()
    headers = {b"authorization": b"Bearer " + issuer.token(exp=int(clock().timestamp()) + 3600).encode()}

    async def is_fresh() -> bool:
        return (await verifier.caller(headers)).is_fresh

    assert asyncio.run(is_fresh())
    clock.move(minutes=10)
    assert not asyncio.run(is_fresh())
    assert not asyncio.run(is_fresh())


@pytest.mark.parametrize("kind", ["client", "operator"])
def test_whoever_shows_a_secret_for_every_token_is_asked_for_nothing_more(api: Api, kind: str) -> None:
    api.token = api.issuer.token(kind=kind, auth_time=None)
    assert api.post("/v1/keys").status_code == 200
    assert api.post("/v1/sheds/any/lock").status_code == 404


def test_for_whom_an_operation_never_is_a_new_sign_in_is_not_asked_for(api: Api) -> None:
    signed_in(api, 3600)
    assert [api.post(path).status_code for path in ("/v1/keys", "/v1/sheds/any/lock")] == [403, 403]


def test_the_question_for_a_new_sign_in_is_the_same_whatever_it_is_about(api: Api) -> None:
    signed_in(api, 3600, "manager:north")
    answers = [api.post(f"/v1/sheds/{id}/lock", headers=NAMED) for id in ("mine", "others", "none")]
    assert {(answer.status_code, answer.text) for answer in answers} == {(401, answers[0].text)}


def test_the_document_says_what_takes_a_fresh_sign_in(api: Api) -> None:
    paths = api.app.openapi()["paths"]
    ages = [paths[path]["post"].get("x-sign-in-max-age") for path in ("/v1/keys", "/v1/sheds/{shed_id}/lock")]
    assert ages == [600, 600]
    assert "x-sign-in-max-age" not in paths["/v1/keys"]["get"]
