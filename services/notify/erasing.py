"""What it means for messages that nothing is kept of a person: letters that name them go out first, and ids stay."""

from datetime import timedelta
from typing import Annotated

from services.notify.inbox.model import Inbox
from services.notify.messages.model.notification import Notification
from services.notify.wishes.model import Wishes
from shared.contracts.departures import ForgottenByNotify
from shared.engine.authoring.context import Context
from shared.engine.authoring.erased_people import Counts, OfErased, follow_erasures, found
from shared.engine.authoring.loads import create, optional
from shared.engine.authoring.merged_people import by

LETTERS_ARE_OUT = timedelta(hours=13)
"""Longer than quiet hours last: so long the card stays, for letters to the person and to who worked with them."""


class Traces(OfErased):
    """The messages to a person, which have ids and codes in them and no words, and which of them they wanted."""

    wishes: Annotated[Wishes, create("person_id")]
    inbox: Annotated[Inbox, create("person_id")]
    notifications: Annotated[list[Notification], optional(found(Notification))]


def forget(traces: Traces, _: Context) -> Counts:
    """Take out what they wanted; names, addresses and texts are looked up when a message is sent, and never kept."""
    return Counts(traces.wishes.forget() + traces.inbox.forget(), len(traces.notifications))


erasing = follow_erasures(ForgottenByNotify, [(Notification, by("person_id"))], Traces, forget, LETTERS_ARE_OUT)
