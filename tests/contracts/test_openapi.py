"""What all OpenAPI documents have in common, whichever service they are of: they are made for programs to read."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from jsonschema import Draft202012Validator, FormatChecker  # type: ignore[import-untyped]  # it has no types
from pydantic import BaseModel, create_model

from shared.documents.openapi import openapi
from shared.engine.authoring.grants import PERSON
from shared.engine.authoring.service import Service
from shared.engine.memory.store import MemoryStore
from shared.installed import installed_services
from shared.settings import Settings
from shared.web.app import create_app
from shared.web.routes import Routes
from shared.web.schema_names import NameTaken

Json = dict[str, Any]  # a part of an OpenAPI document

DOCUMENTS = {service.name: openapi(service) for service in installed_services()}


def operations(document: Json) -> Iterator[tuple[str, str, Json]]:
    """The method, the path and the description of each operation."""
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield method, path, operation


def plain(name: str) -> str:
    """A name as generators have it that change cases and marks."""
    return re.sub(r"[^a-z0-9]", "", name.lower())


def repeated(names: list[str]) -> list[str]:
    return [name for name, times in Counter(map(plain, names)).items() if times > 1]


def of_models(*models: type[BaseModel]) -> Json:
    """The document of a service that reads these."""
    router = Routes(allow=(PERSON,))
    for number, model in enumerate(models):

        @router.get(f"/things/{number}", name=f"read_{number}", response_model=model)
        async def read() -> None:
            """Read."""

    return openapi(Service("things", title="Things", emits=[], handles=[], routers=[router]))


@pytest.mark.parametrize("service", DOCUMENTS)
def test_schemas_have_plain_names_each_their_own(service: str) -> None:
    schemas = DOCUMENTS[service]["components"]["schemas"]
    assert [name for name in schemas if not re.fullmatch(r"[A-Z][A-Za-z0-9]*", name)] == []
    assert repeated([*schemas]) == []
    assert repeated([schema["title"] for schema in schemas.values()]) == []


def test_a_name_means_the_same_in_every_service() -> None:
    meanings: dict[str, set[str]] = {}
    for document in DOCUMENTS.values():
        for name, schema in document["components"]["schemas"].items():
            meanings.setdefault(name, set()).add(json.dumps(schema, sort_keys=True))
    assert [name for name, found in meanings.items() if len(found) > 1] == []


def named(name: str, module: str, **fields: Any) -> type[BaseModel]:
    return create_model(name, __module__=module, **fields)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (named("Bed", "garden.beds", id=(str, ...)), named("Bed", "garden.plots", liters=(int, ...))),
        (named("BedView", "garden", id=(str, ...)), named("Bedview", "garden", liters=(int, ...))),
        (named("Bed_View", "garden", id=(str, ...)), named("BedView", "garden", liters=(int, ...))),
        (named("Bed", "garden", id=(str, ...)), named("Problem", "garden", liters=(int, ...))),
    ],
)
def test_two_models_of_one_name_are_refused_before_a_client_loses_one(
    one: type[BaseModel], other: type[BaseModel]
) -> None:
    with pytest.raises(NameTaken, match="rename one of them"):
        of_models(one, other)


@pytest.mark.parametrize("service", DOCUMENTS)
def test_every_operation_has_an_id_of_its_own_a_description_and_one_tag(service: str) -> None:
    document, found = DOCUMENTS[service], [one for _, _, one in operations(DOCUMENTS[service])]
    assert repeated([one["operationId"] for one in found]) == []
    assert [one["operationId"] for one in found if len(one["description"].split()) < 2] == []
    assert [one["operationId"] for one in found if not one["description"].startswith(one["summary"])] == []
    tags = [tag["name"] for tag in document["tags"]]
    assert {(tag,) for tag in tags} == {tuple(one["tags"]) for one in found}
    assert [tag for tag in tags if not re.fullmatch(r"[a-z-]+", tag)] == []


def examples(document: Json) -> Iterator[tuple[str, Json, Any]]:
    """Where an example is, the schema that it is of, and the example."""
    for _, _, operation in operations(document):
        where = operation["operationId"]
        for parameter in operation.get("parameters", ()):
            yield f"{where} {parameter['name']}", parameter["schema"], parameter["example"]
        answers = {status: answer for status, answer in operation["responses"].items() if "content" in answer}
        for status, body in (answers | {"body": operation.get("requestBody", {})}).items():
            for media in body.get("content", {}).values():
                yield f"{where} {status}", media["schema"], media["example"]


@pytest.mark.parametrize("service", DOCUMENTS)
def test_every_example_is_what_its_schema_allows(service: str) -> None:
    document = DOCUMENTS[service]
    wrong = {}
    for where, schema, example in examples(document):
        own = {"components": document["components"], **schema}
        for error in Draft202012Validator(own, format_checker=FormatChecker()).iter_errors(example):
            wrong[where] = error.message
    assert wrong == {}
    assert len([*examples(document)]) > len(document["paths"])


@pytest.mark.parametrize("service", DOCUMENTS)
def test_whatever_is_made_says_where_it_can_be_read(service: str) -> None:
    made = [
        (path, operation["responses"]["201"])
        for _, path, operation in operations(DOCUMENTS[service])
        if "201" in operation["responses"]
    ]
    assert [path for path, answer in made if "Location" not in answer["headers"]] == []
    assert made or service in ("console", "evaluation", "notify")


def test_a_document_says_where_its_service_is() -> None:
    async def submit(_: object) -> Any:
        raise AssertionError

    (service, *_) = installed_services()
    for public_url, url in ((None, "/"), ("https://intake.example.org", "https://intake.example.org")):
        app = create_app(service, submit, MemoryStore(), Settings(public_url=public_url))
        assert [server["url"] for server in app.openapi()["servers"]] == [url]
