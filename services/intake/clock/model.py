"""The clock of a sandbox organization: moved forward on demand, with all services following step by step."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from pydantic import BaseModel, Field

from shared.clock import rfc3339, to_milliseconds
from shared.contracts.clock import ClockAdvanced, ClockFollowed
from shared.contracts.event import Event
from shared.engine.authoring.aggregate import Aggregate
from shared.errors import Refusal
from shared.ids import SANDBOX, TenantId, is_sandbox

MOST = timedelta(days=366)
"""How far a clock moves at once."""

MARGIN = timedelta(minutes=1)
"""Timers due within this after the next one fire in the same step."""

MILLISECOND = timedelta(milliseconds=1)


class LiveOrganization(Refusal):
    """Only a sandbox has a clock of its own."""


class ClockNotForward(Refusal):
    """A clock only moves forward: what has happened has happened."""


class ClockTooFar(Refusal):
    """A clock moves by a year at most at once."""


class ClockMoving(Refusal):
    """A clock that is still moving cannot be moved again."""


class Followed(BaseModel, extra="allow"):
    """What a service reported last, and in which round."""

    round: int
    at: datetime = Field(description="Everything that the service knew of has happened up to then")
    activity: int
    next_due: datetime | None = Field(description="When its next timer is due")


class ServiceProgress(BaseModel):
    """How far a service has followed."""

    at: datetime = Field(description="Everything that the service knew of has happened up to then")
    next_due: datetime | None = Field(description="When its next timer is due; null if it has none")


class ClockShown(BaseModel):
    """What the clock of a sandbox shows, and who has followed it."""

    now: datetime
    target: datetime | None = Field(description="Where it was last moved to; null if it never was")
    moving: bool = Field(description="Whether services are still following")
    followed: Mapping[str, ServiceProgress] = Field(description="What each service reported last")
    waiting_for: list[str] = Field(description="The services that have not reported yet: look here if nothing moves")


class SandboxClock(Aggregate, name="sandbox-clock"):
    """A sandbox's time, which is `offset_ms` ahead of the machines', on its way to a target.

    It moves to the next timer of any service, and stays there until nothing is left to do: a round asks every service
    to work through everything that it knows of, and nothing is under way once two rounds in a row find that no service
    has handled anything in between.
    """

    followers: tuple[str, ...] = ()
    offset_ms: int = 0
    round: int = 0
    reached: datetime | None = None
    target: datetime | None = None
    is_moving: bool = False
    followed: dict[str, Followed] = {}
    activities: dict[str, int] = {}
    """What the services had handled in the round before this one, at the same time."""

    @property
    def offset(self) -> timedelta:
        """How far it is ahead."""
        return timedelta(milliseconds=self.offset_ms)

    @property
    def waiting_for(self) -> list[str]:
        """The services that have not reported in this round."""
        reported = {name for name, last in self.followed.items() if last.round == self.round}
        return [name for name in self.followers if name not in reported] if self.is_moving else []

    def check_sandbox(self) -> None:
        """Refuse a live organization, whose time is always the machines'."""
        if not is_sandbox(self.id):
            raise LiveOrganization(
                f"{self.id} is a live organization: only a sandbox has a clock to move; its id begins with {SANDBOX}."
            )

    def advance(self, by: timedelta, now: datetime, followers: Sequence[str]) -> list[Event]:
        """Start moving it. `now` is what it shows; it has moved when all of the followers have reported."""
        self.check_sandbox()
        if self.is_moving and self.target is not None:
            raise ClockMoving(
                f"The clock is on its way to {rfc3339(self.target, 'seconds')}: wait until it has come there."
            )
        if by < MILLISECOND:
            raise ClockNotForward(f"The clock shows {rfc3339(now, 'seconds')}: it can only be moved to a later time.")
        if by > MOST:
            raise ClockTooFar(f"{by.days} days are too far: move the clock by {MOST.days} at most, more than once.")
        self.target, self.is_moving, self.followers = to_milliseconds(now + by), True, tuple(followers)
        return self._step(now, now)

    def record(self, report: ClockFollowed, now: datetime) -> list[Event]:
        """Record how far a service has followed; when all have, ask them again, move on, or arrive."""
        if not self.is_moving or report.round != self.round or self.reached is None or self.target is None:
            return []
        self.followed[report.service] = Followed(
            round=report.round, at=self.reached, activity=report.activity, next_due=report.next_due
        )
        if self.waiting_for:
            return []
        found = {name: one.activity for name, one in self.followed.items()}
        if found != self.activities:
            self.activities = found
            return self._ask()
        if self.reached < self.target:
            return self._step(self._next(self.target), now)
        self.is_moving = False
        return []

    def show(self, now: datetime) -> ClockShown:
        """Show the clock as it is at `now`."""
        followed = {
            name: ServiceProgress(at=one.at, next_due=one.next_due) for name, one in sorted(self.followed.items())
        }
        return ClockShown(
            now=now, target=self.target, moving=self.is_moving, followed=followed, waiting_for=self.waiting_for
        )

    def _next(self, target: datetime) -> datetime:
        """The time of the next timer and of those soon after it, or the target."""
        due = (one.next_due + MARGIN for one in self.followed.values() if one.next_due is not None)
        return min((target, *due))

    def _step(self, to: datetime, now: datetime) -> list[Event]:
        """Move to a time, unless the clock has passed it by itself."""
        self.offset_ms += max(0, (to - now) // MILLISECOND)
        self.reached, self.activities = max(to, now), {}
        return self._ask()

    def _ask(self) -> list[Event]:
        """Start a new round."""
        self.round += 1
        assert self.reached is not None
        moved = ClockAdvanced(
            organization_id=TenantId(self.id), round=self.round, now=self.reached, offset_ms=self.offset_ms
        )
        return [moved]
