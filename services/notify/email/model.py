"""What is asked of the mail server, and what came of it."""

from services.notify.messages.model.notification import NotificationStatus
from shared.engine.authoring.aggregate import Effect, Outcome


class SendEmail(Effect):
    """A message is to be sent by mail. To whom, and what it says, is looked up when that is done."""

    notification_id: str


class EmailHandled(Outcome):
    """What has become of the mail; `reason` is a stable code where it failed."""

    notification_id: str
    status: NotificationStatus
    reason: str = ""
