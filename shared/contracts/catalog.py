"""Every contract that there is, with its golden example: an event as it travels, in structured mode."""

from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

from shared import contracts
from shared.contracts.envelope import STRUCTURED, Envelope, read
from shared.contracts.event import Contract

GOLDEN = Path(__file__).with_name("golden")


def every_contract() -> list[type[Contract]]:
    """Return all events and states, in the order of their types."""
    modules = [import_module(f"{contracts.__name__}.{found.name}") for found in iter_modules(contracts.__path__)]
    found = {
        value.type_name: value
        for module in modules
        for value in vars(module).values()
        if isinstance(value, type) and issubclass(value, Contract) and value.__module__ == module.__name__
        if hasattr(value, "about")
    }
    return [found[type_name] for type_name in sorted(found)]


def golden_path(contract: type[Contract]) -> Path:
    """Return where the golden example of a contract is. It stays as it is for as long as the version is in use."""
    about = contract.about
    return GOLDEN / about.service / f"{about.name}.v{about.version}.json"


def golden(contract: type[Contract]) -> Envelope:
    """Return the golden example of a contract."""
    return read(golden_path(contract).read_bytes(), [("content-type", STRUCTURED.encode())])
