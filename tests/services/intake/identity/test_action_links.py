"""Links of mails by which somebody acts without signing in: each opens what it is for, to its person, and no more."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from services.intake.identity.model.access import Session
from services.intake.identity.routes.door import signing_keys
from services.intake.identity.tokens import Tokens
from shared.clock import system_clock
from shared.ids import microseconds, uuid7
from shared.sign_in_secrets import Action
from shared.web.auth import Caller
from tests.services.intake.identity.issuing import add_person, claims, issuing, mailbox, sign_in_operator
from tests.shared.web.api import Api

LATER = "99999999999"


@pytest.fixture
def api(tmp_path: Path) -> Iterator[Api]:
    with issuing(tmp_path) as found:
        yield found


def opened(api: Api, link: str) -> httpx.Response:
    """What is answered to who has a link and no token."""
    before, api.token = api.token, None
    answer = api.post("/v1/action-links", {"link": link})
    api.token = before
    return answer


def be_admin(api: Api) -> None:
    """From now on, requests are those of an admin who has just signed in."""
    now = system_clock()
    tokens = Tokens(api.app.state.settings, signing_keys(api.app.state.settings.signing_key_file), system_clock)
    session = Session(id=uuid7(microseconds(now), 1), program="", signed_in_at=now, signed_in_by=("otp",), used_at=now)
    api.token = tokens.sign_in(Caller("acme", "person", "rosa", frozenset({"admin"})), session).access_token


def link_of(person_id: str, until: str = LATER, about: str = "m1") -> str:
    return mailbox.action_link(Action("proposal", "acme", person_id, about, until))


def test_a_link_is_exchanged_for_a_token_that_opens_what_it_is_for(api: Api) -> None:
    sign_in_operator(api)
    ada = add_person(api)
    answer = opened(api, link_of(ada)).json()
    assert (answer["purpose"], answer["about"], answer["person_id"]) == ("proposal", "m1", ada)
    assert (answer["organization"], answer["time_zone"], answer["expires_in"]) == ("Acme", "Europe/Rome", 300)
    told = claims(answer["access_token"])
    assert (told["kind"], told["sub"], told["tenant"], told["link"]) == ("link", ada, "acme", "proposal:m1")
    assert "roles" not in told
    assert "refresh_token" not in answer


def test_it_opens_nothing_else(api: Api) -> None:
    sign_in_operator(api)
    ada = add_person(api)
    api.token = opened(api, link_of(ada)).json()["access_token"]
    for path in (f"/v1/people/{ada}", "/v1/people", "/v1/programs", "/v1/organizations/acme", "/v1/timers"):
        assert api.get(path).status_code == 403, path
    assert api.post(f"/v1/people/{ada}/correct", {"name": "Eve"}).status_code == 403
    assert opened(api, link_of(ada)).status_code == 200, "who looks has used nothing up"


@pytest.mark.parametrize("field", range(5))
def test_a_link_in_which_anything_is_changed_opens_nothing(api: Api, field: int) -> None:
    sign_in_operator(api)
    parts = link_of(add_person(api), about="m1").split(".")
    parts[field] = {0: "feedback", 1: "acme-2", 2: add_person(api, "ben@example.org"), 3: "m2", 4: "99999999998"}[field]
    assert opened(api, ".".join(parts)).json()["code"] == "link-refused"


def test_a_link_expires_with_what_it_is_about(api: Api) -> None:
    sign_in_operator(api)
    answer = opened(api, link_of(add_person(api), until="1700000000"))
    assert (answer.status_code, answer.json()["code"]) == (410, "link-expired")


def test_the_link_of_a_card_that_was_merged_is_that_of_the_one_that_has_stayed(api: Api) -> None:
    sign_in_operator(api)
    goes, stays = add_person(api), add_person(api, "ada@work.example")
    be_admin(api)
    merged = api.post(f"/v1/people/{stays}/merge", {"merged_id": goes})
    assert merged.status_code == 200, merged.text
    assert opened(api, link_of(goes)).json()["person_id"] == stays


def test_nobody_gets_in_by_a_link_whom_an_admin_has_suspended(api: Api) -> None:
    sign_in_operator(api)
    ada = add_person(api)
    be_admin(api)
    assert api.post(f"/v1/people/{ada}/suspend").status_code == 200
    assert opened(api, link_of(ada)).json()["code"] == "person-is-suspended"


def test_nobody_gets_in_by_a_link_to_an_organization_that_is_suspended(api: Api) -> None:
    sign_in_operator(api)
    link = link_of(add_person(api))
    assert api.post("/v1/organizations/acme/suspend", {"reason": "payment"}).status_code == 200
    api.look_again()
    assert opened(api, link).json()["code"] == "organization-is-suspended"


def test_the_link_of_nobody_opens_nothing(api: Api) -> None:
    assert opened(api, link_of("0190-nobody")).json()["code"] == "link-refused"
