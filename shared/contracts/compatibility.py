"""Keeps the promise that a released version of a contract only ever gains fields with defaults.

`python -m shared.contracts.compatibility` compares every contract with its released schema in `docs/events/schemas`.
An event is read by older and by newer versions than the one that wrote it, so that a wider type, a new value of an
enumeration or another default breaks a reader as much as a narrower one: anything but an addition is a new version.

A schema is made from its contract, and so could be made anew. What cannot is the baseline, `docs/events/baseline.json`:
the digest of the golden example of each released version. `make contracts` adds the line of a new version and never
changes one that is there. It was begun when the contracts were drawn anew for the last time (decision 0024).
"""

import json
import sys
from collections.abc import Iterable, Iterator, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

from shared.contracts.catalog import GOLDEN, every_contract, golden_path
from shared.contracts.event import Contract
from shared.contracts.schemas import SCHEMAS, Schema, schema
from shared.contracts.schemas import released as released_schema

NOT_COMPARED = {"title", "description", "properties", "required", "x-since"}
"""Words, and what is compared in a way of its own."""

BASELINE = SCHEMAS.with_name("baseline.json")

PROVISIONAL = {"ithaca.intake.Profile.v1"}
"""What is drawn anew once more, when a program can say what it asks people for (decision 0024): not in the baseline."""

Baseline = Mapping[str, str]
"""The digest of its golden example for each released version, by type."""


def breaks(contracts: Iterable[type[Contract]], released: Path = SCHEMAS) -> list[str]:
    """Return what would break readers of released versions: a line each, with the remedy."""
    current = {contract.type_name: schema(contract) for contract in contracts}
    return [
        f"{path.stem}: {difference}. {_remedy(path.stem)}"
        for path in sorted(released.glob("*.json"))
        for difference in _of_event(released_schema(path), current.get(path.stem))
    ]


def released_baseline(path: Path = BASELINE) -> Baseline:
    """Read the baseline; it is empty if there is none yet."""
    found: Baseline = json.loads(path.read_text()) if path.exists() else {}
    return found


def grown(baseline: Baseline, contracts: Iterable[type[Contract]]) -> Baseline:
    """Return the baseline with the versions that are new, and with nothing else changed."""
    frozen = (contract for contract in contracts if contract.type_name not in PROVISIONAL)
    every = {contract.type_name: digest(golden_path(contract)) for contract in frozen} | dict(baseline)
    return dict(sorted(every.items()))


def altered(baseline: Baseline, golden: Path = GOLDEN, released: Path = SCHEMAS) -> Iterator[str]:
    """Yield what was released and is not there as it was: a line each, with the remedy."""
    for type_name, known in baseline.items():
        _, service, name, version = type_name.split(".")
        example = golden / service / f"{name}.{version}.json"
        if not (released / f"{type_name}.json").exists():
            yield f"{type_name}: its released schema is gone. {_remedy(type_name)}"
        if not example.exists() or digest(example) != known:
            yield f"{type_name}: its golden example is not the one that was released. {_remedy(type_name)}"


def digest(path: Path) -> str:
    """Return the SHA-256 of a file, in hexadecimal."""
    return sha256(path.read_bytes()).hexdigest()


def every_break() -> list[str]:
    """Return all that would break readers of what is released: a line each, with the remedy."""
    return [*breaks(every_contract()), *altered(released_baseline())]


def differences(was: Schema, now: Schema, where: str = "") -> Iterator[str]:
    """Yield what changed between two resolved schemas but for added fields with defaults; `where` ends with a dot."""
    old, new = was.get("properties", {}), now.get("properties", {})
    had, has = set(was.get("required", ())), set(now.get("required", ()))
    for name in old:
        if name not in new:
            yield f"{where}{name} is removed or renamed"
        elif (name in had) != (name in has):
            yield f"{where}{name} is {'required now' if name in has else 'no longer required'}"
        else:
            yield from differences(old[name], new[name], f"{where}{name}.")
    yield from (f"{where}{name} is added without a default" for name in sorted(has - old.keys()))
    for keyword in sorted((was.keys() | now.keys()) - NOT_COMPARED):
        yield from _of_keyword(keyword, was.get(keyword), now.get(keyword), where)


def resolved(whole: Schema) -> Schema:
    """Return the schema with definitions put where they are referred to: their names in code do not matter."""

    def resolve(part: Any) -> Any:  # any part of a JSON document
        if isinstance(part, list):
            return [resolve(one) for one in part]
        if not isinstance(part, dict):
            return part
        target = whole["$defs"][part["$ref"].rpartition("/")[2]] if "$ref" in part else {}
        return {key: resolve(value) for key, value in (target | part).items() if key not in ("$ref", "$defs")}

    found: Schema = resolve(whole)
    return found


def _of_event(was: Schema, now: Schema | None) -> Iterable[str]:
    return differences(resolved(was), resolved(now)) if now else ["the event is removed or renamed"]


def _of_keyword(keyword: str, was: Any, now: Any, where: str) -> Iterator[str]:  # any value in a schema
    """One keyword's differences; its value may hold further schemas."""
    if isinstance(was, dict) and isinstance(now, dict):
        yield from differences(was, now, where)
    elif _are_schemas(was) and _are_schemas(now) and len(was) == len(now):
        for old, new in zip(was, now, strict=True):
            yield from differences(old, new, where)
    elif was != now:
        what = where.removesuffix(".") or "the event"
        yield f"{what} has another {keyword}: {json.dumps(was)} before, {json.dumps(now)} now"


def _are_schemas(value: Any) -> bool:  # any value in a schema
    return isinstance(value, list) and all(isinstance(one, dict) for one in value)


def _remedy(type_name: str) -> str:
    _, _, name, version = type_name.split(".")
    return f'Restore it; a change is a new class beside it, with version={int(version[1:]) + 1} and name="{name}".'


if __name__ == "__main__":
    found = every_break()
    sys.exit("\n".join(found) if found else 0)
