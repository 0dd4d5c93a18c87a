"""A front end of an organization exchanges the provider's tokens for tokens of people, and of nobody else's."""

from typing import Any

import httpx
import pytest

from tests.services.intake.identity.issuing import claims
from tests.services.intake.providers.provider import ADA, Provider, running_provider
from tests.services.intake.providers.signing_in import Acme

GRANT = "urn:ietf:params:oauth:grant-type:token-exchange"
KIND = "urn:ietf:params:oauth:token-type:"
PORTAL = "portal"


class Portal:
    """A front end of acme."""

    def __init__(self, acme: Acme, **settings: Any) -> None:
        self.acme = acme
        client = acme.as_admin("POST", "/v1/clients", {"name": "The portal", "scopes": ["intake:read"]}).json()
        self.id, self.secret = client["client_id"], client["client_secret"]
        acme.configure(
            front_ends=[{"client_id": self.id, "audience": PORTAL}],
            rules=[{"claim": "groups", "value": "hr-admins", "role": "admin"}],
            **settings,
        )

    def exchange(self, token: str, **more: str) -> httpx.Response:
        """What is answered for a token of the provider's."""
        form = {"grant_type": GRANT, "subject_token": token, "subject_token_type": f"{KIND}id_token"} | more
        return self.acme.api.post("/oauth/token", data=form, auth=(self.id, self.secret))


@pytest.fixture
def portal(acme: Acme) -> Portal:
    return Portal(acme)


def test_a_token_of_the_provider_is_exchanged_for_one_of_the_person(portal: Portal, acme: Acme) -> None:
    answer = portal.exchange(acme.provider.id_token(ADA, PORTAL))
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store"), answer.text
    body = answer.json()
    assert (body["token_type"], body["issued_token_type"]) == ("Bearer", f"{KIND}access_token")
    assert set(body) == {"access_token", "token_type", "expires_in", "issued_token_type"}
    said = claims(body["access_token"])
    assert (said["act"], said["client_id"], "auth_time" in said) == ({"sub": portal.id}, portal.id, False)
    acme.api.token = body["access_token"]
    assert acme.api.get(f"/v1/people/{said['sub']}").json()["email"] == "ada@acme.example"


@pytest.mark.parametrize("kind", ["access_token", "jwt"])
def test_an_access_token_that_names_the_person_is_exchanged_too(portal: Portal, acme: Acme, kind: str) -> None:
    token = acme.provider.id_token(ADA, PORTAL)
    assert portal.exchange(token, subject_token_type=KIND + kind).status_code == 200


def test_whoever_signs_in_and_comes_by_the_front_end_is_one_person_whose_roles_follow_sign_ins(
    portal: Portal, acme: Acme
) -> None:
    signed_in = claims(acme.sign_in(ADA | {"groups": ["hr-admins"]}).json()["access_token"])
    exchanged = claims(portal.exchange(acme.provider.id_token(ADA, PORTAL)).json()["access_token"])
    assert exchanged["sub"] == signed_in["sub"]
    assert exchanged["roles"] == ["admin"]


def test_a_client_that_is_disabled_takes_the_tokens_that_it_got_for_people_with_it(portal: Portal, acme: Acme) -> None:
    token = portal.exchange(acme.provider.id_token(ADA, PORTAL)).json()["access_token"]
    assert acme.as_admin("POST", f"/v1/clients/{portal.id}/disable").status_code == 200
    acme.api.look_again()
    acme.api.token = token
    assert acme.api.get(f"/v1/people/{claims(token)['sub']}").status_code == 401


def test_a_client_that_is_no_front_end_exchanges_nothing(portal: Portal, acme: Acme) -> None:
    other = acme.as_admin("POST", "/v1/clients", {"name": "HR"}).json()
    portal.id, portal.secret = other["client_id"], other["client_secret"]
    answer = portal.exchange(acme.provider.id_token(ADA, PORTAL))
    assert (answer.status_code, answer.json()["error"]) == (400, "unauthorized_client")


def test_a_client_shows_its_secret(portal: Portal, acme: Acme) -> None:
    portal.secret = "guess"
    answer = portal.exchange(acme.provider.id_token(ADA, PORTAL))
    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")


@pytest.mark.parametrize(
    "wrong",
    [
        {"aud": "ithaca"},
        {"aud": ["portal", "other"]},
        {"azp": "other"},
        {"iss": "https://evil.example"},
        {"exp": 1_000_000_000},
        {"email": None},
        {"email_verified": False},
        {"email": "ada@other.example"},
        {"sub": ""},
    ],
)
def test_a_token_that_is_not_the_front_ends_or_vouches_for_nobody_is_refused(
    portal: Portal, acme: Acme, wrong: dict[str, Any]
) -> None:
    acme.provider.token = wrong
    answer = portal.exchange(acme.provider.id_token(ADA, PORTAL))
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")
    assert answer.json()["error_description"].count(".") >= 2


def test_a_token_of_another_provider_is_refused(portal: Portal, acme: Acme) -> None:
    with running_provider() as other:
        other.issuer = acme.provider.issuer
        answer = portal.exchange(other.id_token(ADA, PORTAL))
    assert "no key that the provider publishes" in answer.json()["error_description"]


def test_our_own_tokens_are_not_exchanged(portal: Portal, acme: Acme) -> None:
    ours = acme.sign_in().json()["access_token"]
    assert portal.exchange(ours, subject_token_type=f"{KIND}access_token").json()["error"] == "invalid_request"


@pytest.mark.parametrize(
    ("more", "error"),
    [
        ({"subject_token": ""}, "invalid_request"),
        ({"subject_token_type": f"{KIND}saml2"}, "invalid_request"),
        ({"actor_token": "x"}, "invalid_request"),
        ({"requested_token_type": f"{KIND}refresh_token"}, "invalid_request"),
        ({"scope": "intake:read"}, "invalid_scope"),
        ({"audience": "https://other.example"}, "invalid_target"),
        ({"resource": "https://other.example"}, "invalid_target"),
    ],
)
def test_what_no_token_is_made_for_is_refused(portal: Portal, acme: Acme, more: dict[str, str], error: str) -> None:
    answer = portal.exchange(acme.provider.id_token(ADA, PORTAL), **more)
    assert (answer.status_code, answer.json()["error"]) == (400, error)


def test_tokens_that_were_made_up_are_counted_as_guesses(portal: Portal, acme: Acme, provider: Provider) -> None:
    answers = [portal.exchange("e30.e30.x").status_code for _ in range(101)]
    assert answers == [400] * 100 + [429]
