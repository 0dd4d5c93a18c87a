"""How a page has a command held, and what pages show of what is held."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Any

from services.console.held.commands import HoldCommand
from services.console.held.model import HeldCommand, Holding
from services.console.held.sealing import Sent, sealer
from services.console.settings import ConsoleSettings
from shared.engine.authoring.reader import Reader
from shared.ids import PersonId


@dataclass(frozen=True, slots=True)
class Held:
    """A command to be held: what is asked of which service, what the page says of it, and what it is about."""

    service: str
    path: str
    saying: str
    about: str
    body: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class HeldShown:
    """A held command as a page shows it."""

    id: str
    saying: str
    about: str
    due_at: datetime
    is_held: bool
    problem: str


async def hold(state: Any, sender: Any, token: str, held: Held, key: str) -> bool:  # an app's state, and its caller
    """Have a command held for whoever asks; return whether it could be: without a key, nothing is."""
    settings: ConsoleSettings = state.settings
    sealing = sealer(settings)
    if not sealing.ciphers:
        return False
    id = sha256(f"{sender.actor}/{key}".encode()).hexdigest()[:32]
    sent = Sent(token=token, service=held.service, path=held.path, body=held.body)
    command = HoldCommand(
        held_id=id,
        person_id=PersonId(sender.subject),
        saying=held.saying,
        about=held.about,
        sealed=sealing.seal(id, sent.model_dump_json()),
    )
    await state.send(command, sender)
    return True


async def held_by(state: Any, tenant: str, person_id: str) -> Sequence[HeldShown]:  # an app's state
    """Return what is held of a person, or could not be done, in the order in which it is sent."""
    found = await Reader(state.store, tenant).page(HeldCommand, {"person_id": person_id, "is_shown": True})
    shown = [
        HeldShown(one.id, one.saying, one.about, one.due_at, one.status is not Holding.REFUSED, one.problem)
        for one in found.items
        if one.due_at
    ]
    return sorted(shown, key=lambda one: one.due_at)
