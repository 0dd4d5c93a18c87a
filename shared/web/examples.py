"""Examples of what a JSON Schema allows: for the documents of machines and for the pages that people read."""

from collections.abc import Mapping
from typing import Any

Json = dict[str, Any]  # a JSON Schema, or the document that it is in

ID = "01a327d0-c2cb-70d4-bbea-00ded3bb4576"
TEXTS = {"date-time": "2027-01-18T08:01:30Z", "date": "2027-01-18", "email": "ann.lee@example.org"}
"""Examples by format."""

EXAMPLES: Mapping[str, object] = {
    "name": "Ann Lee",
    "title": "Long-term mentoring",
    "slug": "northlight",
    "email": "ann.lee@example.org",
    "locale": "en",
    "time_zone": "Europe/Rome",
    "languages": ["en"],
    "goals": ["Change career"],
    "areas": ["Backend"],
    "programming_languages": ["Python"],
    "experience": "2-4 years",
    "months_available": [1, 2, 3],
    "months": 6,
    "satisfaction": 5,
    "starts_at": "2027-02-01T16:00:00Z",
    "ends_at": "2027-02-01T17:00:00Z",
    "due_at": "2027-02-08T16:00:00Z",
    "tenant": "northlight",
    "detail": "Somebody else took the seat: wait for the next proposal.",
    "group": "acme.crm",
    "grant_type": "client_credentials",
    "Idempotency-Key": "8e03978e-40d5-43dd-bc93-6894a57f9324",
    "If-Match": '"3"',
}
"""What a field or a parameter of that name may hold."""
NULL = ("next",)
"""What is null in an example, where it may be."""


def resolved(schema: Json, document: Json) -> Json:
    """Return the schema, or the one that it refers to, with what it says besides."""
    if "$ref" not in schema:
        return schema
    found = document
    for part in schema["$ref"].removeprefix("#/").split("/"):
        found = found[part]
    return resolved(found, document) | {key: value for key, value in schema.items() if key != "$ref"}


def choices(schema: Json) -> list[Json]:
    """Return what it may be, apart from null."""
    found = schema.get("anyOf") or schema.get("oneOf") or [schema]
    return [choice for choice in found if choice.get("type") != "null"] or [{}]


def is_nullable(schema: Json) -> bool:
    """Return whether it may be null instead."""
    return any(choice.get("type") == "null" for choice in schema.get("anyOf", ()))


def example(schema: Json, document: Json, name: str = "", needed_only: bool = False) -> Any:  # a JSON document
    """Return something that the schema allows. With `needed_only`, fields that may be missing are."""
    one = resolved(choices(schema)[0], document)
    if name in NULL and is_nullable(schema):
        return None
    for given in ("const", "default"):
        if one.get(given) is not None:
            return one[given]
    if one.get("examples"):
        return one["examples"][0]
    if "enum" in one:
        return one["enum"][0]
    if name in EXAMPLES:
        return EXAMPLES[name]
    return _made(one, document, name, needed_only)


def add_examples(document: Json) -> None:
    """Give every body, answer and parameter of an OpenAPI document its example."""
    for operation in (one for methods in document["paths"].values() for one in methods.values()):
        for parameter in operation.get("parameters", ()):
            parameter["example"] = example(parameter["schema"], document, parameter["name"])
        answers = (answer for answer in operation["responses"].values() if "content" in answer)
        for body in (operation.get("requestBody", {}), *answers):
            for media in body.get("content", {}).values():
                media["example"] = example(media["schema"], document)


def _made(one: Json, document: Json, name: str, needed_only: bool) -> Any:  # a JSON document
    match one.get("type"):
        case "object":
            wanted = one.get("required", ()) if needed_only else one.get("properties", {})
            fields = one.get("properties", {})
            return {field: example(fields[field], document, field, needed_only) for field in wanted}
        case "array":
            items = one.get("prefixItems") or [one.get("items", {})]
            return [example(item, document, name.removesuffix("s"), needed_only) for item in items]
        case "integer" | "number":
            return int(one.get("minimum", 1)) or 1
        case "boolean":
            return True
    return TEXTS.get(one.get("format", "")) or (ID if name.endswith("id") else "...")
