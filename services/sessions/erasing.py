"""What it means for sessions that nothing is kept of a person: what they agreed to do and their calendar are gone."""

from typing import Annotated

from services.sessions.actions.model import ActionItem
from services.sessions.meetings.model.calendar import PersonCalendar
from services.sessions.meetings.model.session import Session
from services.sessions.relationships.model import Relationship
from shared.contracts.departures import ForgottenBySessions
from shared.engine.authoring.context import Context
from shared.engine.authoring.erased_people import Counts, OfErased, follow_erasures, found
from shared.engine.authoring.loads import create, optional
from shared.engine.authoring.merged_people import among

MEMBERS = among("members")


class Traces(OfErased):
    """The relationships of a person, with what was planned and agreed in them."""

    calendar: Annotated[PersonCalendar, create("person_id")]
    relationships: Annotated[list[Relationship], optional(found(Relationship))]
    sessions: Annotated[list[Session], optional(found(Session))]
    actions: Annotated[list[ActionItem], optional(found(ActionItem))]


def forget(traces: Traces, _: Context) -> Counts:
    """Take out when the person was busy, and the words of what they had agreed to do."""
    own = [one.forget() for one in traces.actions if one.owner_id == traces.erased.id]
    kept = len(traces.relationships) + len(traces.sessions) + len(traces.actions)
    return Counts(traces.calendar.forget() + sum(own), kept)


erasing = follow_erasures(
    ForgottenBySessions, [(Relationship, MEMBERS), (Session, MEMBERS), (ActionItem, MEMBERS)], Traces, forget
)
