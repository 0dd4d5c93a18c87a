"""Self-service: a mentee ranks mentors, who are then asked in this order."""

from collections import Counter
from collections.abc import Sequence

from pydantic import BaseModel, ConfigDict, Field, field_validator

from services.matching.choices.model import Exclusion, ExclusionReason, exclusion_id
from services.matching.pool.model.applications import Application, Pair
from services.matching.pool.model.participant import PoolEntry
from services.matching.pool.model.profile import ProfileCopy
from services.matching.pool.model.program_rules import ProgramCopy
from services.matching.proposals.model.fit import judge
from services.matching.proposals.model.match import Match
from services.matching.proposals.model.proposal import Proposal, check_apart
from services.matching.proposals.model.requests import MenteeRequests
from services.matching.proposals.model.seats import MentorSeats
from services.matching.proposals.next_mentor import call_off, go_on, search
from shared.contracts.intake import Role
from shared.engine.authoring.context import Context
from shared.engine.authoring.handlers import CLIENTS, OPERATORS, PEOPLE, Handlers
from shared.engine.authoring.loads import create, require
from shared.ids import ProgramId

choice_commands = Handlers()

MOST_RANKED = 20


class RankMentors(BaseModel):
    """Prefer these mentors, the first one most. As many are asked as open requests are left; the others come next."""

    model_config = ConfigDict(extra="forbid")

    program_id: ProgramId
    mentee_application_id: Application = Field(description="The mentee's application to the program")
    mentor_application_ids: tuple[Application, ...] = Field(
        description="The mentors' applications, the preferred one first", min_length=1, max_length=MOST_RANKED
    )

    @field_validator("mentor_application_ids")
    @classmethod
    def _each_once(cls, ids: tuple[Application, ...]) -> tuple[Application, ...]:
        if repeated := [id for id, times in Counter(ids).items() if times > 1]:
            raise ValueError(f"name each mentor once: {', '.join(repeated)}")
        return ids


@choice_commands.post(
    "/programs/{program_id}/rankings",
    loads={
        "mentee": create(MenteeRequests, "mentee_application_id"),
        "program": require(ProgramCopy, "program_id"),
        "entry": require(PoolEntry, "mentee_application_id"),
        "profile": require(ProfileCopy, "mentee_application_id"),
        "mentors": require(PoolEntry, lambda command: [*command.mentor_application_ids]),
        "profiles": require(ProfileCopy, lambda command: [*command.mentor_application_ids]),
    },
    allow=(PEOPLE, CLIENTS, OPERATORS),
)
def rank_mentors(
    command: RankMentors,
    mentee: MenteeRequests,
    program: ProgramCopy,
    entry: PoolEntry,
    profile: ProfileCopy,
    mentors: Sequence[PoolEntry],
    profiles: Sequence[ProfileCopy],
    ctx: Context,
) -> None:
    """The constraints are those of a run. A new ranking takes the place of the one before."""
    entry.check_actor(ctx.actor)
    entry.check(command.program_id, Role.MENTEE)
    one = profile.person()
    for mentor, stated in zip(mentors, profiles, strict=True):
        mentor.check(command.program_id, Role.MENTOR)
        judge(stated.person(), one, ctx.now.date())
    mentee.rank(command.mentor_application_ids, command.program_id)
    if mentee.wants_ranked(program.open_requests):
        search(mentee, command.program_id, ctx, is_ranked=True)


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


@choice_commands.post(
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


@choice_commands.post(
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


@choice_commands.post(
    "/programs/{program_id}/pins/{mentee_application_id}/unpin",
    loads={"mentee": require(MenteeRequests, "mentee_application_id")},
    allow=(CLIENTS, OPERATORS),
)
def unpin_match(command: UnpinMatch, mentee: MenteeRequests) -> None:
    """The two may still be matched by the run, if that is best."""
    mentee.unpin(command.program_id)
