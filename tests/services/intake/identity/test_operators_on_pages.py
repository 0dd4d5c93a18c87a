"""Operators sign in on pages by a link that their client makes: once, within minutes, and not for good."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from services.intake.identity import tokens as issuing_tokens
from services.intake.identity.model.operator_links import LIFETIME, OperatorLink
from shared.clock import system_clock
from shared.engine.batch import outbox
from shared.engine.ports.store import Change
from tests.services.intake.identity.issuing import add_person, ask_token, claims, issuing, sign_in, sign_in_operator
from tests.shared.web.api import Api

LINKS, SESSIONS = "/v1/operator-links", "/v1/operator-sessions"


@pytest.fixture
def api(tmp_path: Path) -> Iterator[Api]:
    with issuing(tmp_path) as found:
        yield found


def link(api: Api) -> str:
    """A link, made by the operators' client."""
    api.token = None
    api.token = ask_token(api).json()["access_token"]
    made = api.post(LINKS)
    api.token = None
    assert (made.status_code, made.headers["Cache-Control"]) == (201, "no-store")
    return str(made.json()["link"])


def opened(api: Api, shown: str) -> httpx.Response:
    return api.post(SESSIONS, {"link": shown})


def refreshed(api: Api, token: str) -> httpx.Response:
    return api.post("/oauth/token", data={"grant_type": "refresh_token", "refresh_token": token})


def aged(api: Api, collection: str, **fields: timedelta) -> None:
    """Something that is there once, with moments in it that were so long ago."""
    (row,) = api.runner.run(api.store.find(collection, {}))
    moved = {path: system_clock() - ago for path, ago in fields.items()}
    api.runner.run(api.store.transact([Change(collection, row["_id"], {}, moved)]))


def session_aged(api: Api, ago: timedelta) -> None:
    """The operator's session, which was used so long ago."""
    (row,) = [one for one in api.runner.run(api.store.find("access", {})) if one["state"]["sessions"]]
    (session,) = row["state"]["sessions"]
    used = {f"state.sessions.{session}.used_at": system_clock() - ago}
    api.runner.run(api.store.transact([Change("access", row["_id"], {}, used)]))


def signed_in(api: Api) -> dict[str, Any]:
    tokens: dict[str, Any] = opened(api, link(api)).json()
    return tokens


def test_a_link_lets_an_operator_in_who_may_do_what_operators_may(api: Api) -> None:
    tokens = signed_in(api)
    told = claims(tokens["access_token"])
    assert (told["kind"], told["sub"], "tenant" in told) == ("operator", "operator", False)
    api.token = tokens["access_token"]
    assert [one["id"] for one in api.get("/v1/organizations").json()["items"]] == ["acme"]


def test_a_link_works_once_and_looking_at_it_uses_nothing_up(api: Api) -> None:
    made = link(api)
    states = [api.post(f"{LINKS}/state", {"link": made}).json()["is_ready"] for _ in range(2)]
    assert opened(api, made).status_code == 200
    again = opened(api, made)
    states.append(api.post(f"{LINKS}/state", {"link": made}).json()["is_ready"])
    assert (states, again.status_code) == ([True, True, False], 403)


def test_a_link_is_good_for_minutes(api: Api) -> None:
    made = link(api)
    aged(api, OperatorLink.collection, **{"state.expires_at": timedelta()})
    assert opened(api, made).status_code == 403


@pytest.mark.parametrize("change", [lambda text: text[:-1] + "_", lambda text: "x" + text, lambda _: "nothing"])
def test_a_link_that_was_made_up_lets_nobody_in(api: Api, change: Any) -> None:
    assert opened(api, change(link(api))).status_code == 403


def test_nobody_else_makes_one(api: Api) -> None:
    sign_in_operator(api)
    add_person(api)
    api.token = None
    api.token = sign_in(api)["access_token"]
    assert api.post(LINKS).status_code == 403


def test_an_operator_stays_signed_in_by_exchanging_tokens_and_a_used_one_ends_it(api: Api) -> None:
    first = signed_in(api)["refresh_token"]
    second = refreshed(api, first).json()["refresh_token"]
    assert claims(refreshed(api, second).json()["access_token"])["kind"] == "operator"
    session_aged(api, timedelta(minutes=2))
    assert refreshed(api, first).json()["error"] == "invalid_grant"
    assert refreshed(api, second).json()["error"] == "invalid_grant"


def test_an_operator_who_does_nothing_for_an_hour_is_signed_out(api: Api) -> None:
    token = signed_in(api)["refresh_token"]
    session_aged(api, LIFETIME.idle)
    assert refreshed(api, token).status_code == 400


def test_an_operator_signs_out(api: Api) -> None:
    tokens = signed_in(api)
    assert api.post("/oauth/revoke", data={"token": tokens["access_token"]}).status_code == 200
    assert refreshed(api, tokens["refresh_token"]).status_code == 400


def test_with_another_secret_of_the_deployment_every_operator_is_signed_out(tmp_path: Path) -> None:
    with issuing(tmp_path) as api:
        token = signed_in(api)["refresh_token"]
        settings = api.app.state.settings
        other = settings.operator_client_secret.__class__("another secret that has 32 letters")
        api.app.state.settings = settings.model_copy(update={"operator_client_secret": other})
        assert refreshed(api, token).status_code == 400


def test_getting_in_is_on_the_trail_of_the_deployment(api: Api) -> None:
    api.token = signed_in(api)["access_token"]
    rows = api.runner.run(api.store.find(outbox.COLLECTION, {"unchained": True}))
    lines = [(row["tenant"], line["actor"], line["operation"]) for row in rows for line in row["lines"]]
    assert lines[-2:] == [
        ("-", "operator/operator", "make_operator_link"),
        ("-", "operator/operator", "sign_in_operator"),
    ]


def acting(api: Api, organization_id: str) -> httpx.Response:
    return api.post("/v1/operator-tokens", {"organization_id": organization_id})


def test_an_operator_acts_in_an_organization_no_longer_than_they_may_and_on_its_record(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    api.token = signed_in(api)["access_token"]
    monkeypatch.setattr(issuing_tokens, "LIFETIME", timedelta(hours=1))
    made = acting(api, "acme").json()["access_token"]
    told, own = claims(made), claims(api.token)
    assert (told["tenant"], told["kind"], told["exp"]) == ("acme", "operator", own["exp"])
    api.token = made
    assert api.get("/v1/organizations/acme").json()["id"] == "acme"
    again = claims(acting(api, "acme").json()["access_token"])
    assert again["exp"] == own["exp"], "tokens beget none that outlive them"
    rows = api.runner.run(api.store.find(outbox.COLLECTION, {"unchained": True}))
    on_record = [(row["tenant"], line["operation"]) for row in rows for line in row["lines"]]
    assert ("acme", "make_operator_token") in on_record


def test_an_operator_acts_in_no_organization_that_is_not_there(api: Api) -> None:
    api.token = signed_in(api)["access_token"]
    assert acting(api, "nowhere").status_code == 404
