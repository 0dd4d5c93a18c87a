"""Bad input gets an answer that names the place and the remedy; what went wrong inside stays inside."""

from typing import Any

import httpx
import pytest
from structlog.testing import capture_logs

from tests.shared.web.api import running
from tests.shared.web.garden import garden


def water(content: bytes | str, path: str = "/v1/plots/a/water") -> httpx.Response:
    with running(garden) as api:
        return api.post(path, content=content)


def errors(answer: httpx.Response) -> list[dict[str, Any]]:
    assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")
    found: list[dict[str, Any]] = answer.json()["errors"]
    return found


@pytest.mark.parametrize(
    ("content", "place", "said", "remedy"),
    [
        ("{}", "/liters", "Field required", "Add it."),
        ("", "/liters", "Field required", "Add it."),
        ('{"liters": "much"}', "/liters", "valid integer", None),
        ('{"liters": 0}', "/liters", "greater than or equal to 1", None),
        ('{"liters": 5, "litres": 5}', "/litres", "not permitted", "Leave it out, or correct its name."),
        ('{"liters": 5, "a/b~c": 5}', "/a~1b~0c", "not permitted", "Leave it out, or correct its name."),
        ('{"liters": 5, "tools": ["can", 7]}', "/tools/1", "valid string", None),
        ('{"liters": 5, "plot_id": "b"}', "/plot_id", "The path says it already", "Leave it out, or correct its name."),
        ("liters=5", "", "not JSON: Expecting value: line 1 column 1", "Send a JSON object in UTF-8."),
        ('{"liters": 5', "", "not JSON: Expecting ',' delimiter: line 1 column 13", "Send a JSON object in UTF-8."),
        (b'{"liters": "\xff"}', "", "not JSON", "Send a JSON object in UTF-8."),
        ('{"liters": NaN}', "", "not JSON", "Send a JSON object in UTF-8."),
        ("[" * 5000, "", "not JSON", "Send a JSON object in UTF-8."),
        ('{"a":' * 150 + "1" + "}" * 150, "", "more than 64 levels", "Nest less deeply."),
        ('{"tools": ' + "[" * 64 + "]" * 64 + "}", "", "more than 64 levels", "Nest less deeply."),
        ("[5]", "", "not an object", "Send a JSON object."),
        ("null", "", "not an object", "Send a JSON object."),
    ],
)
def test_a_wrong_body_is_answered_with_the_field_and_the_remedy(
    content: bytes | str, place: str, said: str, remedy: str | None
) -> None:
    (error,) = errors(water(content))
    assert (error["in"], error["field"], error.get("remedy")) == ("body", place, remedy)
    assert said in error["detail"]


def test_everything_that_is_wrong_is_named_at_once() -> None:
    answer = water('{"liters": 5000, "tools": 3, "hose": true}')
    assert {error["field"] for error in errors(answer)} == {"/liters", "/tools", "/hose"}
    assert all(field in answer.json()["detail"] for field in ("/liters", "/tools", "/hose"))


def test_a_wrong_parameter_of_the_path_is_named_as_such() -> None:
    (error,) = errors(water('{"liters": 5}', "/v1/plots/A_B/water"))
    assert (error["in"], error["field"]) == ("path", "plot_id")


def test_a_wrong_parameter_of_a_query_is_named_as_such() -> None:
    with running(garden) as api:
        (error,) = errors(api.get("/v1/plots?limit=0"))
    assert (error["in"], error["field"]) == ("query", "limit")


def test_a_refusal_says_what_to_do_and_carries_its_facts() -> None:
    answer = water('{"liters": 101}')
    assert (answer.status_code, answer.headers["content-type"]) == (409, "application/problem+json")
    assert answer.json() == {
        "request_id": answer.headers["x-request-id"],
        "type": "urn:ithaca:problem:plot-flooded",
        "title": "Plot flooded",
        "status": 409,
        "code": "plot-flooded",
        "detail": "The plot takes 100 liters: water it less.",
        "left": 100,
    }


@pytest.mark.parametrize(("method", "path"), [("POST", "/v1/rakes"), ("GET", "/v1/thorns")])
def test_a_failure_tells_nothing_of_the_inside_but_its_name_in_the_log(method: str, path: str) -> None:
    with running(garden) as api, capture_logs() as logs:
        answer = api.send(method, path)
    assert (answer.status_code, answer.headers["content-type"]) == (500, "application/problem+json")
    assert "secret" not in answer.text
    assert answer.json()["instance"] in [entry.get("instance") for entry in logs]


@pytest.mark.parametrize(
    ("method", "path", "status", "said"),
    [
        ("GET", "/v1/nowhere", 404, "/openapi.json"),
        ("GET", "/v2", 404, "/openapi.json"),
        ("POST", "/v1/plots/a/b/water", 404, "/openapi.json"),
        ("DELETE", "/v1/plots/a/water", 405, "This path takes POST."),
        ("GET", "/v1/plots/unknown", 404, "There is no plot unknown"),
    ],
)
def test_what_is_not_there_is_a_problem_too(method: str, path: str, status: int, said: str) -> None:
    with running(garden) as api:
        answer = api.send(method, path)
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
    assert said in answer.json()["detail"]
    assert answer.json()["status"] == status
