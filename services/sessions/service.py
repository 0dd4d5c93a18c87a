"""The sessions service: relationships from their start, the sessions that they hold, and what they agree to do."""

from services.sessions.commands import commands
from services.sessions.queries import queries
from services.sessions.reactions import reactions
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
from shared.engine.authoring.service import Service

service = Service(
    "sessions",
    title="Sessions: the relationship at work",
    emits=[
        RelationshipStarted,
        RelationshipEndedEarly,
        SessionScheduled,
        SessionRescheduled,
        SessionCancelled,
        SessionCompleted,
        ActionAssigned,
        ActionCompleted,
    ],
    handles=[commands, reactions],
    routers=[queries],
)
