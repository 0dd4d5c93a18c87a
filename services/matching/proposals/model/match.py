"""A match of a mentor and a mentee, who are asked whether they want to work together."""

from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, ClassVar, NamedTuple

from services.matching.pool.model.participant import Participant
from services.matching.proposals.model.fit import Fit
from shared.contracts.event import Event
from shared.contracts.intake import Role
from shared.contracts.matching import (
    MatchAccepted,
    MatchAnswerAwaited,
    MatchDeclined,
    MatchExpired,
    MatchProposed,
    MatchSuperseded,
    MatchUnwound,
    MatchWithdrawn,
    RematchRequested,
)
from shared.engine.authoring.aggregate import Aggregate
from shared.errors import NotAllowed, Refusal
from shared.ids import ApplicationId, MatchId, MatchRunId, PersonId, ProgramId


class MatchStatus(StrEnum):
    """What has become of a match."""

    PROPOSED = "proposed"
    MENTOR_ACCEPTED = "mentor_accepted"
    MENTEE_ACCEPTED = "mentee_accepted"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    EXPIRED = "expired"
    SUPERSEDED = "superseded"
    WITHDRAWN = "withdrawn"
    UNWOUND = "unwound"


ACCEPTED_BY = {Role.MENTOR: MatchStatus.MENTOR_ACCEPTED, Role.MENTEE: MatchStatus.MENTEE_ACCEPTED}
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
"""Before it is proposed."""

OPEN = {MatchStatus.PROPOSED, *ACCEPTED_BY.values()}

WHAT_HAPPENED = {
    MatchStatus.ACCEPTED: "Both have accepted this match already: carry on with the relationship.",
    MatchStatus.DECLINED: "This match was declined: wait for the next proposal.",
    MatchStatus.EXPIRED: "This proposal has expired: wait for the next one.",
    MatchStatus.SUPERSEDED: "Another match was accepted first, so this one is off: wait for the next proposal.",
    MatchStatus.WITHDRAWN: "This proposal was withdrawn: wait for the next one.",
    MatchStatus.UNWOUND: "This match has ended: wait for the next proposal.",
}


class MatchNotOpen(Refusal):
    """The match is no longer open to answers; `match_status` says what it is."""


class AlreadyAccepted(Refusal):
    """This side has accepted the match already."""


class MatchNotAccepted(Refusal):
    """Only a match that both have accepted can end early; `match_status` says what it is."""


class AskerUnknown(Refusal):
    """The request does not say for which of the two it is."""


class DeclineReason(StrEnum):
    """Why somebody says no."""

    NO_TIME = "no_time"
    NO_FIT = "no_fit"
    ACQUAINTED = "acquainted"
    CONFLICT_OF_INTEREST = "conflict_of_interest"
    OTHER = "other"


class UnwindReason(StrEnum):
    """Why an accepted match has ended early: one of the two wanted another, or has left, or a manager ended it."""

    REMATCH = "rematch"
    LEFT = "left"
    STAFF = "staff"


class Offer(NamedTuple):
    """Who is proposed to whom, how many seats the mentor has, how well the two fit, and who has found them."""

    mentor: Participant
    mentee: Participant
    seats: int
    fit: Fit
    run_id: MatchRunId | None = None
    is_by_hand: bool = False


