"""The matching service: the pool of each program, runs over it, and matches from their proposal to their acceptance."""

from services.matching.commands import commands
from services.matching.leaving import leaving
from services.matching.queries import queries
from services.matching.ranking import ranking
from services.matching.reactions import reactions
from services.matching.runs.commands import run_commands
from services.matching.runs.queries import run_queries
from services.matching.runs.reactions import run_reactions
from services.matching.solving import solving
from services.matching.steering import steering
from services.matching.unwinding import unwinding
from services.matching.waiting import waiting
from shared.contracts.matching import (
    ExclusionAdded,
    MatchAccepted,
    MatchAnswerAwaited,
    MatchDeclined,
    MatchExpired,
    MatchProposed,
    MatchRunCompleted,
    MatchRunRequested,
    MatchSuperseded,
    MatchUnwound,
    MatchWithdrawn,
    NoMatchFound,
    RematchRequested,
)
from shared.engine.authoring.service import Service

service = Service(
    "matching",
    title="Matching: who with whom, and why",
    emits=[
        MatchRunRequested,
        MatchRunCompleted,
        NoMatchFound,
        MatchProposed,
        MatchAnswerAwaited,
        MatchAccepted,
        MatchDeclined,
        MatchExpired,
        MatchSuperseded,
        MatchWithdrawn,
        MatchUnwound,
        RematchRequested,
        ExclusionAdded,
    ],
    handles=[commands, ranking, steering, unwinding, reactions, leaving, run_commands, run_reactions, solving, waiting],
    routers=[queries, run_queries],
)
