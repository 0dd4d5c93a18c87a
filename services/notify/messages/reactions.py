"""What other services' events cause: messages are queued, outdated, and sent when they are due."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated

from services.notify.catalog.message import Message, Occasion, announce, announcements
from services.notify.local_copies import Card, Organization, Program, the_organization
from services.notify.messages.model.merged_person import MergedPerson, cards_of
from services.notify.messages.model.notification import Notification, SendEmail, SendNotification
from services.notify.messages.model.progress import (
    ApplicationStage,
    InvitationStage,
    MatchStage,
    Progress,
    RelationshipStage,
    subject,
    waiting_stage,
)
from services.notify.messages.queue import queue, send_at_once
from services.notify.messages.quiet_hours import send_time
from shared.clock import zone
from shared.contracts.evaluation import SurveyAnswered
from shared.contracts.event import Event
from shared.contracts.intake import ApplicationWithdrawn, ParticipantLeft
from shared.contracts.matching import MatchSuperseded, MatchWithdrawn, WaitingEnded
from shared.contracts.sessions import RelationshipEndedEarly
from shared.engine.authoring.context import Context
from shared.engine.authoring.erased_people import ErasedPerson
from shared.engine.authoring.handlers import Handlers
from shared.engine.authoring.loads import Bundle, awaits, create, optional, require
from shared.errors import dashed
from shared.ids import NotificationId

reactions = Handlers()

SILENT: Mapping[type[Event], int] = {
    ApplicationWithdrawn: ApplicationStage.ENDED,
    ParticipantLeft: ApplicationStage.ENDED,
    MatchSuperseded: MatchStage.CLOSED,
    MatchWithdrawn: MatchStage.CLOSED,
    RelationshipEndedEarly: RelationshipStage.ENDED,
    SurveyAnswered: InvitationStage.ANSWERED,
}
"""Events that no message announces, with the stage to which they take their subject."""


def _notification_ids(event: Event) -> list[NotificationId]:
    return [draft.id for draft in announce(event)]


class Announcement(Bundle):
    """How far the subject of an event has come, and a notification for each draft of the catalog."""

    progress: Annotated[Progress, create(subject)]
    notifications: Annotated[list[Notification], create(_notification_ids)]


def cards_needed(
    _: SendNotification, notification: Notification, merged: list[MergedPerson], erased: list[ErasedPerson]
) -> Sequence[str]:
    """Return the cards of those whom a notification is for and names, but of whom nothing is to be kept."""
    gone = {one.id for one in erased}
    return [id for id in cards_of(notification.draft.people, merged) if id not in gone]


class DueNotification(Bundle):
    """A notification that may be due, with everything that its text is going to name."""

    notification: Annotated[Notification, require("notification_id")]
    merged: Annotated[list[MergedPerson], optional("notification.draft.people")]
    erased: Annotated[list[ErasedPerson], optional("notification.draft.people")]
    cards: Annotated[list[Card], awaits(cards_needed)]
    program: Annotated[Program | None, awaits("notification.draft.program")]
    organization: Annotated[Organization, awaits(the_organization)]

    def send_time(self, at: datetime) -> datetime:
        """Return when it is sent: behind the quiet hours, but for what is awaited, or is the last that is written."""
        draft = self.notification.draft
        if draft.is_awaited or draft.person_id in (one.id for one in self.erased):
            return at
        return send_time(at, zone(self.cards[0].time_zone), draft.urgent_by(at))


def announces(kind: type[Event], messages: Sequence[Message]) -> None:
    """React to one kind of event: queue the messages that announce it."""

    send = send_at_once if any(message.occasion is Occasion.REST for message in messages) else queue

    def queue_all(event: Event, announcement: Announcement, ctx: Context) -> None:
        drafts = announce(event)
        # Unless it concerns nobody, or something later has been announced already.
        if drafts and announcement.progress.reach(drafts[0].stage):
            for draft, notification in zip(drafts, announcement.notifications, strict=True):
                send(draft, notification, ctx.message_id, ctx)

    queue_all.__doc__ = " ".join(message.summary for message in messages)
    queue_all.__annotations__["event"] = kind
    reactions.on(f"announce-{dashed(kind.__name__)}")(queue_all)


for kind, messages in announcements().items():
    announces(kind, messages)


@reactions.on("outdate-messages")
def outdate_messages(
    event: ApplicationWithdrawn
    | ParticipantLeft
    | MatchSuperseded
    | MatchWithdrawn
    | RelationshipEndedEarly
    | SurveyAnswered,
    progress: Annotated[Progress, create(subject)],
) -> None:
    """Outdate the messages that the event has made untrue, so that they are not sent anymore."""
    progress.reach(SILENT[type(event)])


@reactions.on("outdate-waiting")
def outdate_waiting(event: WaitingEnded, progress: Annotated[Progress, create(subject)]) -> None:
    """Outdate the message that there is no match yet: there is one, or none is wanted any more."""
    progress.reach(waiting_stage(event))


@reactions.on("send-notification")
def send_notification(timer: SendNotification, due: DueNotification, ctx: Context) -> None:
    """Send a notification, or put it off until the recipient's quiet hours end."""
    notification, when = due.notification, due.send_time(ctx.now)
    notification.schedule(when)
    if when > ctx.now:
        ctx.at(when, timer, id=f"send/{notification.id}/{when.isoformat()}")
    else:
        ctx.perform(SendEmail(notification_id=notification.id), id=notification.id)
