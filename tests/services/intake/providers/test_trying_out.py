"""Trying a provider out says what is wrong, step by step, and changes nothing."""

import json
from typing import Any

import pytest

from services.intake.providers.documents import PATH
from tests.services.intake.identity.issuing import ask_token
from tests.services.intake.providers.provider import ADA
from tests.services.intake.providers.signing_in import Acme

JSON = {"Content-Type": "application/json"}
STEPS = ["issuer", "clock", "keys", "method", "client", "redirect address"]


def tried(acme: Acme, **trial: Any) -> dict[str, Any]:
    """What the admin is told."""
    answer = acme.as_admin("POST", "/v1/identity-provider/try", trial)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def wrong(report: dict[str, Any]) -> list[str]:
    """What keeps people out."""
    return [one["about"] for one in report["findings"] if one["keeps_out"]]


def test_a_provider_that_works_is_found_well_in_every_step(acme: Acme) -> None:
    report = tried(acme)
    assert [one["about"] for one in report["findings"]] == STEPS
    assert (report["is_usable"], wrong(report)) == (True, [])
    assert report["redirect_uri"] == "http://127.0.0.1:8001/v1/sign-in/provider"


@pytest.mark.parametrize(
    ("path", "answer", "about", "word"),
    [
        (PATH, (404, {}, b""), "issuer", "answers 404"),
        ("/jwks", (200, JSON, b'{"keys": []}'), "keys", "no key"),
        ("/token", (401, JSON, b'{"error": "invalid_client"}'), "client", "invalid_client"),
        ("/token", (200, {}, b"<html>"), "client", "no JSON object"),
        ("/auth", (400, {}, b"redirect_uri"), "redirect address", "does not lead back"),
        ("/auth", (303, {"Location": "https://evil.example/"}, b""), "redirect address", "does not lead back"),
    ],
)
def test_what_is_wrong_is_named_with_what_to_do(
    acme: Acme, path: str, answer: tuple[int, dict[str, str], bytes], about: str, word: str
) -> None:
    acme.provider.answers[path] = answer
    report = tried(acme)
    assert (report["is_usable"], wrong(report)) == (False, [about])
    (finding,) = [one for one in report["findings"] if one["about"] == about]
    assert word in finding["detail"]
    assert finding["remedy"]


def test_a_scope_that_the_provider_refuses_is_named(acme: Acme) -> None:
    where = f"{tried(acme)['redirect_uri']}?error=invalid_scope"
    acme.provider.answers["/auth"] = (303, {"Location": where}, b"")
    assert "invalid_scope" in tried(acme)["findings"][-1]["detail"]


@pytest.mark.parametrize("ahead", [300, -300])
def test_a_clock_that_is_off_is_named_before_anybody_signs_in(acme: Acme, ahead: float) -> None:
    acme.provider.ahead = ahead
    assert wrong(tried(acme)) == ["clock"]


def test_claims_are_judged_without_anybody_signing_in(acme: Acme) -> None:
    rules = [{"claim": "groups", "value": "hr-admins", "role": "admin"}]
    acme.configure(rules=rules)
    assert tried(acme, claims=ADA | {"groups": ["hr-admins"]})["roles"] == ["admin"]
    without_role = tried(acme, claims=ADA | {"groups": ["everybody"]})
    assert (without_role["is_usable"], without_role["roles"]) == (True, [])
    assert "'everybody', and no rule names any of these" in without_role["findings"][-1]["detail"]
    assert wrong(tried(acme, claims={"sub": "x", "groups": {"hr-admins": 1}})) == ["claim email", "claim groups"]
    assert wrong(tried(acme, claims=ADA | {"email": "ada@other.example"})) == ["claim email"]


def test_who_signs_in_to_try_it_sees_what_is_said_of_them_and_is_not_signed_in(acme: Acme) -> None:
    acme.configure(rules=[{"claim": "groups", "value": "hr-admins", "role": "admin"}])
    answer = acme.as_admin("POST", "/v1/identity-provider/try", {})
    cookie = answer.headers["set-cookie"].partition(";")[0]
    people = len(acme.api.rows("person"))
    returned = acme.provider.let_in(answer.json()["sign_in_url"], ADA | {"groups": ["hr-admins"]})
    report = acme.api.get("/v1/sign-in/provider", params=returned, headers={"Cookie": cookie})
    assert (report.status_code, report.json()["is_usable"], report.json()["roles"]) == (200, True, ["admin"])
    assert "access_token" not in report.json()
    assert len(acme.api.rows("person")) == people
    again = acme.api.get("/v1/sign-in/provider", params=returned, headers={"Cookie": cookie})
    assert again.json()["code"] == "provider-sign-in-refused"


def test_who_signs_in_to_try_it_sees_what_is_wrong(acme: Acme) -> None:
    answer = acme.as_admin("POST", "/v1/identity-provider/try", {})
    cookie = answer.headers["set-cookie"].partition(";")[0]
    returned = acme.provider.let_in(answer.json()["sign_in_url"], {"sub": "ada"})
    report = acme.api.get("/v1/sign-in/provider", params=returned, headers={"Cookie": cookie})
    assert wrong(report.json()) == ["claim email"]


def test_an_operator_tries_out_and_sets_nothing(acme: Acme) -> None:
    acme.api.token = ask_token(acme.api, tenant="acme").json()["access_token"]
    assert acme.api.post("/v1/identity-provider/try", {}).json()["is_usable"]
    assert acme.api.post("/v1/identity-provider", acme.settings()).status_code == 403
    assert acme.api.post("/v1/identity-provider/remove").status_code == 403


def test_an_organization_without_a_provider_is_told_that_it_has_none(acme: Acme) -> None:
    acme.as_admin("POST", "/v1/identity-provider/remove")
    answer = acme.as_admin("POST", "/v1/identity-provider/try", {})
    assert (answer.status_code, answer.json()["code"]) == (404, "provider-not-set")


def test_what_a_finding_says_has_no_secret_in_it(acme: Acme) -> None:
    acme.provider.answers["/token"] = (400, JSON, json.dumps({"error": "x" * 5000}).encode())
    report = tried(acme)
    assert acme.settings()["client_secret"] not in json.dumps(report)
    assert max(len(one["detail"]) for one in report["findings"]) < 500
