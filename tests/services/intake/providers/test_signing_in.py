"""People sign in by their organization's provider: once, in the browser that went, as whom it vouches for."""

import asyncio
import time
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from shared.contracts.access import IdentityProviderSet
from tests.services.intake.identity.issuing import claims
from tests.services.intake.providers.provider import ADA, SECRET
from tests.services.intake.providers.signing_in import Acme

BEN = {"sub": "ben-at-work", "email": "ben@acme.example", "email_verified": True}


def test_somebody_new_is_signed_in_as_a_person_of_the_organization(acme: Acme) -> None:
    answer = acme.sign_in(ADA | {"auth_time": 1_700_000_000, "amr": ["pwd", "mfa"], "locale": "it"})
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store"), answer.text
    said = claims(answer.json()["access_token"])
    assert (said["amr"], said["auth_time"], said["tenant"]) == (["fed", "pwd", "mfa"], 1_700_000_000, "acme")
    acme.api.token = answer.json()["access_token"]
    card = acme.api.get(f"/v1/people/{said['sub']}").json()
    assert (card["name"], card["email"], card["locale"], card["time_zone"]) == (
        "Ada Rossi",
        "ada@acme.example",
        "it",
        "Europe/Rome",
    )
    refreshed = {"grant_type": "refresh_token", "refresh_token": answer.json()["refresh_token"]}
    assert acme.api.post("/oauth/token", data=refreshed).status_code == 200


def test_when_somebody_has_shown_who_they_are_is_not_said_unless_the_provider_says_it(acme: Acme) -> None:
    assert "auth_time" not in claims(acme.sign_in().json()["access_token"])


def test_a_provider_that_has_signed_somebody_in_later_than_now_has_done_so_now(acme: Acme) -> None:
    said = claims(acme.sign_in(ADA | {"auth_time": 1_900_000_000}).json()["access_token"])
    assert abs(said["auth_time"] - time.time()) < 60


def test_a_person_who_is_known_by_their_address_is_that_person_and_stays_it(acme: Acme) -> None:
    person = {"name": "Ada", "email": "Ada@acme.example", "time_zone": "Europe/Rome"}
    ada = acme.as_admin("POST", "/v1/people", person).json()["id"]
    assert claims(acme.sign_in().json()["access_token"])["sub"] == ada
    married = ADA | {"email": "ada.bianchi@acme.example"}
    assert claims(acme.sign_in(married).json()["access_token"])["sub"] == ada


def test_what_the_browser_is_asked_for_is_all_that_the_standards_want(acme: Acme) -> None:
    url = acme.go()["authorization_url"]
    asked = dict(parse_qsl(urlsplit(url).query))
    assert url.startswith(f"{acme.provider.issuer}/auth?")
    assert asked["redirect_uri"] == "http://127.0.0.1:8001/v1/sign-in/provider"
    assert (asked["response_type"], asked["scope"], asked["code_challenge_method"]) == (
        "code",
        "openid email profile",
        "S256",
    )
    assert len({asked["state"], asked["nonce"], asked["code_challenge"]}) == 3
    assert dict(parse_qsl(urlsplit(acme.go(is_fresh=True)["authorization_url"]).query))["max_age"] == "0"


def test_a_link_leads_to_the_provider_and_nowhere_else(acme: Acme) -> None:
    there = acme.api.get("/v1/sign-in/provider/start", params={"organization": "acme"})
    assert (there.status_code, there.headers["location"][: len(acme.provider.issuer)]) == (303, acme.provider.issuer)
    assert "HttpOnly" in there.headers["set-cookie"]
    elsewhere = {"organization": "acme", "return_to": "https://evil.example"}
    assert acme.api.get("/v1/sign-in/provider/start", params=elsewhere).status_code == 422
    assert acme.api.post("/v1/sign-in/provider/requests", elsewhere).status_code == 422


def test_an_answer_lets_in_once_however_many_bring_it(acme: Acme) -> None:
    sent = acme.go()
    returned = acme.provider.let_in(sent["authorization_url"], ADA)
    cookie = {"Cookie": f"ithaca-browser={sent['browser']}"}

    async def come() -> list[int]:
        asked = [acme.api.request("GET", "/v1/sign-in/provider", params=returned, headers=cookie) for _ in range(10)]
        return sorted(answer.status_code for answer in await asyncio.gather(*asked))

    assert acme.api.runner.run(come()) == [200] + [403] * 9
    assert acme.back(sent, returned).json()["code"] == "provider-sign-in-refused"


