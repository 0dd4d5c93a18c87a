"""Paths, queries and headers say one thing each; a path says which methods it has."""

import pytest

from shared.engine.authoring.grants import PERSON
from shared.engine.authoring.service import Service
from shared.web.routes import Routes
from tests.shared.web.api import running
from tests.shared.web.garden import commands as garden_commands
from tests.shared.web.garden import garden, reads

UNREADABLE = ["%ff", "%c3", "%c0%af", "%ed%a0%80", "%00", "a%00b", "%f5%80%80%80", "a%ffb%2f"]


@pytest.mark.parametrize("text", UNREADABLE)
@pytest.mark.parametrize(
    ("method", "path", "place"),
    [
        ("POST", "/v1/plots/{}/water", "path"),
        ("POST", "/v1/plots/{}/seed", "path"),
        ("GET", "/v1/plots/{}", "path"),
        ("GET", "/v1/nowhere/{}", "path"),
        ("GET", "/v1/plots?after={}", "query"),
        ("GET", "/v1/plots?{}=1", "query"),
        ("GET", "/livez?{}", "query"),
        ("POST", "/v1/plots?{}", "query"),
    ],
)
def test_a_target_that_is_no_text_is_one_kind_of_problem(method: str, path: str, place: str, text: str) -> None:
    with running(garden) as api:
        answer = api.send(method, path.format(text))
    assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")
    assert answer.json()["code"] == "shape-wrong"
    (error,) = answer.json()["errors"]
    assert error["in"] == place
    assert "UTF-8" in error["remedy"]


@pytest.mark.parametrize("text", ["%C3%A4", "%F0%9F%98%80", "%20", "%", "%zz", "a+b", "%2F", "%25"])
def test_a_target_that_is_text_is_taken(text: str) -> None:
    with running(garden) as api:
        assert api.get(f"/v1/plots?after={text}").status_code == 200
        assert api.get(f"/v1/plots/{text}").status_code == 404


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("Authorization", ("Bearer x", "Bearer y")),
        ("Idempotency-Key", ("k1", "k2")),
        ("Idempotency-Key", ("k1", "k1")),
        ("X-Request-Id", ("r1", "r2")),
        ("Origin", ("https://a.example", "https://b.example")),
        ("If-Match", ('"1"', "*")),
        ("Content-Type", ("application/json", "text/plain")),
        ("Content-Length", ("2", "3")),
        ("Content-Encoding", ("gzip", "identity")),
        ("Host", ("garden.test", "elsewhere.test")),
        ("X-Correlation-Id", ("a", "b")),
    ],
)
@pytest.mark.parametrize("path", ["/v1/plots/a/water", "/v1/labels", "/livez", "/oauth/token"])
def test_a_header_that_is_there_twice_is_refused_by_its_name(path: str, name: str, values: tuple[str, str]) -> None:
    with running(garden) as api:
        token, api.token = api.token, None
        others = [("Authorization", f"Bearer {token}")] if name != "Authorization" else []
        answer = api.post(path, content=b"{}", headers=[*others, *((name, value) for value in values)])
    assert (answer.status_code, answer.headers["content-type"]) == (400, "application/problem+json")
    assert answer.json()["code"] == "header-repeated"
    assert name in answer.json()["detail"]


def test_a_header_that_may_be_a_list_may_come_twice() -> None:
    with running(garden) as api:
        headers = [("Authorization", f"Bearer {api.token}"), ("Accept", "text/html"), ("Accept", "application/json")]
        api.token = None
        assert api.get("/v1/whoami", headers=headers).status_code == 200


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        ("/v1/plots", {"GET", "HEAD", "POST"}),  # a command and a read
        ("/v1/plots/a", {"GET", "HEAD"}),
        ("/v1/plots/a/water", {"POST"}),
        ("/v1/plots/a/seed", {"POST"}),
        ("/livez", {"GET", "HEAD"}),
        ("/openapi.json", {"GET", "HEAD"}),
    ],
)
def test_a_path_says_which_methods_it_has(path: str, allowed: set[str]) -> None:
    with running(garden) as api:
        asked = api.send("OPTIONS", path)
        assert (asked.status_code, set(asked.headers["allow"].split(", "))) == (204, allowed)
        for method in ("DELETE", "PATCH", "PUT", "TRACE"):
            answer = api.send(method, path)
            assert (answer.status_code, set(answer.headers["allow"].split(", "))) == (405, allowed)
            assert answer.headers["content-type"] == "application/problem+json"
            assert answer.headers["allow"] in answer.json()["detail"]


def test_what_answers_at_one_path_from_two_routers_is_named_together() -> None:
    more = Routes(allow=(PERSON,))

    @more.post("/plots/{plot_id}")
    async def dig_up(plot_id: str) -> str:
        return plot_id

    both = Service("garden", title="Garden", emits=garden.emits, handles=[garden_commands], routers=[reads, more])
    with running(both) as api:
        assert api.send("PUT", "/v1/plots/a").headers["allow"] == "GET, HEAD, POST"
        assert api.send("POST", "/v1/plots/a").json() == "a"


@pytest.mark.parametrize("method", ["OPTIONS", "DELETE", "HEAD", "GET"])
def test_a_path_that_is_not_there_has_no_methods(method: str) -> None:
    with running(garden) as api:
        assert api.send(method, "/v1/nowhere").status_code == 404


@pytest.mark.parametrize("method", ["OPTIONS", "DELETE", "HEAD"])
def test_without_a_token_nobody_learns_which_methods_a_path_has(method: str) -> None:
    with running(garden) as api:
        api.token = None
        for path in ("/v1/plots", "/v1/nowhere"):
            answer = api.send(method, path)
            assert (answer.status_code, "allow" in answer.headers) == (401, False)
        assert api.send("OPTIONS", "/livez").status_code == 204


def test_head_says_of_an_answer_all_but_its_body() -> None:
    with running(garden) as api:
        api.post("/v1/plots/a/water", {"liters": 5})
        for path in ("/v1/plots/a", "/v1/plots?limit=1", "/livez", "/v1/plots/unknown", "/v1/plots?limit=0"):
            full, head = (api.send(method, path, headers={"X-Request-Id": "r1"}) for method in ("GET", "HEAD"))
            assert (head.status_code, head.content) == (full.status_code, b"")
            assert head.headers == full.headers
