"""The notify service: tells people of what happens, and reminds them of what comes."""

from services.notify.queries import queries
from services.notify.reactions import reactions
from services.notify.reminders import reminders
from services.notify.sending import sending
from services.notify.settings import NotifySettings
from shared.contracts.notify import NotificationFailed, NotificationSent, ReminderFired
from shared.engine.service import Service

service = Service(
    "notify",
    title="Notify: the right word at the right time",
    emits=[NotificationSent, NotificationFailed, ReminderFired],
    handles=[reactions, reminders, sending],
    routers=[queries],
    settings=NotifySettings,
)