def test_an_answer_lets_in_no_browser_but_the_one_that_went(acme: Acme) -> None:
    sent, other = acme.go(), acme.go()
    returned = acme.provider.let_in(sent["authorization_url"], ADA)
    assert acme.back(other, returned).json()["code"] == "provider-sign-in-refused"
    assert acme.api.get("/v1/sign-in/provider", params=returned).json()["code"] == "provider-sign-in-refused"
    posted = acme.api.post("/v1/sign-in/provider", returned | {"browser": other["browser"]})
    assert posted.json()["code"] == "provider-sign-in-refused"
    posted = acme.api.post("/v1/sign-in/provider", returned | {"browser": sent["browser"]})
    assert posted.status_code == 200


@pytest.mark.parametrize(
    "state", ["", "acme", "acme.x.y", "beta.{id}.{secret}", "acme.{id}.guess", "acme.{id}.{secret}x"]
)
def test_a_state_that_was_made_up_lets_nobody_in(acme: Acme, state: str) -> None:
    sent = acme.go()
    returned = acme.provider.let_in(sent["authorization_url"], ADA)
    _, id, secret = returned["state"].split(".")
    answer = acme.back(sent, returned | {"state": state.format(id=id, secret=secret)})
    assert (answer.status_code, answer.json()["code"]) == (403, "provider-sign-in-refused")
    assert acme.back(sent, returned).status_code == 200


def test_a_code_of_another_request_lets_nobody_in(acme: Acme) -> None:
    one, other = acme.go(), acme.go()
    stolen = acme.provider.let_in(other["authorization_url"], ADA)["code"]
    mine = acme.provider.let_in(one["authorization_url"], BEN)
    answer = acme.back(one, mine | {"code": stolen})
    assert (answer.json()["code"], answer.json()["about"]) == ("provider-not-usable", "token endpoint")


def test_settings_that_were_changed_meanwhile_let_nobody_in_who_went_before(acme: Acme) -> None:
    sent = acme.go()
    returned = acme.provider.let_in(sent["authorization_url"], ADA)
    acme.configure(client_id="another")
    assert acme.back(sent, returned).json()["code"] == "provider-sign-in-refused"


@pytest.mark.parametrize(
    ("wrong", "about"),
    [
        ({"iss": "https://evil.example"}, "ID token: iss"),
        ({"aud": "somebody-else"}, "ID token: aud"),
        ({"aud": ["ithaca", "somebody-else"]}, "ID token: azp"),
        ({"azp": "somebody-else"}, "ID token: azp"),
        ({"nonce": "another"}, "ID token: nonce"),
        ({"nonce": None}, "ID token: nonce"),
        ({"exp": 1_000_000_000}, "clock"),
        ({"exp": None}, "ID token"),
        ({"iat": "now"}, "ID token"),
        ({"sub": None}, "ID token"),
        ({"sub": 7}, "ID token"),
        ({"sub": "x" * 256}, "ID token"),
        ({"email": None}, "claim email"),
        ({"email": ["ada@acme.example"]}, "claim email"),
        ({"email": "ada"}, "claim email"),
        ({"email": {"address": "ada@acme.example"}}, "claim email"),
        ({"email_verified": None}, "claim email_verified"),
        ({"email_verified": False}, "claim email_verified"),
        ({"email_verified": "true"}, "claim email_verified"),
        ({"email": "ada@acme.example.evil.example"}, "claim email"),
        ({"email": "ada@sub.acme.example"}, "claim email"),
    ],
)
def test_what_the_provider_must_not_say_is_told_and_lets_nobody_in(
    acme: Acme, wrong: dict[str, Any], about: str
) -> None:
    acme.provider.token = wrong
    acme.provider.users["at"] = wrong
    answer = acme.sign_in()
    assert (answer.status_code, answer.json()["code"], answer.json()["about"]) == (403, "provider-not-usable", about)
    assert answer.json()["detail"].count(".") >= 2  # what is wrong, and what to do


