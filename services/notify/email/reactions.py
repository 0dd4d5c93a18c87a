"""Sends a message that is due by mail, if it is still true, and records what the mail server said."""

from datetime import timedelta
from typing import Annotated

from services.notify.catalog.message import every_message
from services.notify.email.delivery import MailServer, NotDelivered, Refused, deliver
from services.notify.email.known import look_up
from services.notify.email.letters import write_letter
from services.notify.email.mime import Letter, compose
from services.notify.email.model import EmailHandled
from services.notify.messages.model.notification import Notification, NotificationStatus, SendEmail
from services.notify.messages.model.progress import Progress
from services.notify.settings import NotifySettings
from services.notify.wishes.model import Wishes, are_unwanted
from shared.engine.authoring.aggregate import EffectFailed
from shared.engine.authoring.context import Context
from shared.engine.authoring.erased_people import ErasedPerson
from shared.engine.authoring.handlers import Handlers, Work
from shared.engine.authoring.loads import require

reactions = Handlers()


NOT_DELIVERED, PERSON_GONE, NO_KEY = "not_delivered", "person_gone", "no_sign_in_key"


class MailServerUnavailable(Exception):
    """The mail server does not accept the mail now; the message says what is known, without personal data."""


@reactions.performs(attempts=70, timeout=timedelta(seconds=90), longest_pause=timedelta(minutes=30))
async def send_email(effect: SendEmail, work: Work) -> EmailHandled:
    """Hand a mail over to the mail server; tried for about a day."""
    notification = await work.reader.get(Notification, effect.notification_id)
    status, reason = await _send(notification, work)
    return EmailHandled(notification_id=notification.id, status=status, reason=reason)


async def _send(notification: Notification, work: Work) -> tuple[NotificationStatus, str]:
    progress = await work.reader.get(Progress, notification.draft.subject)
    if progress.outdates(notification.draft) or notification.draft.is_late(work.now):
        return NotificationStatus.OUTDATED, ""
    choice = every_message()[notification.draft.template].choice
    if choice and are_unwanted(choice, await work.reader.many(Wishes, [notification.person_id])):
        return NotificationStatus.UNWANTED, ""
    known = await look_up(notification.draft, work.reader)
    if known is None:
        is_erased = await work.reader.many(ErasedPerson, [notification.draft.person_id])
        return (NotificationStatus.OUTDATED, "") if is_erased else (NotificationStatus.FAILED, PERSON_GONE)
    settings = NotifySettings.load()
    needs_key = notification.draft.sign_in_request_id or notification.draft.address_change_id
    if needs_key and not settings.sign_in_secrets.are_set_up:
        return NotificationStatus.FAILED, NO_KEY
    letter = write_letter(notification, known, settings)
    return await _hand_over(letter, settings.smtp) if letter else (NotificationStatus.OUTDATED, "")


async def _hand_over(letter: Letter, server: MailServer) -> tuple[NotificationStatus, str]:
    try:
        answer = await deliver(compose(letter), server)
    except NotDelivered as failure:
        # The engine logs what is raised here, and the words of a server that has answered may hold the address.
        raise MailServerUnavailable(f"it answered {failure.code}" if failure.code else str(failure)) from None
    if isinstance(answer, Refused):
        return NotificationStatus.FAILED, f"smtp_{answer.code}"
    return NotificationStatus.SENT, ""


@reactions.on("complete-notification")
def complete_notification(
    outcome: EmailHandled, notification: Annotated[Notification, require("notification_id")], ctx: Context
) -> None:
    """Record what became of a notification: sent, failed or outdated."""
    ctx.emit(*notification.complete(outcome.status, outcome.reason, at=ctx.now))


@reactions.on("give-notification-up")
def give_notification_up(_: EffectFailed, notification: Annotated[Notification, require("key")], ctx: Context) -> None:
    """Give up a notification that the mail server has not accepted for too long."""
    ctx.emit(*notification.complete(NotificationStatus.FAILED, NOT_DELIVERED, at=ctx.now))
