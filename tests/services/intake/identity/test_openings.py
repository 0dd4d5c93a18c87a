"""Organizations that people open for themselves: who gets in, what tells nothing, and who is forgotten."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from services.intake.identity.attempts import OPENINGS, OPENINGS_AT_ADDRESS
from services.intake.identity.commands.opening import UNUSED, OpenOrganization, OrganizationOpened
from services.intake.identity.commands.sign_in import SignIn
from services.intake.identity.credentials import hashed
from services.intake.identity.model.access import Lifetime
from services.intake.identity.model.sign_in_requests import Proof
from services.intake.identity.short_names import short_name
from services.intake.people.model import EmailAddress, Gone, Person
from services.intake.service import service
from shared.contracts.access import SignInRequested
from shared.contracts.departures import ErasureRequested
from shared.ids import TENANT
from tests.scenario import Scenario
from tests.services.intake.identity.issuing import by_code, by_link, claims, issuing, requested
from tests.shared.web.api import Api

ADDRESS = EmailAddress.key("nia@example.com")
NEW = {"organization": "Quay & Söhne", "name": "Nia Okoro", "email": "nia@example.com", "time_zone": "Europe/Rome"}


@pytest.fixture
def api(tmp_path: Path) -> Iterator[Api]:
    """Anybody may open an organization."""
    with issuing(tmp_path, open_to_anybody=True) as found:
        yield found


def opened(api: Api, **other: str) -> dict[str, Any]:
    """What is answered to whoever opens an organization."""
    answer = api.post("/v1/openings", NEW | other)
    assert answer.status_code == 202, answer.text
    found: dict[str, Any] = answer.json()
    return found


@pytest.mark.parametrize("shown", [by_code, by_link])
def test_the_mail_lets_in_its_first_admin(api: Api, shown: Any) -> None:
    asked = opened(api)
    tenant = requested(asked).tenant
    assert re.fullmatch("quay-soehne-[a-z0-9]{4}", tenant)
    signed_in = api.post("/v1/sign-in", shown(asked))
    assert signed_in.status_code == 200, signed_in.text
    token = signed_in.json()["access_token"]
    assert (claims(token)["tenant"], claims(token)["roles"]) == (tenant, ["admin"])
    api.token = token
    organization = api.get(f"/v1/organizations/{tenant}").json()
    assert (organization["name"], organization["time_zone"]) == ("Quay & Söhne", "Europe/Rome")
    assert api.post("/v1/programs", {"title": "The first one"}).status_code == 201


def test_the_mail_works_in_the_browser_that_has_asked(api: Api) -> None:
    asked = opened(api) | {"browser": opened(api, email="other@example.com")["browser"]}
    asked["browser"] = "x" * 43
    assert api.post("/v1/sign-in", by_code(asked)).status_code == 403


def test_nobody_opens_anything_unless_the_deployment_says_so(tmp_path: Path) -> None:
    with issuing(tmp_path) as api:
        assert api.get("/v1/openings").json() == {"is_open": False}
        refused = api.post("/v1/openings", NEW)
    assert (refused.status_code, refused.json()["code"]) == (403, "opening-closed")


def test_a_network_opens_ten_organizations_an_hour(api: Api) -> None:
    answers = [
        api.post("/v1/openings", NEW | {"email": f"n{number}@example.com"}) for number in range(OPENINGS.times + 1)
    ]
    assert [answer.status_code for answer in answers] == [202] * OPENINGS.times + [429]


def test_an_address_gets_three_mails_an_hour_and_nothing_tells_that(api: Api) -> None:
    answers = [api.post("/v1/openings", NEW) for _ in range(OPENINGS_AT_ADDRESS.times + 2)]
    assert len(api.published(SignInRequested, "request_id")) == OPENINGS_AT_ADDRESS.times
    shapes = {
        (one.status_code, tuple(one.json()), len(one.json()["request"]), one.json()["expires_in"]) for one in answers
    }
    assert len(shapes) == 1
    assert api.post("/v1/sign-in", by_code(answers[-1].json())).status_code == 403


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"organization": "Win at http://evil.example"}, "without an address"),
        ({"organization": "evil.com"}, "without an address"),
        ({"name": "Look at www.evil.example"}, "without an address"),
        ({"organization": "x" * 81}, "at most 80 letters"),
        ({"organization": " "}, "at least 1 character"),
        ({"email": "nobody"}, "@-sign"),
        ({"time_zone": "Atlantis"}, "time zone"),
        ({"locale": "tlh"}, "locale"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(api: Api, wrong: dict[str, str], words: str) -> None:
    refused = api.post("/v1/openings", NEW | wrong)
    assert refused.status_code == 422
    ((field, _),) = wrong.items()
    (error,) = refused.json()["errors"]
    assert error["field"] == f"/{field}"
    assert words in error["detail"] + str(error.get("remedy"))


@pytest.mark.parametrize(
    ("name", "begins"),
    [
        ("Quay & Söhne", "quay-soehne"),
        ("Sandbox-Sample", "sample"),
        ("日本語", "mentoring"),
        ("  --  ", "mentoring"),
        ("A" * 80, "a" * 30),
        ("Città di Łódź", "citta-di-lodz"),
    ],
)
def test_a_short_name_is_made_of_the_name(name: str, begins: str) -> None:
    made = short_name(name)
    assert made.rpartition("-")[0] == begins
    assert TENANT.fullmatch(made)


def opening() -> tuple[Scenario, str, str]:
    """An organization that was opened, its first admin, and the request that signs them in."""
    given = Scenario(service)
    command = OpenOrganization(
        slug=given.tenant,
        organization="Quay",
        name="Nia",
        email="nia@example.com",
        locale="en",
        time_zone="UTC",
        browser_hash=hashed("b"),
    )
    made = OrganizationOpened.model_validate_json(given.when(command).body)
    person_id = given.get(EmailAddress, ADDRESS).person_id
    assert person_id
    return given, person_id, made.request_id


def test_whoever_has_never_come_in_is_forgotten_everywhere() -> None:
    given, person_id, _ = opening()
    given.advance(UNUSED)
    assert given.get(Person, person_id).gone is Gone.ERASING
    assert given.get(EmailAddress, ADDRESS).person_id is None
    assert len(given.events(ErasureRequested)) == 1


def test_whoever_has_come_in_stays() -> None:
    given, person_id, request_id = opening()
    lifetime = Lifetime(idle=UNUSED, longest=UNUSED)
    shown = {"request_id": request_id, "browser_hash": hashed("b"), "proof": Proof.CODE, "is_right": True}
    given.when(SignIn.model_validate({**shown, "program": "", "lifetime": lifetime}), twice=False)
    given.advance(UNUSED)
    assert given.get(Person, person_id).gone is None
    assert given.get(EmailAddress, ADDRESS).person_id == person_id
