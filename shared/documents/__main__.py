"""Makes the documents of the events, or tells which of them are not up to date.

    python -m shared.documents [--check] services.intake.service services.matching.service ...

Each name is that of a module with a `service`. While a change would break readers of a released version, nothing is
written.
"""

import json
import sys
from collections.abc import Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

from shared.contracts.catalog import every_contract
from shared.contracts.compatibility import breaks
from shared.contracts.schemas import schema, schema_path
from shared.documents.asyncapi import asyncapi
from shared.documents.page import PLACE, asyncapi_path, page
from shared.engine.service import Service


def documents(services: Sequence[Service]) -> dict[Path, str]:
    """Every document, by where it belongs."""
    services = sorted(services, key=lambda service: service.name)
    schemas = {schema_path(contract): _json(schema(contract)) for contract in every_contract()}
    asyncapis = {asyncapi_path(service): _json(asyncapi(service)) for service in services}
    return schemas | asyncapis | {PLACE / "README.md": page(services)}


def outdated(wanted: Mapping[Path, str], place: Path) -> list[Path]:
    """The documents that are not as they should be, are missing, or should not be there."""
    found = {path: path.read_text() for path in place.rglob("*") if path.is_file()}
    return sorted(path for path in wanted.keys() | found.keys() if wanted.get(path) != found.get(path))


def main(arguments: Sequence[str]) -> str | None:
    """What is wrong, if anything is."""
    modules = [argument for argument in arguments if argument != "--check"]
    wanted = documents([import_module(module).service for module in modules])
    stale = outdated(wanted, PLACE)
    if "--check" in arguments:
        return "\n".join(f"{_name(path)} is out of date. Run: make contracts" for path in stale) or None
    if broken := breaks(every_contract()):
        return "\n".join(broken)
    for path in stale:
        write(path, wanted.get(path))
    sys.stdout.write(f"{len(wanted)} documents of {len(modules)} services in {_name(PLACE)}, {len(stale)} changed\n")
    return None


def write(path: Path, text: str | None) -> None:
    """Write a document; None removes it."""
    sys.stdout.write(f"{_name(path)}\n")
    if text is None:
        path.unlink()
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def _json(document: Any) -> str:  # a JSON document
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _name(path: Path) -> str:
    return str(path.relative_to(PLACE.parents[1]))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
