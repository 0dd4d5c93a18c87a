"""Where each document is."""

from pathlib import Path

from shared.contracts.event import Contract
from shared.contracts.schemas import SCHEMAS
from shared.engine.authoring.service import Service

ROOT = SCHEMAS.parents[2]
EVENTS = SCHEMAS.parent
HTTP = EVENTS.with_name("http")
CATALOGS = EVENTS.with_name("catalogs")
FOLDERS = (EVENTS, HTTP, CATALOGS)
"""The folders that have nothing in them but what is made."""

GLOSSARY = EVENTS.with_name("glossary.md")
IMPORTS = EVENTS.with_name("imports.md")
OVERVIEW = EVENTS / "README.md"
OPERATIONS = HTTP / "README.md"
ROLES = HTTP / "roles.md"
EVERY_SERVICE = HTTP / "every-service.md"


def event_page(contract: type[Contract]) -> Path:
    """Return all about one version of an event."""
    return EVENTS / contract.about.service / f"{contract.about.name}.v{contract.about.version}.md"


def service_page(service: Service) -> Path:
    """Return what a service sends and receives."""
    return EVENTS / service.name / "README.md"


def asyncapi_path(service: Service) -> Path:
    """Return the same, for programs."""
    return EVENTS / "asyncapi" / f"{service.name}.json"


def http_page(service: Service) -> Path:
    """Return what a service can be asked for over HTTP."""
    return HTTP / f"{service.name}.md"


def catalog_page(name: str) -> Path:
    """What a service lists beside its events and operations."""
    return CATALOGS / f"{name}.md"


def openapi_path(service: Service) -> Path:
    """Return the same, for programs."""
    return HTTP / f"{service.name}.json"
