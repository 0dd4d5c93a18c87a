"""Every way in leaves a line, and so does every attempt at somebody who is known, behind the answer."""

from typing import Any

import httpx
import pytest
from starlette.types import Message

from shared.engine.batch import outbox
from tests.services.intake.identity.issuing import (
    ADA,
    SANDBOX,
    add_person,
    ask_token,
    by_code,
    by_link,
    register,
    request_mail,
    sign_in_operator,
)
from tests.shared.web.api import Api


def lines(api: Api) -> list[dict[str, Any]]:
    """What was written since the last look, with whose trail it is for."""
    rows = api.runner.run(api.store.find(outbox.COLLECTION, {"unchained": True}))
    for row in rows:
        del api.store.collections[outbox.COLLECTION][row["_id"]]
    return [line | {"tenant": row["tenant"]} for row in rows for line in row["lines"]]


def line(api: Api) -> dict[str, Any]:
    (found,) = lines(api)
    return found


@pytest.fixture
def ada(api: Api) -> str:
    """The id of somebody who may sign in, and nothing on record."""
    sign_in_operator(api)
    (row,) = api.runner.run(api.store.find("person", {}))
    api.token = None
    lines(api)
    return str(row["_id"].partition("/")[2])


@pytest.mark.parametrize("shown", [by_link, by_code], ids=["link", "code"])
def test_who_signs_in_is_on_record(api: Api, ada: str, shown: Any) -> None:
    assert api.post("/v1/sign-in", shown(request_mail(api))).status_code == 200
    found = line(api)
    assert (found["tenant"], found["actor"], found["operation"], found["status"], found["network"]) == (
        "acme",
        f"person/{ada}",
        "sign_in",
        200,
        "127.0.0.0/24",
    )


WRONG = [
    lambda asked: {**by_code(asked), "code": "000000"},
    lambda asked: {**by_code(asked), "browser": "x" * 43},
    lambda asked: {**by_link(asked), "link": by_link(asked)["link"][:-4] + "AAAA"},
]


@pytest.mark.parametrize("number", range(len(WRONG)))
def test_an_attempt_at_somebody_who_is_known_is_on_record_and_one_at_nobody_is_not(
    api: Api, ada: str, number: int
) -> None:
    assert api.post("/v1/sign-in", WRONG[number](request_mail(api))).status_code == 403
    found = line(api)
    assert (found["actor"], found["about"], found["people"], found["status"]) == (
        "anyone",
        {"account": f"person/{ada}"},
        [ada],
        403,
    )
    assert api.post("/v1/sign-in", WRONG[number](request_mail(api, "nobody@example.org"))).status_code == 403
    assert lines(api) == []


def test_a_mail_that_was_used_is_an_attempt_the_second_time(api: Api, ada: str) -> None:
    asked = request_mail(api)
    api.post("/v1/sign-in", by_code(asked))
    lines(api)
    assert api.post("/v1/sign-in", by_code(asked)).status_code == 403
    assert line(api)["about"] == {"account": f"person/{ada}"}


def test_an_attempt_is_written_behind_the_answer_whose_time_so_tells_nothing(api: Api, ada: str) -> None:
    asked = WRONG[0](request_mail(api))
    written_when_sent = []
    app = api.app

    async def watched(scope: Any, receive: Any, send: Any) -> None:
        async def sending(message: Message) -> None:
            await send(message)
            rows = await api.store.find(outbox.COLLECTION, {"unchained": True})
            written_when_sent.append((message["type"], len(rows)))

        await app(scope, receive, sending)

    async def ask() -> None:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(watched), base_url="http://intake.test") as client:
            assert (await client.post("/v1/sign-in", json=asked)).status_code == 403

    api.runner.run(ask())
    assert written_when_sent == [("http.response.start", 0), ("http.response.body", 0)]
    assert line(api)["status"] == 403


def test_tokens_for_systems_and_operators_are_on_record_and_wrong_secrets_of_those_that_there_are(
    api: Api, ada: str
) -> None:
    sign_in_operator(api)
    found = line(api)
    assert (found["tenant"], found["actor"], found["operation"]) == ("acme", "operator/operator", "issue_token")
    client = api.post("/v1/clients", {"name": "HR"}).json()
    assert line(api)["operation"] == "register_client"
    api.token = None
    assert ask_token(api, (client["client_id"], client["client_secret"])).status_code == 200
    found = line(api)
    assert (found["tenant"], found["actor"]) == ("acme", f"client/{client['client_id'].partition('.')[2]}")
    assert ask_token(api, (client["client_id"], "wrong")).status_code == 401
    found = line(api)
    assert (found["actor"], found["about"]["account"].partition("/")[0], found["status"]) == ("anyone", "client", 401)
    assert ask_token(api, ("acme.nothing", "wrong")).status_code == 401
    assert lines(api) == []
    assert ask_token(api, ("operator", "wrong")).status_code == 401
    assert (line(api)["tenant"], lines(api)) == ("-", [])


def test_a_link_that_an_operator_makes_for_somebody_is_on_record(api: Api, ada: str) -> None:
    register(api, SANDBOX)
    sign_in_operator(api, SANDBOX)
    person = add_person(api, ADA)
    lines(api)
    assert api.post("/v1/sign-in-links", {"person_id": person}).status_code == 201
    found = line(api)
    assert (found["tenant"], found["actor"], found["operation"]) == (SANDBOX, "operator/operator", "make_sign_in_link")
