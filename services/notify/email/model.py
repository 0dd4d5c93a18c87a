"""Outcomes of handing a mail over."""

from services.notify.messages.model.notification import NotificationStatus
from shared.engine.authoring.aggregate import Outcome


class EmailHandled(Outcome):
    """What came of a mail; `reason` is a stable code, where it failed."""

    notification_id: str
    status: NotificationStatus
    reason: str = ""
