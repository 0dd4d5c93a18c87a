"""The JSON Schema of every contract, for those who read events without our models."""

import json
import re
from pathlib import Path
from typing import Any

from pydantic.json_schema import GenerateJsonSchema

from shared.contracts.event import Contract

Schema = dict[str, Any]  # a JSON Schema, or a part of one

SCHEMAS = Path(__file__).parents[2] / "docs" / "events" / "schemas"


class Untitled(GenerateJsonSchema):
    """Without a title for every field, which would only repeat its name."""

    def field_title_should_be_set(self, schema: Any) -> bool:  # noqa: ARG002 - one of many kinds of pydantic's own
        """Never."""
        return False


def schema(contract: type[Contract]) -> Schema:
    """Return the schema of its data (Draft 2020-12). Open: fields that a reader does not know are no error."""
    about = contract.about
    names = {
        "$schema": Untitled.schema_dialect,
        "$id": f"urn:ithaca:schema:{about.type}",
        "x-aggregate": about.aggregate,
        "x-subject": about.subject_field,
    }
    found: Schema = opened(contract.model_json_schema(schema_generator=Untitled))
    return names | found | {"title": about.name}


def opened(part: Any) -> Any:  # any part of a JSON document
    """Return the same schema for readers: only who writes must not add fields that the model does not know."""
    if isinstance(part, dict):
        kept = ((key, value) for key, value in part.items() if (key, value) != ("additionalProperties", False))
        return {key: opened(value) for key, value in kept}
    return [opened(value) for value in part] if isinstance(part, list) else part


NOTE = "About {x-aggregate}, whose id is {x-subject}. Since {x-since}."
"""What JSON Schema has no keyword for is a comment: strict validators refuse keywords that they do not know."""
_NOTE = re.compile(r"About (?P<aggregate>\S+), whose id is (?P<subject>\S+)\. Since (?P<since>\S+)\.")


def portable(schema: Schema) -> Schema:
    """Return the schema as its file has it, in keywords of JSON Schema alone."""
    names = {name: schema[name] for name in ("$schema", "$id")}
    rest = {name: value for name, value in schema.items() if name not in names and not name.startswith("x-")}
    return names | {"$comment": NOTE.format_map(schema)} | rest


def released(path: Path) -> Schema:
    """Return the schema that a file has, with what its comment says under names of our own."""
    found: Schema = json.loads(path.read_text())
    note = _NOTE.fullmatch(found.pop("$comment", ""))
    return found | ({f"x-{name}": value for name, value in note.groupdict().items()} if note else {})


def schema_path(contract: type[Contract]) -> Path:
    """Return where the schema of a contract is published. What stands there is released."""
    return SCHEMAS / f"{contract.type_name}.json"
