"""How far a run is, and how its result is kept, announced and proposed slice by slice."""

from datetime import timedelta
from typing import Annotated

from services.matching.pool.model.participant import Participant, ParticipantStatus
from services.matching.pool.model.profile import ProfileCopy
from services.matching.pool.model.program_rules import Program
from services.matching.pool.model.unmatched_codes import NOT_LOOKING, Unmatchable
from services.matching.proposals.model.match import Match, Offer
from services.matching.proposals.model.proposal import Proposal, proposals
from services.matching.proposals.model.requests import SEARCH_FAILED, MenteeRequests
from services.matching.proposals.model.seats import MentorSeats
from services.matching.proposals.next_mentor import FindNextBest, propose_or_search
from services.matching.runs.computation import RunProgressed, RunSolved, SolveMatching
from services.matching.runs.model.run import MatchRun
from services.matching.runs.model.run_index import RunIndex
from services.matching.runs.model.run_result import (
    RunPair,
    RunPairs,
    RunUnmatched,
    UnmatchedPerson,
    cut,
    slice_id,
    slice_ids,
)
from services.matching.waitlist.next_look import wait_for_match
from shared.engine.authoring.aggregate import Effect, EffectFailed, Timer
from shared.engine.authoring.context import Context
from shared.engine.authoring.handlers import Handlers
from shared.engine.authoring.loads import Bundle, create, optional, reads, require
from shared.ids import MatchRunId

run_reactions = Handlers()

PAUSE = timedelta(milliseconds=100)
"""Between two slices of a run, so that it does not delay others."""
DAY = timedelta(days=1)


class Turn(Timer):
    """Take the next slice of a run's result."""

    run_id: MatchRunId
    number: int

    @property
    def slice_id(self) -> str:
        """The id of the slice."""
        return slice_id(self.run_id, self.number)


class ProposeSlice(Turn):
    """Propose some pairs of a published run."""


class AnnounceSlice(Turn):
    """Announce some of those whom a run has not matched."""


class LeaveSlice(Turn):
    """Have some of those wait whom a published run has not matched."""


@run_reactions.on("note-progress")
def note_progress(progressed: RunProgressed, run: Annotated[MatchRun, require("run_id")], ctx: Context) -> None:
    """Keep how far the computation is, so that everybody can see it, whichever process computes."""
    run.report_progress(progressed.step, progressed.steps, at=ctx.now)


def pair_slices(solved: RunSolved) -> list[str]:
    """The slices of the pairs."""
    return slice_ids(solved.run_id, solved.result.pairs)


def unmatched_slices(solved: RunSolved) -> list[str]:
    """The slices of those without a match."""
    return slice_ids(solved.run_id, solved.result.unmatched)


class SolvedRun(Bundle):
    """A run with the slices in which its result is kept."""

    run: Annotated[MatchRun, require("run_id")]
    index: Annotated[RunIndex, create("run_id")]
    pairs: Annotated[list[RunPairs], create(pair_slices)]
    unmatched: Annotated[list[RunUnmatched], create(unmatched_slices)]


@run_reactions.on("keep-run-result")
def keep_run_result(solved: RunSolved, kept: SolvedRun, ctx: Context) -> None:
    """Keep the pairs until the run is published, and announce those without a match, unless the run was cancelled."""
    if not kept.run.is_under_way:
        return
    ctx.emit(kept.run.complete(solved.result, at=ctx.now))
    kept.index.fill(solved.result.pairs)
    for part, some in zip(kept.pairs, cut(solved.result.pairs), strict=True):
        part.fill(some, [ctx.new_id() for _ in some])
    for rest, others in zip(kept.unmatched, cut(solved.result.unmatched), strict=True):
        rest.people = list(others)
    announce_next(kept.run, ctx)


@run_reactions.on("announce-slice")
def announce_slice(
    timer: AnnounceSlice,
    run: Annotated[MatchRun, require("run_id")],
    part: Annotated[RunUnmatched, require("slice_id")],
    ctx: Context,
) -> None:
    """Announce some of those whom the run has not matched, with the reasons."""
    if timer.number == run.next_to_announce:
        ctx.emit(*run.announce(part))
        announce_next(run, ctx)


def announce_next(run: MatchRun, ctx: Context) -> None:
    """Plan the next slice of those who are to be announced, if there is one."""
    if (number := run.next_to_announce) is not None:
        timer = AnnounceSlice(run_id=MatchRunId(run.id), number=number)
        ctx.after(PAUSE, timer, id=f"announce/{timer.slice_id}")


