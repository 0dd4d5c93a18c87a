"""All services that there are."""

from importlib import import_module

from shared.contracts.schemas import SCHEMAS
from shared.engine.authoring.service import Service

ROOT = SCHEMAS.parents[2]


def every_service() -> list[Service]:
    """The services, by name."""
    found = sorted((ROOT / "services").glob("*/service.py"))
    return [import_module(f"services.{path.parent.name}.service").service for path in found]
