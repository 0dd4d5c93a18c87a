"""Where a letter leads: to a page, or by a link of the recipient's own to what can be done there without signing in."""

from datetime import timedelta

from services.notify.catalog.message import every_message
from services.notify.messages.model.notification import Notification
from services.notify.settings import NotifySettings
from shared.engine.authoring.links import Purpose
from shared.sign_in_secrets import Action

TELLS_FOR = timedelta(days=30)
"""How long a link still says what has become of what it was for, after that was due or the letter was written."""


STOPS_FOR = timedelta(days=365)
"""How long the link at the end of a letter still stops others like it."""


def leads_to(notification: Notification, tenant: str, person_id: str, settings: NotifySettings | None) -> str | None:
    """Return where the letter leads; None if there are no pages."""
    if settings is None or settings.links is None:
        return None
    place, purpose = settings.links.rstrip("/"), every_message()[notification.draft.template].opens
    if purpose is None or not settings.sign_in_secrets.are_set_up:
        return f"{place}/{notification.draft.path}"
    until = max(notification.draft.times, default=notification.send_at) + TELLS_FOR
    action = Action(purpose.value, tenant, person_id, notification.draft.about, str(int(until.timestamp())))
    return _link(action, settings)


def stops_at(notification: Notification, tenant: str, person_id: str, settings: NotifySettings | None) -> str | None:
    """Return where the person stops letters like this one; None if it is none that they may stop, or without pages."""
    choice = every_message()[notification.draft.template].choice
    if choice is None or settings is None or settings.links is None or not settings.sign_in_secrets.are_set_up:
        return None
    until = notification.send_at + STOPS_FOR
    return _link(Action(Purpose.LETTERS, tenant, person_id, choice.value, str(int(until.timestamp()))), settings)


def _link(action: Action, settings: NotifySettings) -> str:
    return f"{(settings.links or '').rstrip('/')}/a/{settings.sign_in_secrets.action_link(action)}"
