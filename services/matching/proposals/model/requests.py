"""What a mentee has asked for: which mentors, how many at once, and why nobody is asked."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar

from pydantic import Field, field_validator

from services.matching.pool.model.unmatched_codes import AD_HOC_ONLY
from services.matching.proposals.model.asked_mentors import SILENCE_BARS, AskedMentors
from services.matching.proposals.model.unavailable import (
    AlreadyAsked,
    AlreadyPinned,
    AskedLately,
    MenteeMatched,
    NotPinned,
    PairExcluded,
    RequestsExhausted,
)
from shared.contracts.matching import MatchPinned, MatchUnpinned
from shared.errors import NotFound
from shared.ids import ApplicationId, MatchId, ProgramId

SEARCHING = "searching"
"""The reason of a mentee for whom a mentor is being looked for."""
PAUSED = "paused"
"""The reason of a mentee who is looked for once the pause is over."""
WANTS_ANOTHER = "wants_another"
"""The reason of a mentee who has a mentor, and takes part in the next run for another one."""
SEARCH_FAILED = "search_failed"
"""The reason of a mentee for whom the search for a mentor was given up."""
NOT_SEARCHED = ("", SEARCHING, PAUSED, WANTS_ANOTHER, AD_HOC_ONLY)
"""The reasons of a mentee whom it is of no use to look for, even if there is a seat, or a mentor, more."""


class MenteeRequests(AskedMentors, name="mentee_requests"):
    """Whom a mentee is proposed to; its id is that of the mentee's application.

    `accepted` are the matches that both have accepted. The next run gives the mentee the mentor who is `pinned`; those
    who are `ranked` are asked first.

    `capacity` is how many mentors are wanted, 0 before that is known. `reason`, a stable code with `figures`, says why
    a mentee who has room for a mentor has no open request.
    """

    indexes: ClassVar = (("program_id", "reason"), ("program_id", "pinned"))

    program_id: ProgramId = ProgramId("")
    capacity: int = 0
    accepted: list[MatchId] = Field(default_factory=list)
    ranked: list[ApplicationId] = Field(default_factory=list)
    has_priority: bool = False
    is_paused: bool = False
    reason: str = ""
    figures: dict[str, int] = Field(default_factory=dict)

    @field_validator("accepted", mode="before")
    @classmethod
    def _one_or_none_as_list(cls, stored: Any) -> Any:  # what is stored
        """Read what was stored when a mentee had one mentor at most."""
        if stored is None:
            return []
        return [stored] if isinstance(stored, str) else stored

    @property
    def has_room(self) -> bool:
        """Whether another mentor is wanted."""
        return len(self.accepted) < (self.capacity or 1)

    @property
    def waits_for_mentor(self) -> bool:
        """Whether nobody was found, which may be otherwise once there is a seat, or a mentor, more."""
        return self.reason not in NOT_SEARCHED

    def check_can_have(self, mentor: ApplicationId) -> None:
        """Raises `MenteeMatched`, `PairExcluded`, `AlreadyAsked`."""
        if not self.has_room:
            raise MenteeMatched("This mentee has a mentor: choose another mentee.", match_id=self.accepted[-1])
        if mentor in self.kept_apart:
            raise PairExcluded("These two are kept apart in this program: choose another mentor.")
        if mentor in self.excluded:
            raise AlreadyAsked(self.why_not_again(mentor))

    def check_searched(self, mentor: ApplicationId, at: datetime) -> None:
        """Raises what `check_can_have` does, or `AskedLately`: only by hand are they asked again so soon."""
        self.check_can_have(mentor)
        if mentor in self.barred(at):
            again = self.unanswered[mentor] + SILENCE_BARS
            raise AskedLately(
                "The last proposal of these two has expired without both answers: choose another mentor, wait until "
                f"{again:%Y-%m-%d}, or have those who run the program propose them by hand.",
                asked_again_at=again.isoformat(),
            )

    def check_can_ask(self, mentor: ApplicationId, open_requests: int) -> None:
        """Raises what `check_can_have` does, or `RequestsExhausted`."""
        self.check_can_have(mentor)
        if len(self.open) >= open_requests:
            raise RequestsExhausted(f"This mentee has {len(self.open)} open requests: wait for an answer to one.")

    def ask(self, match_id: MatchId, mentor: ApplicationId, program_id: ProgramId) -> None:
        """Add an open request."""
        self.program_id = program_id
        self.open[match_id] = mentor
        self.unanswered.pop(mentor, None)
        self._drop_wishes(mentor)
        self._explain("")

    def accept(self, match_id: MatchId) -> None:
        """Add a mentor: the match is accepted."""
        if not self.has_room:
            raise MenteeMatched("This mentee has another mentor by now.", match_id=self.accepted[-1])
        self.met.append(self.open.pop(match_id))
        self.accepted.append(match_id)
        self.has_priority = False
        if self.has_room and not self.open:
            self._explain(WANTS_ANOTHER)

    def close(self, match_id: MatchId) -> None:
        """Take a request off the open ones; the mentor may be asked again."""
        self.open.pop(match_id, None)

    def decline(self, match_id: MatchId) -> None:
        """Take a request off the open ones; since one side said no, the mentor is not asked again."""
        self.asked_in_vain.append(self.open.pop(match_id))

    def expire(self, match_id: MatchId, at: datetime) -> None:
        """Take a request off the open ones; since not both have answered, the mentor is not searched for a while."""
        self.unanswered[self.open.pop(match_id)] = at

    def unwind(self, match_id: MatchId, mentor: ApplicationId) -> None:
        """End an accepted match early, without fault: the mentee has priority until the next one is accepted."""
        self.accepted.remove(match_id)
        self.has_priority = True
        if mentor not in self.met:
            self.met.append(mentor)

    def exclude(self, mentor: ApplicationId, program_id: ProgramId) -> None:
        """Exclude a mentor for good. An open request to the mentor is for the caller to end."""
        self.program_id = program_id
        self.kept_apart.append(mentor)
        self._drop_wishes(mentor)

    def pin(self, mentor: ApplicationId, program_id: ProgramId) -> MatchPinned:
        """Have the mentee be given this mentor or nobody; raises `AlreadyPinned` or what `check_can_have` does."""
        self.check_can_have(mentor)
        if self.pinned is not None:
            raise AlreadyPinned("A mentor is pinned to this mentee already: unpin first.", pinned=self.pinned)
        self.program_id, self.pinned = program_id, mentor
        return MatchPinned(
            program_id=program_id, mentor_application_id=mentor, mentee_application_id=ApplicationId(self.id)
        )

    def unpin(self, program_id: ProgramId) -> MatchUnpinned:
        """Take a pin back: who fits best decides again; raises `NotFound`, `NotPinned`."""
        if self.program_id not in ("", program_id):
            raise NotFound.of(self.collection, self.id)
        if self.pinned is None:
            raise NotPinned("No mentor is pinned to this mentee in this program: nothing is left to do.")
        mentor, self.pinned = self.pinned, None
        return MatchUnpinned(
            program_id=program_id, mentor_application_id=mentor, mentee_application_id=ApplicationId(self.id)
        )

    def rank(self, mentors: Sequence[ApplicationId], program_id: ProgramId, at: datetime) -> None:
        """Prefer these mentors, the first one most; raises what `check_searched` does."""
        for mentor in mentors:
            self.check_searched(mentor, at)
        self.program_id, self.ranked = program_id, list(mentors)

    def wants_ranked(self, open_requests: int) -> bool:
        """Whether there are ranked mentors to be asked, and requests to ask them with."""
        return self.has_room and bool(self.ranked) and len(self.open) < open_requests

    def begin_search(self, program_id: ProgramId) -> bool:
        """Note that the next mentor is to be looked for; False for a mentee who has no room, or has paused."""
        if not self.has_room:
            return False
        self.program_id = program_id
        if self.is_paused:
            self._explain(PAUSED)
            return False
        self._explain("" if self.open else SEARCHING)
        return True

    def fail_search(self, reason: str, figures: Mapping[str, int]) -> bool:
        """Keep why the search has found nobody; False for an answer that comes too late, which is ignored."""
        if self.reason != SEARCHING:
            return False
        self._explain(reason, figures)
        return True

    def stay_behind(self, reason: str, figures: Mapping[str, int], program_id: ProgramId) -> bool:
        """Keep why a run has found nobody; False for who has no room or is asked by now, and later for who paused."""
        if self.open or not self.has_room or self.reason == SEARCHING:
            return False
        self.program_id = program_id
        self._explain(PAUSED if self.is_paused else reason, {} if self.is_paused else figures)
        return not self.is_paused

    def enter(self, mentors: int) -> None:
        """Take part and want so many mentors, unless a later wish is known already."""
        self.capacity = self.capacity or mentors

    def open_to(self, mentor: ApplicationId) -> list[MatchId]:
        """The open request to a mentor, if there is one."""
        return [match_id for match_id, asked in self.open.items() if asked == mentor]

    def surplus(self, mentors: int) -> list[MatchId]:
        """List the open requests for which so many mentors leave no room: all or none."""
        return [*self.open] if len(self.accepted) >= mentors else []

    def change_capacity(self, mentors: int) -> None:
        """Change how many mentors are wanted; what is accepted stays."""
        self.capacity = mentors
        if not self.has_room:
            self._explain("")
        elif self.accepted and not self.open and not self.reason:
            self._explain(PAUSED if self.is_paused else WANTS_ANOTHER)

    def pause(self) -> None:
        """Stop looking for mentors for a while."""
        self.is_paused = True
        if self.reason:
            self._explain(PAUSED)

    def resume(self) -> bool:
        """End the pause; returns whether a mentor is to be looked for."""
        self.is_paused = False
        return self.reason == PAUSED

    def leave(self) -> None:
        """Stop looking for mentors for good."""
        self.pinned, self.ranked, self.has_priority = None, [], False
        self._explain("")

    def _drop_wishes(self, mentor: ApplicationId) -> None:
        """Drop the pin and the rank of a mentor who is being asked, or never will be."""
        self.pinned = None if self.pinned == mentor else self.pinned
        self.ranked = [one for one in self.ranked if one != mentor]

    def _explain(self, reason: str, figures: Mapping[str, int] | None = None) -> None:
        self.reason, self.figures = reason, dict(figures or {})
