"""A match of a mentor and a mentee, who are asked whether they want to work together."""

from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar, NamedTuple

from services.matching.pool.model.participant import Participant
from services.matching.proposals.model.answer_clock import MOST_STOPS, ExtensionsUsedUp, moved_by
from services.matching.proposals.model.fit import Fit
from services.matching.proposals.model.match_status import (
    ACCEPTED_BY,
    OPEN,
    WHAT_HAPPENED,
    AlreadyAccepted,
    AskerUnknown,
    DeclineReason,
    MatchNotAccepted,
    MatchNotOpen,
    MatchStatus,
    UnwindReason,
)
from shared.contracts.event import Event
from shared.contracts.intake import Role
from shared.contracts.matching import (
    MatchAccepted,
    MatchAnswerAwaited,
    MatchDeclined,
    MatchExpired,
    MatchExtended,
    MatchProposed,
    MatchQuestionAsked,
    MatchSuperseded,
    MatchUnwound,
    MatchWithdrawn,
    RematchRequested,
)
from shared.engine.authoring.aggregate import Aggregate
from shared.engine.authoring.links import links_to
from shared.errors import NotAllowed
from shared.ids import ApplicationId, MatchId, MatchRunId, PersonId, ProgramId

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
"""Before it is proposed."""


class Offer(NamedTuple):
    """Who is proposed to whom, how many seats the mentor has, how well the two fit, and who has found them.

    Only by hand can the two be proposed `despite_score`: although they fit less well than the program asks for.
    """

    mentor: Participant
    mentee: Participant
    seats: int
    fit: Fit
    run_id: MatchRunId | None = None
    is_by_hand: bool = False
    despite_score: bool = False


class Match(Aggregate, name="match"):
    """A match of a mentor and a mentee, from its proposal until both have accepted or it is closed.

    The clock of a proposal stops at each of `clock_stops`; of `messages`, so many have gone from one to the other.
    """

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
    clock_stops: tuple[datetime, ...] = ()
    messages: int = 0
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

    @property
    def applications(self) -> list[ApplicationId]:
        """Of the mentor and of the mentee."""
        return [self.mentor_application_id, self.mentee_application_id]

    @property
    def people(self) -> tuple[PersonId, PersonId]:
        """The two."""
        return self.mentor_id, self.mentee_id

    @property
    def links(self) -> tuple[str, ...]:
        """The links of mails that are about it: each of the two has one."""
        return links_to(self.id, self.people)

    @property
    def open_links(self) -> tuple[str, ...]:
        """Those of them by which an answer is still awaited."""
        sides = {Role.MENTOR: self.mentor_id, Role.MENTEE: self.mentee_id} if self.is_open else {}
        return links_to(self.id, [sides[side] for side in sides if self.status is not ACCEPTED_BY[side]])

    @property
    def extensions_left(self) -> int:
        """How often the clock may still stop: never once it is closed."""
        return MOST_STOPS - len(self.clock_stops) if self.is_open else 0

    @property
    def reminders(self) -> dict[int, datetime]:
        """When who has not answered is reminded, by the days after the proposal if its clock had not stopped."""
        return {day: moved_by(self.clock_stops, self.proposed_at + timedelta(days=day)) for day in self.reminder_days}

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
        side = ACCEPTED_BY[self.side_of(by)]
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
        side = self.side_of(by)
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

    def ask_back(self, by: str, at: datetime) -> MatchQuestionAsked:
        """Write to the other side before deciding: the clock stops, unless it has as often as it may."""
        side = self.side_of(by)
        self._check_can_answer(at)
        self.messages += 1
        if self.extensions_left:
            self._stop_clock(at)
        return MatchQuestionAsked(**self._facts(), asked_by=side, number=self.messages, expires_at=self.expires_at)

    def extend(self, by: str, at: datetime) -> MatchExtended:
        """Take more time for oneself and the other side; raises `ExtensionsUsedUp`."""
        side = self.side_of(by)
        self._check_can_answer(at)
        if not self.extensions_left:
            raise ExtensionsUsedUp(self.expires_at)
        self._stop_clock(at)
        return MatchExtended(**self._facts(), extended_by=side, times=len(self.clock_stops), expires_at=self.expires_at)

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

    def _asker(self, actor: str, on_behalf_of: Role | None) -> Role:
        side = self._sides.get(actor, on_behalf_of)
        if side is None:
            raise AskerUnknown("Say who of the two wants another match: set `on_behalf_of` to mentor or mentee.")
        return side

    def side_of(self, actor: str) -> Role:
        """Say in which role somebody acts; nobody answers for another person."""
        if actor not in self._sides:
            raise NotAllowed("Only the mentor and the mentee of this match may do this, each for themselves.")
        return self._sides[actor]

    @property
    def _sides(self) -> dict[str, Role]:
        return {f"person/{self.mentor_id}": Role.MENTOR, f"person/{self.mentee_id}": Role.MENTEE}

    def _stop_clock(self, at: datetime) -> None:
        self.clock_stops += (at,)
        self.expires_at = moved_by((at,), self.expires_at)

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
