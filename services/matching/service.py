"""The matching service: the pool of each program, runs over it, and matches from their proposal to their acceptance."""

from services.matching.by_hand.queries import by_hand_queries
from services.matching.choices.commands import choice_commands
from services.matching.choices.queries import choice_queries
from services.matching.erasing import erasing
from services.matching.merging import merging
from services.matching.pool.queries import pool_queries
from services.matching.pool.reactions import pool_reactions
from services.matching.proposals.commands import proposal_commands
from services.matching.proposals.mentor_search import mentor_search
from services.matching.proposals.queries import match_queries
from services.matching.proposals.reactions import proposal_reactions
from services.matching.runs.commands import run_commands
from services.matching.runs.computation import computation
from services.matching.runs.queries import run_queries
from services.matching.runs.reactions import run_reactions
from services.matching.waitlist.line import waiting_line
from services.matching.waitlist.queries import waitlist_queries
from services.matching.waitlist.reactions import waitlist_reactions
from shared.contracts.departures import ForgottenByMatching
from shared.contracts.matching import (
    ExclusionAdded,
    ExclusionLifted,
    LeftWithoutMatch,
    MatchAccepted,
    MatchAnswerAwaited,
    MatchDeclined,
    MatchExpired,
    MatchExtended,
    MatchPinned,
    MatchProposed,
    MatchQuestionAsked,
    MatchRunCompleted,
    MatchRunRequested,
    MatchSuperseded,
    MatchUnpinned,
    MatchUnwound,
    MatchWithdrawn,
    NoMatchFound,
    RematchRequested,
    WaitingEnded,
)
from shared.engine.authoring.followed_access import FOLLOWED_ACCESS
from shared.engine.authoring.person_names import person_names
from shared.engine.authoring.service import Service

service = Service(
    "matching",
    title="Matching: who with whom, and why",
    emits=[
        MatchRunRequested,
        MatchRunCompleted,
        NoMatchFound,
        MatchProposed,
        MatchQuestionAsked,
        MatchExtended,
        MatchAnswerAwaited,
        MatchAccepted,
        MatchDeclined,
        MatchExpired,
        MatchSuperseded,
        MatchWithdrawn,
        MatchUnwound,
        RematchRequested,
        ExclusionAdded,
        ExclusionLifted,
        MatchPinned,
        MatchUnpinned,
        LeftWithoutMatch,
        WaitingEnded,
        ForgottenByMatching,
    ],
    handles=[
        *FOLLOWED_ACCESS,
        person_names,
        merging,
        erasing,
        pool_reactions,
        proposal_commands,
        proposal_reactions,
        mentor_search,
        choice_commands,
        run_commands,
        run_reactions,
        computation,
        waitlist_reactions,
        waiting_line,
    ],
    routers=[
        pool_queries,
        match_queries,
        choice_queries,
        by_hand_queries,
        run_queries,
        waitlist_queries,
    ],
)
