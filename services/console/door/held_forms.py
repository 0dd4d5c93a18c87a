"""Forms that were sent too long after signing in: kept sealed for their browser, until it is clear who it is."""

from dataclasses import dataclass
from secrets import token_urlsafe

from pydantic import BaseModel
from starlette.datastructures import State

from services.console.door.commands import HoldForm
from services.console.door.model import HeldForm
from shared.engine.authoring.reader import Reader
from shared.ids import PersonId
from shared.sealing import NotUnsealed, Sealer
from shared.web.auth import Caller
from shared.web.commands import CommandSender

HELD = "held-form"
"""The cookie that opens one."""
LARGEST = 64 * 1024
"""Bytes of a form that is kept."""
LASTS = 15 * 60
"""Seconds for which a browser has the cookie: nobody can read the form without it."""
SECRET_BYTES = 32


class SentForm(BaseModel):
    """What was sent, and where to."""

    path: str
    fields: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class HeldForms:
    """Keeps forms: the database alone tells nobody what is in them."""

    state: State

    async def hold(self, form: SentForm, caller: Caller) -> str:
        """Keep a form, and return what opens it."""
        secret = token_urlsafe(SECRET_BYTES)
        id = HeldForm.key(secret)
        sealed = _sealer(secret).seal(id, form.model_dump_json())
        send: CommandSender = self.state.send
        await send(HoldForm(form_id=id, person_id=PersonId(caller.subject), sealed=sealed), caller)
        return secret

    async def of(self, secret: str, caller: Caller) -> SentForm | None:
        """Return the form that a browser has sent, if it was the same person."""
        found = await Reader(self.state.store, caller.tenant).many(HeldForm, [HeldForm.key(secret)])
        if not found or found[0].person_id != caller.subject or found[0].sealed is None:
            return None
        try:
            return SentForm.model_validate_json(_sealer(secret).open(found[0].id, found[0].sealed))
        except NotUnsealed:
            return None


def _sealer(secret: str) -> Sealer:
    return Sealer([secret.encode()], "console held form")
