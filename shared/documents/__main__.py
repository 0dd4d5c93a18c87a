"""Makes the documents of the interfaces, or tells which of them are not up to date.

    python -m shared.documents [--check]

While a change would break readers of a released version, nothing is written.
"""

import json
import sys
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

from shared.contracts.catalog import every_contract
from shared.contracts.compatibility import BASELINE, every_break, grown, released_baseline
from shared.contracts.event import Contract
from shared.contracts.schemas import Schema, portable, released, schema, schema_path
from shared.documents.asyncapi import asyncapi
from shared.documents.event_pages import event_document
from shared.documents.glossary import glossary
from shared.documents.http_pages import every_service, http_document, http_index
from shared.documents.imports import imports_page
from shared.documents.openapi import openapi
from shared.documents.overview import overview, service_document
from shared.documents.places import (
    EVERY_SERVICE,
    FOLDERS,
    GLOSSARY,
    IMPORTS,
    OPERATIONS,
    OVERVIEW,
    ROLES,
    ROOT,
    asyncapi_path,
    catalog_page,
    event_page,
    http_page,
    openapi_path,
    service_page,
)
from shared.documents.roles_page import roles_page
from shared.engine.authoring.service import Service
from shared.installed import installed_services


def documents(services: Sequence[Service]) -> dict[Path, str]:
    """Return every document, by where it belongs."""
    services = sorted(services, key=lambda service: service.name)
    catalogs = {catalog_page(name): page() for service in services for name, page in service.pages.items()}
    pages = {GLOSSARY: glossary(), IMPORTS: imports_page(), OVERVIEW: overview(services)} | catalogs
    return pages | _of_events(services) | _of_services(services) | _of_http(services)


def _of_events(services: Sequence[Service]) -> dict[Path, str]:
    schemas = {contract: dated(contract) for contract in every_contract()}
    pages = {event_page(contract): event_document(contract, one, services) for contract, one in schemas.items()}
    baseline = {BASELINE: _json(grown(released_baseline(), schemas))}
    return pages | baseline | {schema_path(contract): _json(portable(one)) for contract, one in schemas.items()}


def _of_services(services: Sequence[Service]) -> dict[Path, str]:
    pages = {service_page(service): service_document(service, services) for service in services}
    return pages | {asyncapi_path(service): _json(asyncapi(service)) for service in services}


def _of_http(services: Sequence[Service]) -> dict[Path, str]:
    described = {service.name: openapi(service) for service in services}
    pages = {http_page(service): http_document(service, described) for service in services}
    files = {openapi_path(service): _json(described[service.name]) for service in services}
    return (
        pages
        | files
        | {
            OPERATIONS: http_index(services, described),
            EVERY_SERVICE: every_service(described),
            ROLES: roles_page(services, described),
        }
    )


def dated(contract: type[Contract]) -> Schema:
    """Return the schema with the release that it came with: the one that its file names, or this one."""
    path = schema_path(contract)
    known = released(path) if path.exists() else {}
    return schema(contract) | {"x-since": known.get("x-since", version("ithaca"))}


def outdated(wanted: Mapping[Path, str], *folders: Path) -> list[Path]:
    """Return the documents that are not as they should be, are missing, or should not be in these folders."""
    paths = wanted.keys() | {path for folder in folders for path in folder.rglob("*")}
    found = {path: path.read_text() for path in paths if path.is_file()}
    return sorted(path for path in wanted.keys() | found.keys() if wanted.get(path) != found.get(path))


def main(arguments: Sequence[str]) -> str | None:
    """Return what is wrong, if anything is."""
    is_check = "--check" in arguments
    if not is_check and (broken := every_break()):
        return "\n".join(broken)
    services = installed_services()
    wanted = documents(services)
    stale = outdated(wanted, *FOLDERS)
    if is_check:
        return "\n".join(f"{_name(path)} is out of date. Run: make contracts" for path in stale) or None
    for path in stale:
        write(path, wanted.get(path))
    sys.stdout.write(f"{len(wanted)} documents of {len(services)} services, {len(stale)} changed\n")
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
    return str(path.relative_to(ROOT))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
