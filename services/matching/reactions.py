"""What other services' events, time and finished computations bring about in matching."""

from collections.abc import Sequence

from services.matching.loading import PROPOSAL, application_of
from services.matching.model.match import Match, Offer
from services.matching.model.places import MenteeRequests, MentorSeats
from services.matching.model.pool import PoolEntry, ProfileCopy, ProgramCopy, profile_of_newcomer
from services.matching.model.proposal import Proposal
from services.matching.model.run import MatchRun
from services.matching.proposing import (
    PROPOSED,
    ExpireMatch,
    FindNextBest,
    RemindOfMatch,
    go_on,
    propose_or_go_on,
    search,
)
from services.matching.solving import NextBestFound, NobodyFound, SolveMatching
from shared.contracts.intake import ApplicationApproved, Profile, ProgramPublished, Role
from shared.engine.authoring.aggregate import Effect, EffectFailed
from shared.engine.authoring.context import Context
from shared.engine.authoring.handlers import Handlers
from shared.engine.authoring.loads import awaits, create, optional, reads, require

reactions = Handlers()

SEARCH_FAILED = "search_failed"


@reactions.on("follow-program", loads={"program": create(ProgramCopy, "program_id")})
def follow_program(event: ProgramPublished, program: ProgramCopy) -> None:
    """Keep its rules."""
    program.follow(event.rules)


reactions.replicates(Profile, ProfileCopy)


@reactions.on(
    "enter-pool",
    loads={
        "entry": create(PoolEntry, "application_id"),
        "profile": awaits(ProfileCopy, profile_of_newcomer),
        "mentee": create(MenteeRequests, application_of(Role.MENTEE)),
    },
)
def enter_pool(
    event: ApplicationApproved,
    entry: PoolEntry,
    profile: ProfileCopy | None,
    mentee: MenteeRequests | None,
    ctx: Context,
) -> None:
    """Who is approved can be matched, as soon as the profile is here."""
    entry.enter(event, at=ctx.now)
    if mentee is not None and profile is not None:
        mentee.begin(profile.mentors)


@reactions.on("expire-match", loads=PROPOSAL)
def expire_match(_: ExpireMatch, match: Match, mentor: MentorSeats, mentee: MenteeRequests, ctx: Context) -> None:
    """Unless both have answered: the mentee goes on to the next best."""
    if match.is_open:
        proposal = Proposal(match, mentor, mentee)
        ctx.emit(*proposal.expire(at=ctx.now))
        go_on([proposal], ctx)


@reactions.on("remind-of-match", loads={"match": require(Match, "match_id")})
def remind_of_match(_: RemindOfMatch, match: Match, ctx: Context) -> None:
    """Unless both have answered: who has not is reminded."""
    if match.is_open:
        ctx.emit(match.remind())


@reactions.on(
    "propose-next-best",
    loads={
        "match": create(Match, "match_id"),
        "program": require(ProgramCopy, "program_id"),
        "entries": require(PoolEntry, lambda found: [found.mentor_application_id, found.mentee_application_id]),
        "profile": reads(ProfileCopy, "mentor_application_id"),
        "mentor": create(MentorSeats, "mentor_application_id"),
        "mentee": create(MenteeRequests, "mentee_application_id"),
    },
)
def propose_next_best(
    found: NextBestFound,
    match: Match,
    program: ProgramCopy,
    entries: Sequence[PoolEntry],
    profile: ProfileCopy | None,
    mentor: MentorSeats,
    mentee: MenteeRequests,
    ctx: Context,
) -> None:
    """Ask them, or search again if the mentor is no longer to be had."""
    mentor_entry, mentee_entry = entries
    offer = Offer(mentor_entry, mentee_entry, profile.seats if profile else 0, found.fit)
    outcome = propose_or_go_on(Proposal(match, mentor, mentee), offer, program, ctx, found.is_ranked)
    if outcome == PROPOSED and found.is_ranked and mentee.wants_ranked(program.open_requests):
        search(mentee, found.program_id, ctx, is_ranked=True)


@reactions.on("note-nobody-found", loads={"mentee": require(MenteeRequests, "mentee_application_id")})
def note_nobody_found(found: NobodyFound, mentee: MenteeRequests) -> None:
    """The reason stays visible until somebody is asked."""
    mentee.find_nobody(found.reason, found.figures)


@reactions.on(
    "note-failed-computation",
    loads={
        "run": optional(MatchRun, lambda failed: subject_of(failed, SolveMatching)),
        "mentee": optional(MenteeRequests, lambda failed: subject_of(failed, FindNextBest)),
    },
)
def note_failed_computation(
    failed: EffectFailed, run: MatchRun | None, mentee: MenteeRequests | None, ctx: Context
) -> None:
    """A run has failed, or a search; the reason is visible, and another run can be requested."""
    if run is not None:
        run.fail(failed.reason, at=ctx.now)
    if mentee is not None:
        mentee.find_nobody(SEARCH_FAILED, {})


def subject_of(failed: EffectFailed, effect: type[Effect]) -> str | None:
    """The id that the key of this kind of effect names."""
    return failed.key.split("/")[1] if failed.effect == effect.__name__ else None
