"""The sessions service: relationships from their start, the sessions that they hold, and what they agree to do."""

from services.sessions.actions.commands import commands as action_commands
from services.sessions.actions.queries import queries as action_queries
from services.sessions.erasing import erasing
from services.sessions.meetings.commands import commands as meeting_commands
from services.sessions.meetings.queries import queries as meeting_queries
from services.sessions.meetings.reactions import reactions as meeting_reactions
from services.sessions.merging import merging
from services.sessions.overview.queries import queries as overview_queries
from services.sessions.relationships.queries import queries as relationship_queries
from services.sessions.relationships.reactions import reactions as relationship_reactions
from shared.contracts.departures import ForgottenBySessions
from shared.contracts.sessions import (
    ActionAssigned,
    ActionCompleted,
    RelationshipEndedEarly,
    RelationshipStarted,
    SessionCancelled,
    SessionCompleted,
    SessionRescheduled,
    SessionScheduled,
)
from shared.engine.authoring.followed_access import FOLLOWED_ACCESS
from shared.engine.authoring.person_names import person_names
from shared.engine.authoring.service import Service

service = Service(
    "sessions",
    title="Sessions: the relationship at work",
    emits=[
        ForgottenBySessions,
        RelationshipStarted,
        RelationshipEndedEarly,
        SessionScheduled,
        SessionRescheduled,
        SessionCancelled,
        SessionCompleted,
        ActionAssigned,
        ActionCompleted,
    ],
    handles=[
        *FOLLOWED_ACCESS,
        person_names,
        merging,
        erasing,
        relationship_reactions,
        meeting_commands,
        meeting_reactions,
        action_commands,
    ],
    routers=[relationship_queries, overview_queries, meeting_queries, action_queries],
)
