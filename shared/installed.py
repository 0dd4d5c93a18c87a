"""The services that are installed: the entry points of one group, and no other list. `python -m shared.installed`."""

import sys
from importlib.metadata import EntryPoint, entry_points

from shared.engine.authoring.service import Service
from shared.suggestions import did_you_mean

GROUP = "ithaca.services"
"""An entry point of this group has the name of a service, and leads to its `Service`."""


def service_entries() -> list[EntryPoint]:
    """Return the entry points of all services, by name."""
    return sorted(entry_points(group=GROUP), key=lambda entry: entry.name)


def load_service(name: str) -> Service:
    """Return the service with that name; raises LookupError with the names that there are."""
    for entry in service_entries():
        if entry.name == name:
            return _load(entry)
    names = [entry.name for entry in service_entries()]
    raise LookupError(f"there is no service {name}: there are {', '.join(names)}{did_you_mean(name, names)}")


def installed_services() -> list[Service]:
    """Return all services, by name."""
    return [_load(entry) for entry in service_entries()]


def _load(entry: EntryPoint) -> Service:
    service = entry.load()
    if not isinstance(service, Service) or service.name != entry.name:
        raise TypeError(f"the entry point {entry.name} of {GROUP} has to lead to a service of that name: {entry.value}")
    return service


if __name__ == "__main__":
    sys.stdout.write("".join(f"{entry.name}\n" for entry in service_entries()))
