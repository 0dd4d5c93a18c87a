"""The OpenAPI document says what the app does."""

from typing import Any

import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]  # it has no types

from tests.shared.web.api import running
from tests.shared.web.garden import garden

Json = dict[str, Any]


@pytest.fixture(scope="module")
def document() -> Json:
    with running(garden) as api:
        api.token = None
        found: Json = api.get("/openapi.json").json()
        return found


def test_the_service_is_named_and_no_page_is_served_that_loads_from_elsewhere(document: Json) -> None:
    assert (document["openapi"], document["info"]["title"]) == ("3.1.0", "Garden")
    with running(garden) as api:
        assert {api.get(path).status_code for path in ("/docs", "/redoc")} == {404}


def test_an_operation_is_called_like_its_command_and_tagged_by_what_it_is_about(document: Json) -> None:
    operation = document["paths"]["/v1/plots/{plot_id}/water"]["post"]
    assert (operation["operationId"], operation["tags"]) == ("WaterPlot", ["plots"])
    assert (operation["summary"], operation["description"]) == ("Water a plot.", "Water a plot.")
    laying_out = document["paths"]["/v1/plots"]["post"]
    assert laying_out["summary"] == "Lay out a plot."
    assert laying_out["description"] == "Lay out a plot.\n\nIt is empty at first."


def test_what_the_path_says_is_no_field_of_the_body(document: Json) -> None:
    operation = document["paths"]["/v1/plots/{plot_id}/water"]["post"]
    path, key, version = operation["parameters"]
    assert (path["name"], path["in"], path["description"]) == ("plot_id", "path", "Which one")
    assert path["schema"]["pattern"] == "^[a-z0-9-]{1,40}$"
    assert (key["name"], version["name"]) == ("Idempotency-Key", "If-Match")
    assert not key["required"]
    assert operation["requestBody"]["required"]
    reference = operation["requestBody"]["content"]["application/json"]["schema"]["$ref"]
    body = document["components"]["schemas"][reference.rpartition("/")[2]]
    assert (body["title"], set(body["properties"]), body["required"]) == ("WaterPlot", {"liters", "tools"}, ["liters"])
    assert body["properties"]["liters"]["examples"] == [10]
    assert body["additionalProperties"] is False


def test_a_command_without_fields_takes_no_body_and_one_without_required_fields_may_take_one(document: Json) -> None:
    assert "requestBody" not in document["paths"]["/v1/plots/{plot_id}/empty"]["post"]
    assert not document["paths"]["/v1/plots"]["post"]["requestBody"].get("required", False)


def test_an_answer_is_what_the_command_returns_or_what_it_changed(document: Json) -> None:
    def answer(path: str, status: str) -> str:
        content = document["paths"][path]["post"]["responses"][status]["content"]["application/json"]
        return str(content["schema"]["$ref"]).rpartition("/")[2]

    assert answer("/v1/plots/{plot_id}/empty", "200") == "Emptied"
    assert answer("/v1/plots", "201") == "Changed"
    assert "ETag" in document["paths"]["/v1/plots"]["post"]["responses"]["201"]["headers"]


def test_every_problem_that_a_command_may_answer_with_is_in_the_document(document: Json) -> None:
    responses = document["paths"]["/v1/plots/{plot_id}/water"]["post"]["responses"]
    assert {"400", "401", "403", "404", "409", "412", "413", "422", "503"} < set(responses)
    for status in ("401", "403", "404", "409", "412", "422", "503"):
        problem = document["components"]["responses"][responses[status]["$ref"].rpartition("/")[2]]
        schema = problem["content"]["application/problem+json"]["schema"]
        assert schema == {"$ref": "#/components/schemas/Problem"}


def test_a_read_may_answer_with_fewer_problems(document: Json) -> None:
    assert set(document["paths"]["/v1/plots"]["get"]["responses"]) == {"200", "401", "403", "404", "422", "503"}


def test_all_but_the_open_paths_name_the_token_that_they_need(document: Json) -> None:
    schemes = document["components"]["securitySchemes"]
    assert schemes["bearer"]["scheme"] == "bearer"
    assert schemes["client"]["flows"]["clientCredentials"]["tokenUrl"].endswith("/oauth/token")
    found = {path: operations["get"] for path, operations in document["paths"].items() if "get" in operations}
    assert (found["/livez"]["security"], found["/livez"]["x-roles"]) == ([], {"anyone": "yes"})
    assert found["/v1/plots"]["security"] == [{"bearer": []}, {"client": ["intake:write"]}]
    assert found["/v1/plots"]["x-roles"] == {"operator": "yes", "person": "yes", "client": "intake:write"}
    assert found["/v1/admin/status"]["security"] == [{"bearer": []}]


def test_every_reference_leads_somewhere_and_every_schema_is_one(document: Json) -> None:
    def references(part: object) -> list[str]:
        if isinstance(part, dict):
            own = [part["$ref"]] if isinstance(part.get("$ref"), str) else []
            return own + [found for value in part.values() for found in references(value)]
        return [found for value in part for found in references(value)] if isinstance(part, list) else []

    for reference in references(document):
        _, kind, section, name = reference.split("/")
        assert name in document[kind][section]
    for schema in document["components"]["schemas"].values():
        Draft202012Validator.check_schema(schema)


def test_what_is_answered_fits_the_document(document: Json) -> None:
    schema = {"$ref": "#/components/schemas/Problem", "components": document["components"]}
    with running(garden) as api:
        for answer in (api.post("/v1/plots/a/water", {"liters": "x"}), api.post("/v1/plots/a/water", {"liters": 101})):
            Draft202012Validator(schema).validate(answer.json())
