"""How those who run a program steer who is matched with whom: two are kept apart, or pinned to each other."""

from collections.abc import Sequence

from pydantic import BaseModel, ConfigDict, Field

from services.matching.model.exclusion import Exclusion, ExclusionReason, exclusion_id
from services.matching.model.fit import judge
from services.matching.model.match import Match
from services.matching.model.places import MenteeRequests, MentorSeats
from services.matching.model.pool import PoolEntry, ProfileCopy
from services.matching.model.proposal import Proposal, check_apart
from services.matching.pair import Application, Pair
from services.matching.proposing import call_off, go_on
from shared.contracts.intake import Role
from shared.engine.authoring.context import Context
from shared.engine.authoring.handlers import CLIENTS, OPERATORS, Handlers
from shared.engine.authoring.loads import create, require
from shared.ids import ProgramId

steering = Handlers()


class AddExclusion(Pair):
    """Never propose these two to each other. An open proposal of the two is called off."""

    reason: ExclusionReason | None = Field(None, description="Why; only those who run the program see it")

    @property
    def exclusion_id(self) -> str:
        """The id of the exclusion."""
        return exclusion_id(*self.applications)


class PinMatch(Pair):
    """Have the next run match these two, whoever else would fit better."""


class UnpinMatch(BaseModel):
    """Leave it to the next run again with whom the mentee is matched."""

    model_config = ConfigDict(extra="forbid")

    program_id: ProgramId
    mentee_application_id: Application = Field(description="The mentee's application to the program")


@steering.post(
    "/programs/{program_id}/exclusions",
    loads={
        "exclusion": create(Exclusion, "exclusion_id"),
        "entries": require(PoolEntry, "applications"),
        "mentor": create(MentorSeats, "mentor_application_id"),
        "mentee": create(MenteeRequests, "mentee_application_id"),
        "matches": require(Match, lambda command, mentee: mentee.open_to(command.mentor_application_id)),
    },
    status=201,
    allow=(CLIENTS, OPERATORS),
)
def add_exclusion(
    command: AddExclusion,
    exclusion: Exclusion,
    entries: Sequence[PoolEntry],
    mentor: MentorSeats,
    mentee: MenteeRequests,
    matches: Sequence[Match],
    ctx: Context,
) -> None:
    """The mentee goes on to the next best if the two were being asked."""
    for entry, role in zip(entries, Role, strict=True):
        entry.check_known(command.program_id, role)
    check_apart(mentor, mentee)
    ctx.emit(exclusion.keep_apart(command.program_id, command.applications, command.reason, by=ctx.actor, at=ctx.now))
    mentee.exclude(command.mentor_application_id, command.program_id)
    closed = [Proposal(match, mentor, mentee) for match in matches]
    call_off(closed, ctx)
    go_on(closed, ctx)


@steering.post(
    "/programs/{program_id}/pins",
    loads={
        "mentee": create(MenteeRequests, "mentee_application_id"),
        "mentor": create(MentorSeats, "mentor_application_id"),
        "entries": require(PoolEntry, "applications"),
        "profiles": require(ProfileCopy, "applications"),
    },
    status=201,
    allow=(CLIENTS, OPERATORS),
)
def pin_match(
    command: PinMatch,
    mentee: MenteeRequests,
    mentor: MentorSeats,
    entries: Sequence[PoolEntry],
    profiles: Sequence[ProfileCopy],
    ctx: Context,
) -> None:
    """The constraints are those of a run; they are checked again when it is computed."""
    for entry, role in zip(entries, Role, strict=True):
        entry.check(command.program_id, role)
    one, other = (profile.person() for profile in profiles)
    judge(one, other, ctx.now.date())
    mentor.check_free(one.capacity)
    mentee.pin(command.mentor_application_id, command.program_id)


@steering.post(
    "/programs/{program_id}/pins/{mentee_application_id}/unpin",
    loads={"mentee": require(MenteeRequests, "mentee_application_id")},
    allow=(CLIENTS, OPERATORS),
)
def unpin_match(command: UnpinMatch, mentee: MenteeRequests) -> None:
    """The two may still be matched by the run, if that is best."""
    mentee.unpin(command.program_id)
