"""What becomes of a message."""

from services.notify.catalog.message import announce
from services.notify.messages.model.notification import Notification, NotificationStatus
from shared.contracts.notify import NotificationFailed, NotificationSent
from tests.scenario import START
from tests.services.notify.harbor import BEN, HOUR, SCHEDULED

_, TO_BEN = announce(SCHEDULED)


def queued() -> Notification:
    notification = Notification(id=TO_BEN.id)
    assert notification.queue(TO_BEN, "e1", at=START)
    return notification


def test_what_is_sent_is_told() -> None:
    notification = queued()
    (event,) = notification.complete(NotificationStatus.SENT, "", START + HOUR)
    assert isinstance(event, NotificationSent)
    assert (event.notification_id, event.person_id, event.event_id) == (TO_BEN.id, BEN, "e1")
    assert (notification.status, notification.completed_at) == (NotificationStatus.SENT, START + HOUR)


def test_what_has_failed_is_told_with_the_reason() -> None:
    (event,) = queued().complete(NotificationStatus.FAILED, "smtp_550", START)
    assert isinstance(event, NotificationFailed)
    assert event.reason == "smtp_550"


def test_what_is_outdated_is_no_event() -> None:
    assert queued().complete(NotificationStatus.OUTDATED, "", START) == ()
