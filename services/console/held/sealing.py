"""What is sent of a held command, and with whose token: sealed with a key that only the console's processes have."""

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict

from services.console.held.model import HeldCommand
from services.console.settings import ConsoleSettings
from shared.sealing import NotUnsealed, Sealer
from shared.settings import keys_in


class Sent(BaseModel):
    """A command of a service, with the token of whoever asks for it."""

    model_config = ConfigDict(frozen=True)

    token: str
    service: str
    path: str
    body: Mapping[str, Any]  # as its service takes it


def sealer(settings: ConsoleSettings) -> Sealer:
    """Return what seals and opens; it has no key where none is set."""
    return Sealer(keys_in(settings.held_key), "held command")


def opened(sealer: Sealer, held: HeldCommand) -> Sent | None:
    """Return what is to be sent; None if its key is gone."""
    try:
        return Sent.model_validate_json(sealer.open(held.id, held.sealed)) if held.sealed else None
    except NotUnsealed:
        return None
