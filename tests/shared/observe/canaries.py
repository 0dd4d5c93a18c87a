"""Unmistakable words in the place of all text, by which a leak of personal data is found."""

import json
from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel, TypeAdapter, ValidationError

from shared.contracts.envelope import Envelope
from shared.contracts.event import Contract

CANARY = "canary7f3a"
AS_NEEDED = (
    CANARY,
    f"{CANARY}@example.org",
    f"acme.{CANARY}",
    f"https://{CANARY}.example.org/{CANARY}",
    "Europe/Rome",
    "en",
    "P30D",
    "2027-03-02",
    "2027-03-02T17:00:00Z",
    "2027-03-02T17:00:00",
)
"""What is put in the place of a text: the first that its field takes."""

OTHERWISE_SAID = {
    "AdvanceClock": {"to"},
    **{name: {"host"} for name in ("InvitePerson", "GrantRole", "RevokeRole", "LeaveRole")},
    **{name: {"rules"} for name in ("CreateProgram", "DesignProgram")},
    "RequestMatchRun": {"weights"},
    "RescheduleSession": {"starts_at_local", "ends_at_local", "ends_at"},
    "ScheduleSession": {"starts_at_local", "ends_at_local", "ends_at"},
}
"""Fields that another one of the same model excludes, or that take known words only."""

STATED: dict[str, dict[str, Any]] = {
    "TrustClientKeys": {"keys": []},
    **{name: {"choice": "session_reminders"} for name in ("StopLetters", "ResumeLetters")},
}
"""What no text can stand for."""

Path = tuple[str | int, ...]


def with_canaries(contract: type[Contract], example: Envelope) -> bytes:
    """The data of an event with canaries wherever there may be any text."""
    data = json.loads(example.data)
    for path in texts(data):
        replaced(data, path, CANARY)
        try:
            contract.read(json.dumps(data).encode())
        except ValidationError:
            replaced(data, path, value_at(json.loads(example.data), path))
    return json.dumps(data).encode()


def command(model: type[BaseModel], tenant: str) -> dict[str, Any]:
    """A command that its model takes, with canaries wherever there may be any; the tenant is not personal."""
    schema = model.model_json_schema()
    made: dict[str, Any] = _like(schema, schema.get("$defs", {}))
    made = {name: value for name, value in made.items() if name not in OTHERWISE_SAID.get(model.__name__, ())}
    made |= STATED.get(model.__name__, {})
    if tenant_field := getattr(model, "tenant_field", None):
        made[tenant_field] = tenant
    adapter = TypeAdapter(model)
    for attempt in AS_NEEDED[1:]:
        for path in _refused(adapter, made):
            replaced(made, path, attempt)
    adapter.validate_python(made)
    return made


def texts(data: Any, path: Path = ()) -> Iterator[Path]:
    """Where text is."""
    if isinstance(data, str):
        yield path
    elif isinstance(data, dict | list):
        for key, value in data.items() if isinstance(data, dict) else enumerate(data):
            yield from texts(value, (*path, key))


def value_at(data: Any, path: Path) -> Any:
    """What is there."""
    for key in path:
        data = data[key]
    return data


def replaced(data: Any, path: Path, value: Any) -> None:
    """Put something else there."""
    *before, last = path
    value_at(data, tuple(before))[last] = value


def _refused(adapter: TypeAdapter[Any], made: Any) -> list[Path]:
    try:
        adapter.validate_python(made)
    except ValidationError as error:
        return [found for each in error.errors() if (found := _within(made, each["loc"]))]
    return []


def _within(made: Any, path: Path) -> Path:
    """As much of the path as leads into it: the names of unions' members do not."""
    found: list[str | int] = []
    for key in path:
        try:
            made = made[key]
        except (KeyError, IndexError, TypeError):
            continue
        found.append(key)
    return tuple(found)


def _like(schema: dict[str, Any], known: dict[str, Any]) -> Any:
    """Something of the schema's shape."""
    if "$ref" in schema:
        return _like(known[schema["$ref"].rpartition("/")[2]], known)
    for choice in ("anyOf", "oneOf", "allOf"):
        if choice in schema:
            return _like(schema[choice][0], known)
    if "const" in schema or "enum" in schema:
        return schema.get("const", schema.get("enum", [None])[0])
    match schema.get("type"):
        case "object":
            return {name: _like(part, known) for name, part in schema.get("properties", {}).items()}
        case "array":
            return [_like(schema.get("items") or schema["prefixItems"][0], known)]
        case "integer" | "number":
            return schema.get("minimum", schema.get("exclusiveMinimum", 0) + 1)
        case "boolean":
            return True
    return CANARY
