"""JSON Schemas in words, and by example."""

import json
from typing import Any

import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

from shared.documents.operations import Operation, operations
from shared.documents.places import openapi_path
from shared.documents.shapes import Row, example, kind, rows
from shared.installed import installed_services

DOCUMENTS = {service.name: json.loads(openapi_path(service).read_text()) for service in installed_services()}
BODIES = [
    pytest.param(service, one, id=one.id)
    for service, document in DOCUMENTS.items()
    for one in operations(document)
    if "application/json" in one.content
]
PERSON = {
    "type": "object",
    "required": ["name", "tree"],
    "properties": {
        "name": {"type": "string", "maxLength": 40, "description": "As people call them."},
        "tree": {"$ref": "#/$defs/Tree"},
        "ages": {"type": "array", "items": {"type": "integer", "minimum": 1, "maximum": 9}, "default": []},
    },
    "$defs": {
        "Tree": {
            "type": "object",
            "description": "Grows.",
            "properties": {
                "kind": {"enum": ["oak", "elm"]},
                "leaves": {"type": "array", "items": {"$ref": "#/$defs/Leaf"}},
                "next": {"anyOf": [{"$ref": "#/$defs/Tree"}, {"type": "null"}], "default": None},
            },
        },
        "Leaf": {"type": "object", "required": ["fell_at"], "properties": {"fell_at": {"format": "date-time"}}},
    },
}


def test_fields_of_objects_follow_those_that_hold_them_and_a_circle_ends() -> None:
    assert [row.name for row in rows(PERSON, PERSON)] == [
        *("name", "tree", "tree.kind", "tree.leaves", "tree.leaves[].fell_at", "tree.next", "ages")
    ]


def test_a_row_says_what_it_is_and_what_counts_without_it() -> None:
    found = {row.name: row for row in rows(PERSON, PERSON)}
    assert found["name"] == Row("name", "string, at most 40 characters", None, "As people call them.")
    assert found["tree"].meaning == "Grows."
    assert found["ages"] == Row("ages", "list of integer, 1 to 9", "`[]`", "")
    assert found["tree.next"].missing == "`null`"


@pytest.mark.parametrize(
    ("schema", "words"),
    [
        ({"type": "string", "format": "date-time"}, "time (RFC 3339)"),
        ({"anyOf": [{"type": "number"}, {"type": "null"}]}, "number or null"),
        ({"enum": ["a", "b"]}, "`a` or `b`"),
        ({"type": "object", "additionalProperties": {"type": "integer"}}, "object of integer by name"),
        ({"type": "integer", "minimum": 2}, "integer, at least 2"),
    ],
)
def test_a_type_is_a_few_words(schema: dict[str, Any], words: str) -> None:
    assert kind(schema, {}) == words


@pytest.mark.parametrize(("service", "operation"), BODIES)
@pytest.mark.parametrize("needed_only", [True, False])
def test_the_example_of_a_body_is_one_that_is_taken(service: str, operation: Operation, needed_only: bool) -> None:
    document, schema = DOCUMENTS[service], operation.content["application/json"]["schema"]
    given = example(schema, document, needed_only=needed_only)
    Draft202012Validator(document | schema).validate(given)
