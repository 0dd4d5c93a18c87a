"""JSON Schemas as people read them: a row for each field, and an example."""

import json
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

Json = dict[str, Any]  # a JSON Schema, or the document that it is in

BOUNDS = {
    "exclusiveMinimum": "more than {:g}",
    "exclusiveMaximum": "less than {:g}",
    "pattern": "as `{}`",
}
RANGES = {
    "": ("minimum", "maximum"),
    " characters": ("minLength", "maxLength"),
    " of them": ("minItems", "maxItems"),
}
FORMATS = {"date-time": "time (RFC 3339)", "date": "date (RFC 3339)", "email": "e-mail address", "binary": "bytes"}

ID = "01a327d0-c2cb-70d4-bbea-00ded3bb4576"
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
    "next": None,
    "tenant": "northlight",
    "detail": "Somebody else took the seat: wait for the next proposal.",
    "group": "acme.crm",
    "grant_type": "client_credentials",
}
"""What a field of that name may hold."""


class Row(NamedTuple):
    """A field. `missing` is None if it is always there, else what counts instead."""

    name: str
    kind: str
    missing: str | None
    meaning: str


def rows(schema: Json, document: Json, prefix: str = "", above: tuple[str, ...] = ()) -> Iterator[Row]:
    """Yield the fields of an object, those of the objects in it behind their own."""
    whole = resolved(schema, document)
    required = whole.get("required", ())
    for name, field in whole.get("properties", {}).items():
        there = name in required
        yield Row(prefix + name, kind(field, document), None if there else _default(field), meaning(field, document))
        inner, mark = _inner(field, document)
        reference = inner.get("$ref", "")
        if reference not in above:
            yield from rows(inner, document, f"{prefix}{name}{mark}.", (*above, reference) if reference else above)


def resolved(schema: Json, document: Json) -> Json:
    """Return the schema, or the one that it refers to, with what it says besides."""
    if "$ref" not in schema:
        return schema
    found = document
    for part in schema["$ref"].removeprefix("#/").split("/"):
        found = found[part]
    return resolved(found, document) | {key: value for key, value in schema.items() if key != "$ref"}


def meaning(schema: Json, document: Json) -> str:
    """Return what it is for, from its own words or from those of what it refers to."""
    return str({**resolved(_choices(schema)[0], document), **schema}.get("description", ""))


def kind(schema: Json, document: Json) -> str:
    """Return its type and bounds, in a few words."""
    choices = _choices(schema)
    if len(choices) > 1 or _is_nullable(schema):
        return " or ".join([*(kind(choice, document) for choice in choices), *["null"] * _is_nullable(schema)])
    one = resolved(choices[0], document)
    if "const" in one or "enum" in one:
        return " or ".join(f"`{value}`" for value in one.get("enum", [one.get("const")]))
    bounds = (text.format(one[key]) for key, text in BOUNDS.items() if key in one)
    return ", ".join([_type(one, document), *_ranges(one), *bounds])


def example(schema: Json, document: Json, name: str = "", needed_only: bool = False) -> Any:  # a JSON document
    """Something that the schema allows. With `needed_only`, fields that may be missing are."""
    one = resolved(_choices(schema)[0], document)
    for given in ("const", "default"):
        if one.get(given) is not None:
            return one[given]
    if name in EXAMPLES:
        return EXAMPLES[name]
    if "enum" in one:
        return one["enum"][0]
    return _made(one, document, name, needed_only)


def _ranges(one: Json) -> Iterator[str]:
    for unit, (lowest, highest) in RANGES.items():
        match one.get(lowest), one.get(highest):
            case (None | 0, None):
                pass
            case (None, high):
                yield f"at most {high:g}{unit}"
            case (low, None):
                yield f"at least {low:g}{unit}"
            case (low, high):
                yield f"{low:g} to {high:g}{unit}"


def _made(one: Json, document: Json, name: str, needed_only: bool) -> Any:  # a JSON document
    match one.get("type"):
        case "object":
            wanted = one.get("required", ()) if needed_only else one.get("properties", {})
            fields = one.get("properties", {})
            return {field: example(fields[field], document, field, needed_only) for field in wanted}
        case "array":
            return [example(one.get("items", {}), document, name.removesuffix("s"), needed_only)]
        case "integer" | "number":
            return int(one.get("minimum", 1)) or 1
        case "boolean":
            return True
    return "2027-01-18T08:01:30Z" if one.get("format") == "date-time" else ID if name.endswith("id") else "..."


def _choices(schema: Json) -> list[Json]:
    """What it may be, apart from null."""
    choices = schema.get("anyOf") or schema.get("oneOf") or [schema]
    return [choice for choice in choices if choice.get("type") != "null"] or [{}]


def _is_nullable(schema: Json) -> bool:
    return any(choice.get("type") == "null" for choice in schema.get("anyOf", ()))


def _type(one: Json, document: Json) -> str:
    match one.get("type"):
        case "array":
            return f"list of {kind(one.get('items', {}), document)}"
        case "object" if isinstance(values := one.get("additionalProperties"), dict):
            return f"object of {kind(values, document)} by name"
        case None:
            return "anything"
        case name:
            return FORMATS.get(one.get("format", ""), str(name))


def _inner(field: Json, document: Json) -> tuple[Json, str]:
    """The schema of the objects in a field, and the mark that tells how they are in it."""
    (choice, *_) = _choices(field)
    one = resolved(choice, document)
    if one.get("type") == "array":
        inner, mark = _inner(one.get("items", {}), document)
        return inner, f"[]{mark}"
    return choice, ""


def _default(field: Json) -> str:
    default = field.get("default")
    return "`null`" if default is None else f"`{json.dumps(default, ensure_ascii=False)}`"
