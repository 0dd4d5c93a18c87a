"""The notify service: writes to people about what happens, and reminds them of what comes."""

from services.notify.catalog.page import messages_page
from services.notify.email.queries import queries as letter_queries
from services.notify.email.reactions import reactions as email_reactions
from services.notify.erasing import erasing
from services.notify.inbox.commands import commands as inbox_commands
from services.notify.inbox.queries import queries as inbox_queries
from services.notify.local_copies import local_copies
from services.notify.merging import merged_people, merging
from services.notify.messages.queries import queries
from services.notify.messages.reactions import reactions as message_reactions
from services.notify.reminders.reactions import reactions as reminder_reactions
from services.notify.settings import NotifySettings
from services.notify.wishes.commands import commands as wish_commands
from services.notify.wishes.queries import queries as wish_queries
from shared.contracts.departures import ForgottenByNotify
from shared.contracts.notify import NotificationFailed, NotificationSent, ReminderFired
from shared.engine.authoring.followed_access import FOLLOWED_ACCESS
from shared.engine.authoring.service import Service

service = Service(
    "notify",
    title="Notify: the right word at the right time",
    emits=[NotificationSent, NotificationFailed, ReminderFired, ForgottenByNotify],
    handles=[
        *FOLLOWED_ACCESS,
        local_copies,
        merging,
        erasing,
        merged_people,
        message_reactions,
        reminder_reactions,
        email_reactions,
        wish_commands,
        inbox_commands,
    ],
    routers=[queries, letter_queries, wish_queries, inbox_queries],
    settings=NotifySettings,
    pages={"messages": messages_page},
)