@pytest.mark.parametrize(("ahead", "word"), [(300, "ahead"), (-300, "behind")])
def test_a_clock_five_minutes_off_is_told(acme: Acme, ahead: float, word: str) -> None:
    acme.provider.ahead = ahead
    answer = acme.sign_in()
    assert answer.json()["about"] == "clock"
    assert word in answer.json()["detail"]


@pytest.mark.parametrize("ahead", [-45, 45])
def test_a_clock_that_is_a_little_off_is_no_obstacle(acme: Acme, ahead: float) -> None:
    acme.provider.ahead = ahead
    assert acme.sign_in().status_code == 200


@pytest.mark.parametrize("named", ["https://evil.example", ""])
def test_an_answer_that_names_another_issuer_is_refused_before_its_code_is_shown_to_anybody(
    acme: Acme, named: str
) -> None:
    acme.provider.answer_iss = named
    assert acme.sign_in().json()["about"] == "iss"
    assert "/token" not in acme.provider.asked


def test_an_answer_must_name_its_issuer_where_the_provider_says_that_it_does(acme: Acme) -> None:
    acme.provider.document = {"authorization_response_iss_parameter_supported": True}
    assert acme.sign_in().json()["about"] == "iss"
    acme.provider.answer_iss = acme.provider.issuer
    assert acme.sign_in().status_code == 200


def test_what_the_id_token_leaves_out_is_asked_for_and_is_about_the_same_person(acme: Acme) -> None:
    acme.provider.token = {"email": None, "email_verified": None}
    assert acme.sign_in().status_code == 200
    acme.provider.users["at"] = {"sub": "somebody-else"}
    assert acme.sign_in().json()["about"] == "userinfo"


def test_who_is_not_let_in_by_the_provider_is_told_what_it_says(acme: Acme) -> None:
    sent = acme.go()
    returned = acme.provider.let_in(sent["authorization_url"], ADA)
    answer = acme.back(sent, {"state": returned["state"], "error": "access_denied"})
    assert "access_denied" in answer.json()["detail"]


def test_an_address_that_is_another_persons_lets_nobody_in(acme: Acme) -> None:
    acme.sign_in(ADA)
    acme.sign_in(BEN)
    answer = acme.sign_in(ADA | {"email": "ben@acme.example"})
    assert (answer.status_code, answer.json()["code"]) == (403, "address-of-another")


def test_an_address_that_was_given_to_somebody_else_lets_them_in_only_when_an_admin_says_so(acme: Acme) -> None:
    ada = claims(acme.sign_in(ADA).json()["access_token"])["sub"]
    newcomer = ADA | {"sub": "another-ada"}
    assert acme.sign_in(newcomer).json()["code"] == "other-account"
    assert acme.as_admin("POST", f"/v1/people/{ada}/provider-account/unlink").status_code == 200
    assert claims(acme.sign_in(newcomer).json()["access_token"])["sub"] == ada
    assert acme.sign_in(ADA).json()["code"] == "other-account"


def test_an_organization_without_a_provider_and_one_that_is_not_there_answer_alike(acme: Acme) -> None:
    assert acme.as_admin("POST", "/v1/identity-provider/remove").status_code == 200
    answers = [
        acme.api.post("/v1/sign-in/provider/requests", {"organization": organization})
        for organization in ("acme", "no-such-one")
    ]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert answers[0].json()["detail"] == answers[1].json()["detail"]


def test_nothing_secret_is_in_an_event_or_in_the_database(acme: Acme) -> None:
    sent = acme.go()
    asked = dict(parse_qsl(urlsplit(sent["authorization_url"]).query))
    acme.back(sent, acme.provider.let_in(sent["authorization_url"], ADA))
    rows = b"".join(row for rows in acme.api.store.collections.values() for row in rows.values())
    assert acme.api.published(IdentityProviderSet, "client_id") == ["ithaca"]
    secrets = [SECRET, sent["browser"], asked["nonce"], asked["state"].rpartition(".")[2], ADA["sub"]]
    assert [one for one in secrets if str(one).encode() in rows] == []
    assert SECRET not in acme.as_admin("GET", "/v1/identity-provider").text