class Match(Aggregate, name="match"):
    """A match of a mentor and a mentee, from its proposal until both have accepted or it is closed."""

    indexes: ClassVar = (("program_id", "status"), ("mentor_id",), ("mentee_id",))

    program_id: ProgramId = ProgramId("")
    run_id: MatchRunId | None = None
    mentor_id: PersonId = PersonId("")
    mentee_id: PersonId = PersonId("")
    mentor_application_id: ApplicationId = ApplicationId("")
    mentee_application_id: ApplicationId = ApplicationId("")
    fit: Fit = Fit()
    status: MatchStatus = MatchStatus.PROPOSED
    proposed_at: datetime = EPOCH
    expires_at: datetime = EPOCH
    reminder_days: tuple[int, ...] = ()
    closed_at: datetime | None = None
    declined_by: Role | None = None
    decline_reason: DeclineReason | None = None
    ended_at: datetime | None = None
    unwind_reason: UnwindReason | None = None

    @property
    def is_open(self) -> bool:
        """Whether an answer is awaited."""
        return self.status in OPEN

    @property
    def is_half_accepted(self) -> bool:
        """Whether one of the two has accepted."""
        return self.status in ACCEPTED_BY.values()

    def propose(
        self, offer: Offer, at: datetime, until: datetime, reminder_days: tuple[int, ...] = ()
    ) -> MatchProposed:
        """Ask the two until a time, with reminders so many days after the proposal."""
        self.program_id, self.run_id, self.fit = offer.mentee.program_id, offer.run_id, offer.fit
        self.mentor_id, self.mentor_application_id = offer.mentor.person_id, ApplicationId(offer.mentor.id)
        self.mentee_id, self.mentee_application_id = offer.mentee.person_id, ApplicationId(offer.mentee.id)
        self.proposed_at, self.expires_at, self.reminder_days = at, until, reminder_days
        return MatchProposed(
            **self._facts(),
            run_id=self.run_id,
            mentor_application_id=self.mentor_application_id,
            mentee_application_id=self.mentee_application_id,
            score=self.fit.score,
            reasons=self.fit.reasons,
            expires_at=until,
        )

    def accept(self, by: str, at: datetime) -> MatchAccepted | None:
        """Accept for oneself; the event comes with the second yes."""
        side = ACCEPTED_BY[self._side(by)]
        self._check_can_answer(at)
        if self.status is side:
            raise AlreadyAccepted("You have accepted this match already: the other side is still to answer.")
        if self.status is MatchStatus.PROPOSED:
            self.status = side
            return None
        self._close(MatchStatus.ACCEPTED, at)
        return MatchAccepted(**self._facts(), proposed_at=self.proposed_at)

    def decline(self, by: str, reason: DeclineReason, at: datetime) -> Event:
        """Decline for oneself, even after a yes, as long as the other side has not answered."""
        side = self._side(by)
        self._check_can_answer(at)
        self._close(MatchStatus.DECLINED, at)
        self.declined_by, self.decline_reason = side, reason
        return MatchDeclined(**self._facts(), declined_by=side, reason=reason)

    def expire(self, at: datetime) -> Event:
        """Expire: not both have answered in time."""
        self._close(MatchStatus.EXPIRED, at)
        return MatchExpired(**self._facts())

    def supersede(self, accepted: "Match", at: datetime) -> Event:
        """End it because another match took the seat, or the mentee."""
        self._close(MatchStatus.SUPERSEDED, at)
        return MatchSuperseded(**self._facts(), accepted_match_id=MatchId(accepted.id))

    def withdraw(self, at: datetime) -> Event:
        """End it although neither has declined: one of the two cannot be asked any more, or they are kept apart."""
        self._close(MatchStatus.WITHDRAWN, at)
        return MatchWithdrawn(**self._facts())

    def remind(self) -> Event:
        """Remind those who have not answered yet."""
        self._check_open()
        awaited = tuple(side for side, accepted in ACCEPTED_BY.items() if self.status is not accepted)
        return MatchAnswerAwaited(**self._facts(), awaited=awaited, expires_at=self.expires_at)

    def unwind(self, reason: UnwindReason, at: datetime) -> Event:
        """End what both have accepted, without fault."""
        self._check_accepted()
        self.status, self.ended_at, self.unwind_reason = MatchStatus.UNWOUND, at, reason
        return MatchUnwound(**self._facts(), reason=reason)

    def request_rematch(self, by: str, on_behalf_of: Role | None, at: datetime) -> list[Event]:
        """End it since one of the two wants another match; those who run the program ask on behalf of one side."""
        side = self._asker(by, on_behalf_of)
        unwound = self.unwind(UnwindReason.REMATCH, at)
        return [RematchRequested(**self._facts(), requested_by=side), unwound]

    def check_actor(self, actor: str) -> None:
        """Clients and operators may see it; raises `NotAllowed` for any person but the two."""
        if actor.startswith("person/"):
            self._side(actor)

    def _asker(self, actor: str, on_behalf_of: Role | None) -> Role:
        if actor.startswith("person/"):
            return self._side(actor)
        if on_behalf_of is None:
            raise AskerUnknown("Say who of the two wants another match: set `on_behalf_of` to mentor or mentee.")
        return on_behalf_of

    def _side(self, actor: str) -> Role:
        """Say in which role somebody acts; nobody answers for another person."""
        sides = {f"person/{self.mentor_id}": Role.MENTOR, f"person/{self.mentee_id}": Role.MENTEE}
        if actor not in sides:
            raise NotAllowed("Only the mentor and the mentee of this match may do this, each for themselves.")
        return sides[actor]

    def _check_can_answer(self, at: datetime) -> None:
        self._check_open()
        if at >= self.expires_at:
            raise MatchNotOpen(WHAT_HAPPENED[MatchStatus.EXPIRED], match_status=MatchStatus.EXPIRED)

    def _check_open(self) -> None:
        if not self.is_open:
            raise MatchNotOpen(WHAT_HAPPENED[self.status], match_status=self.status)

    def _check_accepted(self) -> None:
        if self.status is MatchStatus.ACCEPTED:
            return
        open_or_off = "Not both have accepted this match yet: decline it, or wait until it expires."
        raise MatchNotAccepted(WHAT_HAPPENED.get(self.status, open_or_off), match_status=self.status)

    def _close(self, status: MatchStatus, at: datetime) -> None:
        self._check_open()
        self.status, self.closed_at = status, at

    def _facts(self) -> dict[str, Any]:  # the fields that all events of a match have are of several types
        return {
            "match_id": MatchId(self.id),
            "program_id": self.program_id,
            "mentor_id": self.mentor_id,
            "mentee_id": self.mentee_id,
        }
