"""Self-service: a mentee ranks mentors, who are then asked in this order."""

from collections import Counter
from collections.abc import Sequence

from pydantic import BaseModel, ConfigDict, Field, field_validator

from services.matching.model.fit import judge
from services.matching.model.places import MenteeRequests
from services.matching.model.pool import PoolEntry, ProfileCopy, ProgramCopy
from services.matching.pair import Application
from services.matching.proposing import search
from shared.contracts.intake import Role
from shared.engine.authoring.context import Context
from shared.engine.authoring.handlers import CLIENTS, OPERATORS, PEOPLE, Handlers
from shared.engine.authoring.loads import create, require
from shared.ids import ProgramId

ranking = Handlers()

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


@ranking.post(
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
