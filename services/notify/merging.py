"""What two cards of one person that become one mean for messages: they go to the card that has stayed."""

from collections.abc import Sequence
from typing import Annotated

from services.notify.inbox.model import Inbox
from services.notify.messages.model.merged_person import MergedPerson
from services.notify.messages.model.notification import Notification
from services.notify.wishes.model import Wishes
from shared.contracts.intake import PersonMerged
from shared.engine.authoring.handlers import Handlers
from shared.engine.authoring.loads import create
from shared.engine.authoring.merged_people import by, follow_merges

merging = follow_merges({Notification: [by("person_id")]}, of_one=[Wishes, Inbox])
merged_people = Handlers()


def merged_ids(event: PersonMerged) -> Sequence[str]:
    """Return the cards that have gone."""
    return event.merged_ids


@merged_people.on("note-merged-people")
def note_merged_people(event: PersonMerged, merged: Annotated[list[MergedPerson], create(merged_ids)]) -> None:
    """Keep whose the cards are that have gone: what is planned already is written to the one that has stayed."""
    for one in merged:
        one.person_id = event.person_id
