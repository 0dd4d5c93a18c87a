"""From a queued message to a mail: when it may be sent, whether it is still true, and what the mail server said."""

from collections.abc import Sequence
from datetime import timedelta

from services.notify.copies import Card, OrganizationCopy, ProgramCopy
from services.notify.email import Letter, MailServer, NotDelivered, Refused, compose, deliver
from services.notify.letters import look_up, write_letter
from services.notify.model import Draft, Notification, NotificationStatus, Progress
from services.notify.quiet_hours import send_time
from services.notify.settings import NotifySettings
from shared.clock import zone
from shared.engine.aggregate import Effect, EffectFailed, Outcome, Timer
from shared.engine.context import Context
from shared.engine.handlers import Handlers, Work
from shared.engine.loads import awaits, require

sending = Handlers()

NOT_DELIVERED, PERSON_GONE = "not_delivered", "person_gone"


class SendNotification(Timer):
    """A message may be due."""

    notification_id: str


class SendEmail(Effect):
    """A message is to be sent by mail. To whom, and what it says, is looked up when that is done."""

    notification_id: str


class EmailHandled(Outcome):
    """What has become of the mail; `reason` is a stable code where it failed."""

    notification_id: str
    status: NotificationStatus
    reason: str = ""


class MailServerUnavailable(Exception):
    """The mail server does not take the mail now; the message says what is known, without personal data."""


def queue(draft: Draft, notification: Notification, event_id: str, ctx: Context) -> None:
    """Have the message sent as soon as it may be, unless it was queued before or comes too late anyway."""
    if not draft.is_late(ctx.now) and notification.queue(draft, event_id, at=ctx.now):
        ctx.at(ctx.now, SendNotification(notification_id=notification.id), id=f"send/{notification.id}")


@sending.on(
    "send-notification",
    loads={
        "notification": require(Notification, "notification_id"),
        "cards": awaits(Card, lambda _, notification: notification.draft.people),
        "program": awaits(ProgramCopy, lambda _, notification: notification.draft.program_id, stale=True),
        "organization": awaits(OrganizationCopy, lambda _: OrganizationCopy.ID, stale=True),
    },
)
def send_notification(
    timer: SendNotification,
    notification: Notification,
    cards: Sequence[Card],
    program: ProgramCopy,
    organization: OrganizationCopy,
    ctx: Context,
) -> None:
    """Now, or when the quiet hours of the recipient end. It waits for all that the mail will name."""
    when = send_time(ctx.now, zone(cards[0].time_zone), notification.draft.urgent_by(ctx.now))
    notification.schedule(when)
    if when > ctx.now:
        ctx.at(when, timer, id=f"send/{notification.id}/{when.isoformat()}")
    else:
        ctx.perform(SendEmail(notification_id=notification.id), id=notification.id)


@sending.performs(attempts=70, timeout=timedelta(seconds=90), longest_pause=timedelta(minutes=30))
async def send_email(effect: SendEmail, work: Work) -> EmailHandled:
    """Hand the mail over; tried for about a day while the mail server does not take it."""
    notification = await work.reader.get(Notification, effect.notification_id)
    status, reason = await _send(notification, work)
    return EmailHandled(notification_id=notification.id, status=status, reason=reason)


async def _send(notification: Notification, work: Work) -> tuple[NotificationStatus, str]:
    progress = await work.reader.get(Progress, notification.draft.subject)
    if progress.outdates(notification.draft) or notification.draft.is_late(work.now):
        return NotificationStatus.OUTDATED, ""
    known = await look_up(notification.draft, work.reader)
    if known is None:
        return NotificationStatus.FAILED, PERSON_GONE
    settings = NotifySettings.load()
    return await _hand_over(write_letter(notification, known, settings), settings.smtp)


async def _hand_over(letter: Letter, server: MailServer) -> tuple[NotificationStatus, str]:
    try:
        answer = await deliver(compose(letter), server)
    except NotDelivered as failure:
        # The engine logs what is raised here, and the words of a server that has answered may hold the address.
        raise MailServerUnavailable(f"it answered {failure.code}" if failure.code else str(failure)) from None
    if isinstance(answer, Refused):
        return NotificationStatus.FAILED, f"smtp_{answer.code}"
    return NotificationStatus.SENT, ""


@sending.on("settle-notification", loads={"notification": require(Notification, "notification_id")})
def settle_notification(outcome: EmailHandled, notification: Notification, ctx: Context) -> None:
    """It is out, or never will be."""
    ctx.emit(*notification.settle(outcome.status, outcome.reason, at=ctx.now))


@sending.on("give-notification-up", loads={"notification": require(Notification, "key")})
def give_notification_up(_: EffectFailed, notification: Notification, ctx: Context) -> None:
    """The mail server did not take it for too long."""
    ctx.emit(*notification.settle(NotificationStatus.FAILED, NOT_DELIVERED, at=ctx.now))
