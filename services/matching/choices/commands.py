"""What people and managers may wish: mentors whom a mentee ranks, pairs that are kept apart or pinned."""

from collections import Counter
from typing import Annotated

from pydantic import Field, field_validator

from services.matching.choices.model import Exclusion, ExclusionReason, exclusion_id
from services.matching.pool.model.applications import Application, Pair
from services.matching.pool.model.participant import Participant
from services.matching.pool.model.profile import ProfileCopy
from services.matching.pool.model.program_rules import Program
from services.matching.proposals.model.chosen_pair import ChosenPair
from services.matching.proposals.model.fit import judge
from services.matching.proposals.model.match import Match
from services.matching.proposals.model.proposal import Proposal, check_not_matched
from services.matching.proposals.model.requests import MenteeRequests
from services.matching.proposals.model.seats import MentorSeats
from services.matching.proposals.next_mentor import search_next_mentor, search_next_mentors, withdraw_all
from services.matching.waitlist.freed_seats import search_for_waiting
from shared.contracts.intake import Role
from shared.engine.authoring.command import Command
from shared.engine.authoring.context import Context
from shared.engine.authoring.grants import Subject, staff
from shared.engine.authoring.handlers import Handlers
from shared.engine.authoring.loads import Bundle, create, require
from shared.errors import NotFound
from shared.ids import MatchId, ProgramId

choice_commands = Handlers()

STAFF = staff("program_id", "matching:write")

MOST_RANKED = 20


class RankMentors(Command):
    """Rank mentors, the preferred one first. They are asked in this order, as many at once as the program allows."""

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


class AddExclusion(Pair):
    """Never propose these two to each other. An open proposal of the two is withdrawn."""

    reason: ExclusionReason | None = Field(None, description="Why; only those who run the program see it")

    @property
    def exclusion_id(self) -> str:
        """The id of the exclusion."""
        return exclusion_id(*self.applications)


class LiftExclusion(Pair):
    """Let two who were kept apart be proposed to each other again."""

    @property
    def exclusion_id(self) -> str:
        """The id of the exclusion."""
        return exclusion_id(*self.applications)


class PinMatch(Pair):
    """Have these two be matched by the next run, or search, even if others fit better."""


class UnpinMatch(Command):
    """Take a pin back, so that who fits best decides again whom the mentee is matched with."""

    program_id: ProgramId
    mentee_application_id: Application = Field(description="The mentee's application to the program")


class Ranking(Bundle):
    """A mentee with the mentors whom they rank, each with what they stated."""

    mentee: Annotated[MenteeRequests, create("mentee_application_id")]
    program: Annotated[Program, require("program_id")]
    participant: Annotated[Participant, require("mentee_application_id")]
    profile: Annotated[ProfileCopy, require("mentee_application_id")]
    mentors: Annotated[list[Participant], require("mentor_application_ids")]
    mentor_profiles: Annotated[list[ProfileCopy], require("mentor_application_ids")]


@choice_commands.post("/programs/{program_id}/rankings", allow=(Subject("participant.person_id"), *STAFF))
def rank_mentors(command: RankMentors, ranking: Ranking, ctx: Context) -> None:
    """Rank mentors, under the constraints of a run. A new ranking replaces the one before."""
    ranking.participant.check(command.program_id, Role.MENTEE)
    mentee = ranking.profile.person()
    for mentor, profile in zip(ranking.mentors, ranking.mentor_profiles, strict=True):
        mentor.check(command.program_id, Role.MENTOR)
        judge(profile.person(), mentee, ctx.now.date()).check_reaches(ranking.program.rules.minimum_score)
    ranking.mentee.rank(command.mentor_application_ids, command.program_id, at=ctx.now)
    if ranking.mentee.wants_ranked(ranking.program.rules.open_requests):
        search_next_mentor(ranking.mentee, command.program_id, ctx, is_ranked=True)


def open_between(command: AddExclusion, mentee: MenteeRequests) -> list[MatchId]:
    """The open match of the two, if there is one."""
    return mentee.open_to(command.mentor_application_id)


class ExcludedPair(Bundle):
    """Two who are to be kept apart, with what there is between them."""

    exclusion: Annotated[Exclusion, create("exclusion_id")]
    participants: Annotated[list[Participant], require("applications")]
    mentor: Annotated[MentorSeats, create("mentor_application_id")]
    mentee: Annotated[MenteeRequests, create("mentee_application_id")]
    matches: Annotated[list[Match], require(open_between)]

    @property
    def proposals(self) -> list[Proposal]:
        """The open proposal of the two, if there is one."""
        return [Proposal(match=match, mentor=self.mentor, mentee=self.mentee) for match in self.matches]


@choice_commands.post("/programs/{program_id}/exclusions", status=201, allow=STAFF)
def add_exclusion(command: AddExclusion, pair: ExcludedPair, ctx: Context) -> None:
    """Keep two apart, withdraw what they are asked about each other, and look for the mentee's next mentor."""
    for participant, role in zip(pair.participants, Role, strict=True):
        participant.check_known(command.program_id, role)
    check_not_matched(pair.mentor, pair.mentee)
    ctx.emit(pair.exclusion.keep_apart(command, command.reason, by=ctx.actor, at=ctx.now))
    pair.mentee.exclude(command.mentor_application_id, command.program_id)
    closed = pair.proposals
    withdraw_all(closed, ctx)
    search_next_mentors(closed, ctx)


class LiftedPair(Bundle):
    """Two who are kept apart."""

    exclusion: Annotated[Exclusion, create("exclusion_id")]
    mentee: Annotated[MenteeRequests, create("mentee_application_id")]


@choice_commands.post("/programs/{program_id}/exclusions/lift", allow=STAFF)
def lift_exclusion(command: LiftExclusion, pair: LiftedPair, ctx: Context) -> None:
    """Let two be proposed to each other again, and look for those who wait: there may be somebody for them now."""
    if pair.exclusion.program_id not in ("", command.program_id):
        raise NotFound.of(Exclusion.collection, pair.exclusion.id)
    ctx.emit(pair.exclusion.lift())
    pair.mentee.readmit(command.mentor_application_id)
    search_for_waiting(command.program_id, ctx)


class PinnedPair(Bundle):
    """The requests of a mentee, the seats of the mentor who is to be pinned to them, and their program."""

    mentee: Annotated[MenteeRequests, create("mentee_application_id")]
    mentor: Annotated[MentorSeats, create("mentor_application_id")]
    program: Annotated[Program, require("program_id")]


@choice_commands.post("/programs/{program_id}/pins", status=201, allow=STAFF)
def pin_match(command: PinMatch, pinned: PinnedPair, pair: ChosenPair, ctx: Context) -> None:
    """Pin two to each other, under the constraints of a run, which checks them again."""
    pair.check(command.program_id)
    pair.judge(ctx.now.date()).check_reaches(pinned.program.rules.minimum_score)
    pinned.mentor.check_free(pair.mentor_capacity)
    ctx.emit(pinned.mentee.pin(command.mentor_application_id, command.program_id))


@choice_commands.post("/programs/{program_id}/pins/{mentee_application_id}/unpin", allow=STAFF)
def unpin_match(
    command: UnpinMatch, mentee: Annotated[MenteeRequests, require("mentee_application_id")], ctx: Context
) -> None:
    """Take a pin back: the two may still be matched, if that is best."""
    ctx.emit(mentee.unpin(command.program_id))
