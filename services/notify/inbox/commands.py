"""What may be asked of an inbox: to note what was read."""

from typing import Annotated

from services.notify.inbox.model import Inbox
from shared.engine.authoring.command import Command
from shared.engine.authoring.context import Context
from shared.engine.authoring.grants import Subject
from shared.engine.authoring.handlers import Handlers
from shared.engine.authoring.loads import create
from shared.ids import NotificationId, PersonId

commands = Handlers()


class ReadNotice(Command):
    """Say that a message was read."""

    person_id: PersonId
    notification_id: NotificationId


class ReadNotices(Command):
    """Say that all messages were read that have come so far."""

    person_id: PersonId


@commands.post("/people/{person_id}/notices/{notification_id}/read", allow=(Subject("person_id"),))
def read_notice(command: ReadNotice, inbox: Annotated[Inbox, create("person_id")]) -> None:
    """Note that somebody has read a message."""
    inbox.note(command.notification_id)


@commands.post("/people/{person_id}/notices/read", allow=(Subject("person_id"),))
def read_notices(_: ReadNotices, inbox: Annotated[Inbox, create("person_id")], ctx: Context) -> None:
    """Note that somebody has read all that has come so far."""
    inbox.note_all(at=ctx.now)
