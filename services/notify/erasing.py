"""What it means for messages that nothing is kept of a person: letters that name them go out first, and ids stay."""

from datetime import timedelta
from typing import Annotated

from services.notify.messages.model.notification import Notification
from shared.contracts.departures import ForgottenByNotify
from shared.engine.authoring.context import Context
from shared.engine.authoring.erased_people import Counts, OfErased, follow_erasures, found
from shared.engine.authoring.loads import optional
from shared.engine.authoring.merged_people import by

LETTERS_ARE_OUT = timedelta(hours=13)
"""Longer than quiet hours last: so long the card stays, for letters to the person and to who worked with them."""


class Traces(OfErased):
    """The messages to a person, which have ids and codes in them and no words."""

    notifications: Annotated[list[Notification], optional(found(Notification))]


def forget(traces: Traces, _: Context) -> Counts:
    """Count what stays: names, addresses and texts are looked up when a message is sent, and never kept."""
    return Counts(0, len(traces.notifications))


erasing = follow_erasures(ForgottenByNotify, [(Notification, by("person_id"))], Traces, forget, LETTERS_ARE_OUT)
