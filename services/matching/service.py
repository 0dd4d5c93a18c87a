"""The matching service: the pool of each program, runs over it, and matches from their proposal to their acceptance."""

from services.matching.commands import commands
from services.matching.queries import queries
from services.matching.reactions import reactions
from services.matching.run_queries import run_queries
from services.matching.runs import runs
from services.matching.solving import solving
from shared.contracts.matching import (
    MatchAccepted,
    MatchDeclined,
    MatchExpired,
    MatchProposed,
    MatchRunCompleted,
    MatchRunRequested,
    MatchSuperseded,
    MatchWithdrawn,
    NoMatchFound,
)
from shared.engine.service import Service

service = Service(
    "matching",
    title="Matching: who with whom, and why",
    emits=[
        MatchRunRequested,
        MatchRunCompleted,
        NoMatchFound,
        MatchProposed,
        MatchAccepted,
        MatchDeclined,
        MatchExpired,
        MatchSuperseded,
        MatchWithdrawn,
    ],
    handles=[commands, reactions, runs, solving],
    routers=[queries, run_queries],
)
