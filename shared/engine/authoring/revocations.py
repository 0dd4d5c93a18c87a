"""Whose access tokens count no longer, as each service keeps it for as long as such tokens could still be shown."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Annotated

from shared.contracts.access import AccessRevoked
from shared.engine.authoring.aggregate import Aggregate
from shared.engine.authoring.context import Context
from shared.engine.authoring.handlers import Handlers
from shared.engine.authoring.loads import create
from shared.ids import moment_of

KEPT = timedelta(minutes=10)
"""Twice as long as an access token lasts."""


class Revocation(Aggregate, name="revocations"):
    """Tokens of somebody, or of one session, count no longer if they were issued until `before`.

    It goes by itself when it has `expired`: no such token could be shown then.
    """

    before: datetime | None = None
    expires: datetime | None = None

    @staticmethod
    def key(access_id: str, session_id: str) -> str:
        """The id: of one session, or of all that somebody has."""
        return f"session/{session_id}" if session_id else access_id

    def note(self, before: datetime, at: datetime) -> None:
        """Note what was revoked; a later one is not taken back by an earlier one."""
        if self.before is None or before > self.before:
            self.before = before
        self.expires = at + KEPT


def revoke(revocation: Revocation, events: Iterable[AccessRevoked], ctx: Context) -> None:
    """Refuse tokens here and now, and have it told to the others."""
    for event in events:
        revocation.note(event.before, event.before)
        ctx.emit(event)


revocations = Handlers()
"""Every service has these, except the one that revokes: it notes that at once."""


def revocation_id(event: AccessRevoked) -> str:
    """Return the id of what an event revokes."""
    return Revocation.key(event.access_id, event.session_id)


@revocations.on("note-revocation")
def note_revocation(
    event: AccessRevoked, revocation: Annotated[Revocation, create(revocation_id)], ctx: Context
) -> None:
    """Refuse the tokens from now on."""
    revocation.note(event.before, moment_of(ctx.new_id()))
