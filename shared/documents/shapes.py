"""JSON Schemas as people read them: a row for each field, and an example."""

import json
from collections.abc import Iterator
from typing import Any, NamedTuple

from shared.web.examples import choices, example, is_nullable, resolved

__all__ = ["Row", "example", "kind", "meaning", "rows"]

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


def meaning(schema: Json, document: Json) -> str:
    """Return what it is for, from its own words or from those of what it refers to."""
    return str({**resolved(choices(schema)[0], document), **schema}.get("description", ""))


def kind(schema: Json, document: Json) -> str:
    """Return its type and bounds, in a few words."""
    found = choices(schema)
    if len(found) > 1 or is_nullable(schema):
        return " or ".join([*(kind(choice, document) for choice in found), *["null"] * is_nullable(schema)])
    one = resolved(found[0], document)
    if "const" in one or "enum" in one:
        return " or ".join(f"`{value}`" for value in one.get("enum", [one.get("const")]))
    bounds = (text.format(one[key]) for key, text in BOUNDS.items() if key in one)
    return ", ".join([_type(one, document), *_ranges(one), *bounds])


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
    (choice, *_) = choices(field)
    one = resolved(choice, document)
    if one.get("type") == "array":
        inner, mark = _inner(one.get("items", {}), document)
        return inner, f"[]{mark}"
    return choice, ""


def _default(field: Json) -> str:
    default = field.get("default")
    return "`null`" if default is None else f"`{json.dumps(default, ensure_ascii=False)}`"
