"""The names of the schemas in an OpenAPI document: plain and unique, since generated clients make classes of them."""

import re
from collections.abc import Mapping
from typing import Any

Json = dict[str, Any]  # parts of an OpenAPI document

REFERENCE = "#/components/schemas/"


class NameTaken(TypeError):
    """Two models have one name, or names that a generated client cannot tell apart."""

    def __init__(self, name: str) -> None:
        super().__init__(f"{name} is the name of two models in one document: rename one of them")


def add_models(schemas: Json, models: Mapping[str, Json]) -> None:
    """Add schemas that are made beside FastAPI; raises `NameTaken`."""
    for name, schema in models.items():
        if schemas.setdefault(name, schema) != schema:
            raise NameTaken(name)


def name_plainly(document: Json) -> None:
    """Let all schemas have names of letters and digits; raises `NameTaken`.

    FastAPI tells models of one name apart by the paths of their modules. A client that is generated from that loses one
    of them, or has the insides of a service in its interface.
    """
    schemas, names = document["components"]["schemas"], dict[str, str]()
    for name in schemas:
        if "__" in name:
            raise NameTaken(name.rpartition("__")[2])
        names[name] = re.sub(r"[^A-Za-z0-9]", "", name)
    seen = set[str]()
    for plain in names.values():
        if plain.lower() in seen:
            raise NameTaken(plain)
        seen.add(plain.lower())
    document["components"]["schemas"] = {names[name]: _titled(schema, names[name]) for name, schema in schemas.items()}
    _refer(document, {REFERENCE + name: REFERENCE + plain for name, plain in names.items()})


def _titled(schema: Json, name: str) -> Json:
    return schema | {"title": name} if "title" in schema else schema


def _refer(part: Any, renamed: Mapping[str, str]) -> None:  # any part of a document
    """Have all references lead to the new names."""
    if isinstance(part, dict):
        if isinstance(reference := part.get("$ref"), str):
            part["$ref"] = renamed.get(reference, reference)
        for value in part.values():
            _refer(value, renamed)
    elif isinstance(part, list):
        for value in part:
            _refer(value, renamed)