class PublishedSlice(Bundle):
    """Some pairs of a published run, with everything that proposing them takes."""

    run: Annotated[MatchRun, require("run_id")]
    part: Annotated[RunPairs, require("slice_id")]
    program: Annotated[Program, require("run.program_id")]
    profiles: Annotated[list[ProfileCopy], reads("part.mentors")]
    participants: Annotated[list[Participant], require("part.applications")]
    matches: Annotated[list[Match], create("part.matches")]
    mentors: Annotated[list[MentorSeats], create("part.mentors")]
    mentees: Annotated[list[MenteeRequests], create("part.mentees")]

    @property
    def proposals(self) -> list[tuple[RunPair, Proposal]]:
        """The pairs, each with the proposal that it may become."""
        return [*zip(self.part.pairs, proposals(self.matches, self.mentors, self.mentees), strict=True)]


@run_reactions.on("propose-slice")
def propose_slice(timer: ProposeSlice, published: PublishedSlice, ctx: Context) -> None:
    """Propose some pairs of a run. Where one is no longer possible, the mentee's next mentor is looked for."""
    run = published.run
    if timer.number != run.next_to_propose:
        return
    seats = {profile.id: profile.seats for profile in published.profiles}
    people = {participant.id: participant for participant in published.participants}
    for pair, proposal in published.proposals:
        mentor, mentee = people[pair.mentor_application_id], people[pair.mentee_application_id]
        offer = Offer(mentor, mentee, seats.get(mentor.id, 0), pair.fit, timer.run_id)
        pair.outcome = propose_or_search(proposal, offer, published.program, ctx)
    run.count_proposed()
    propose_next(run, ctx)


def propose_next(run: MatchRun, ctx: Context) -> None:
    """Plan the next slice of a published run, if there is one."""
    if (number := run.next_to_propose) is not None:
        timer = ProposeSlice(run_id=MatchRunId(run.id), number=number)
        ctx.after(PAUSE, timer, id=f"propose/{timer.slice_id}")


class LeftOver(Bundle):
    """Some of those whom a published run has not matched, with what they have and are asked about by now."""

    run: Annotated[MatchRun, require("run_id")]
    part: Annotated[RunUnmatched, require("slice_id")]
    participants: Annotated[list[Participant], require("part.applications")]
    mentors: Annotated[list[MentorSeats], create("part.mentors")]
    mentees: Annotated[list[MenteeRequests], create("part.mentees")]

    def stays_behind(self, one: UnmatchedPerson, participant: Participant) -> bool:
        """Keep why a mentee has nobody; returns whether who wants a match has none, and is asked about none."""
        if participant.status is ParticipantStatus.OUT or one.reason in NOT_LOOKING:
            return False
        for mentor in self.mentors:
            if mentor.id == one.application_id:
                return not mentor.promised
        (mentee,) = (mentee for mentee in self.mentees if mentee.id == one.application_id)
        return mentee.stay_behind(one.reason, one.figures, self.run.program_id) and not mentee.accepted


@run_reactions.on("leave-slice")
def leave_slice(timer: LeaveSlice, left_over: LeftOver, ctx: Context) -> None:
    """Have some of those wait whom the run has not matched, unless they are asked about a match by now."""
    run = left_over.run
    if timer.number != run.next_to_leave:
        return
    for one, participant in zip(left_over.part.people, left_over.participants, strict=True):
        if left_over.stays_behind(one, participant):
            wait_for_match(participant, Unmatchable(one.reason, one.figures), ctx)
    run.count_left()
    leave_next(run, ctx)


def leave_next(run: MatchRun, ctx: Context) -> None:
    """Plan the next slice of those whom a published run leaves, if there is one."""
    if (number := run.next_to_leave) is not None:
        timer = LeaveSlice(run_id=MatchRunId(run.id), number=number)
        ctx.after(PAUSE, timer, id=f"leave/{timer.slice_id}")


def subject_of(failed: EffectFailed, effect: type[Effect]) -> str | None:
    """The id that the key of this kind of effect names."""
    return failed.key.split("/")[1] if failed.effect == effect.__name__ else None


def failed_run(failed: EffectFailed) -> str | None:
    """The run whose computation was given up."""
    return subject_of(failed, SolveMatching)


def failed_search(failed: EffectFailed) -> str | None:
    """The mentee whose search was given up."""
    return subject_of(failed, FindNextBest)


class GivenUp(Bundle):
    """The run whose computation was given up, or the mentee whose search was."""

    run: Annotated[MatchRun | None, optional(failed_run)]
    mentee: Annotated[MenteeRequests | None, optional(failed_search)]
    participant: Annotated[Participant | None, optional(failed_search)]


@run_reactions.on("note-failed-computation")
def note_failed_computation(failed: EffectFailed, given_up: GivenUp, ctx: Context) -> None:
    """Keep why a run or a search was given up; another run can be requested, and the mentee is looked for tomorrow."""
    if given_up.run is not None:
        given_up.run.fail(failed.reason, at=ctx.now)
    mentee, participant = given_up.mentee, given_up.participant
    if mentee is not None and mentee.fail_search(SEARCH_FAILED, {}) and not mentee.accepted and participant is not None:
        wait_for_match(participant, Unmatchable(SEARCH_FAILED), ctx, look_by=ctx.now + DAY)
