"""The services in compose.yaml: each is migrated, and then runs."""

import yaml  # type: ignore[import-untyped]  # it comes without types

from deploy.deployment import Deployment
from deploy.manifests.made import part

KEYS = "    volumes: [keys:/keys]\n"
FOLDERS = "      folders: {condition: service_completed_successfully}\n"
"""The folder of files belongs to the user that services run as, before the first of them starts."""


def composed(one: Deployment) -> str:
    """A service as Compose reads it; it keeps its files in a volume, and makes them if they are missing."""
    own = {setting: f"/keys/{file}" for file, setting in one.files.items()} | one.compose
    settings = "".join(f"      {name}: {_scalar(value)}\n" for name, value in own.items())
    has_files = bool(one.files)
    return part(
        "compose",
        service=one.name,
        port=one.port,
        settings=settings,
        volumes=KEYS * has_files,
        folders=FOLDERS * has_files,
    )


def _scalar(value: str | int) -> str:
    """Write a value as YAML does, in quotes where it has to be."""
    text: str = yaml.safe_dump(value, width=1_000)
    return text.partition("\n")[0]
