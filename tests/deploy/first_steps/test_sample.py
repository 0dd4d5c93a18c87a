"""The sample organization gets its people by the same ways as every other one, as often as it is prepared."""

from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import TypeVar

import httpx
import pytest

from deploy.first_steps import sample
from deploy.first_steps.invite import send
from deploy.first_steps.sample import prepare
from deploy.first_steps.sign_in import operator_link, page
from deploy.local.running import Operator
from deploy.local.settings import LocalSettings
from deploy.tour import onboarding
from deploy.tour.api import Refused, Services
from tests.deploy.local.test_running import running
from tests.services.intake.identity.issuing import SECRET, claims, issuing, register
from tests.shared.web.api import Api

T = TypeVar("T")
OPERATOR = Operator(client_id="operator", client_secret=SECRET)


@pytest.fixture
def api(tmp_path: Path) -> Iterator[Api]:
    """Intake, and an organization acme."""
    with issuing(tmp_path) as found:
        yield found


def do(api: Api, what: Callable[[Services], Awaitable[T]]) -> T:
    """Ask intake over HTTP, as the commands do."""

    async def asking() -> T:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(api.app)) as http:
            return await what(Services(http, {"intake": "http://garden.test"}))

    return api.runner.run(asking())


def sign_in(api: Api, link: str) -> httpx.Response:
    return api.post("/v1/sign-in", {"link": link})


async def link(services: Services, who: str = "admin") -> sample.Link:
    return await (await prepare(services, OPERATOR)).new_link(who)


def roles(api: Api, who: str) -> list[str]:
    token = sign_in(api, do(api, lambda services: link(services, who)).link).json()["access_token"]
    return list(claims(token).get("roles", []))


def test_a_link_signs_an_operator_in_once(api: Api) -> None:
    made = do(api, lambda services: operator_link(services, OPERATOR))
    assert made.expires_in == 5 * 60
    first, second = (api.post("/v1/operator-sessions", {"link": made.link}) for _ in range(2))
    assert (claims(first.json()["access_token"])["kind"], second.status_code) == ("operator", 403)


def test_a_link_signs_a_newcomer_in_as_the_admin_once(api: Api) -> None:
    made = do(api, link)
    assert made.expires_in == 15 * 60
    first, second = sign_in(api, made.link), sign_in(api, made.link)
    assert (first.status_code, second.status_code) == (200, 403)
    assert claims(first.json()["access_token"])["roles"] == ["admin"]
    assert claims(first.json()["access_token"])["tenant"] == sample.SLUG


def test_there_is_a_manager_of_a_program_too(api: Api) -> None:
    (role,) = roles(api, "manager")
    assert role.startswith("manager:")


def test_it_is_prepared_as_often_as_the_system_starts_and_changes_nothing_then(api: Api) -> None:
    before = do(api, lambda services: prepare(services, OPERATOR))
    sent = len(api.rows("role_invitation"))
    again = do(api, lambda services: prepare(services, OPERATOR))
    assert (again.people, again.organization_id) == (before.people, before.organization_id)
    assert len(api.rows("role_invitation")) == sent == 1
    assert len(api.rows("program")) == 1


def test_where_the_tour_was_taken_its_organization_is_the_sample(api: Api) -> None:
    register(api, onboarding.SLUG)
    assert do(api, lambda services: prepare(services, OPERATOR)).organization_id == onboarding.SLUG
    assert roles(api, "admin") == ["admin"]


def test_an_operator_who_invites_the_first_admin_is_given_the_invitation_and_no_second_one(api: Api) -> None:
    body = {"email": "noor@example.org", "role": "admin"}
    id = do(api, lambda services: send(services, OPERATOR, "acme", body))
    assert len(api.rows("role_invitation")) == 1
    assert id
    with pytest.raises(Refused, match="was invited to that role already"):
        do(api, lambda services: send(services, OPERATOR, "acme", body))
    with pytest.raises(Refused, match="There is no organization nowhere"):
        do(api, lambda services: send(services, OPERATOR, "nowhere", body))


@pytest.mark.parametrize(
    ("links", "console", "is_at"),
    [
        (None, None, "http://127.0.0.1:20000/v1/sign-in"),
        (None, "http://127.0.0.1:20009", "http://127.0.0.1:20009/sign-in"),
        ("https://mentoring.example.org/", "http://127.0.0.1:20009", "https://mentoring.example.org/sign-in"),
    ],
)
def test_the_link_leads_to_the_pages_for_people_where_there_are_any(
    links: str | None, console: str | None, is_at: str, tmp_path: Path
) -> None:
    system = running(tmp_path)
    if console:
        system = system.model_copy(update={"services": {**system.services, "console": console}})
    assert page(system, LocalSettings(home=tmp_path, links=links)) == is_at
