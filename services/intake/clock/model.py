"""The clock of a sandbox organization: moved forward on demand, with all services following step by step."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from pydantic import BaseModel, Field

from shared.clock import rfc3339, to_milliseconds
from shared.contracts.clock import ClockAdvanced, ClockFollowed
from shared.contracts.event import Event
from shared.engine.authoring.aggregate import Aggregate
from shared.errors import Refusal
from shared.ids import SANDBOX, TenantId, is_sandbox

FOLLOWERS = ("evaluation", "intake", "matching", "notify", "sessions")
"""Every service: a clock has moved when all of them have followed it."""

MOST = timedelta(days=366)
"""How far a clock moves at once."""

MARGIN = timedelta(minutes=1)
"""What is due so soon after the next timer happens in one step with it."""

MILLISECOND = timedelta(milliseconds=1)


class LiveOrganization(Refusal):
    """Only a sandbox has a clock of its own."""


class ClockNotForward(Refusal):
    """A clock moves forward only: what has happened has happened."""


class ClockTooFar(Refusal):
    """A clock moves by a year at once, no further."""


class ClockMoving(Refusal):
    """A clock is moved by one at a time."""


class Followed(BaseModel, extra="allow"):
    """What a service has said last, of which round."""

    round: int
    at: datetime = Field(description="Up to then everything has happened that the service knows of")
    activity: int
    next_due: datetime | None = Field(description="When its next timer is due")


class Followers(BaseModel):
    """How far a service has followed."""

    at: datetime = Field(description="Up to then everything has happened that the service knows of")
    next_due: datetime | None = Field(description="When its next timer is due; null if it has none")


class ClockShown(BaseModel):
    """What the clock of a sandbox shows, and who has followed it."""

    now: datetime
    target: datetime | None = Field(description="Where it was last moved to; null if it never was")
    moving: bool = Field(description="Whether services still follow")
    followed: Mapping[str, Followers] = Field(description="What each service has said last")
    waiting_for: list[str] = Field(description="The services that have not answered yet: look here if nothing moves")


class SandboxClock(Aggregate, name="sandbox-clock"):
    """A sandbox's time, which is `offset_ms` ahead of the machines', on its way to a target.

    It is moved to the next timer of any service, and stays until nothing is left to do there: a round asks every
    service to work off all that it knows of, and when two rounds in a row find that no service has handled anything in
    between, nothing is under way.
    """

    offset_ms: int = 0
    round: int = 0
    reached: datetime | None = None
    target: datetime | None = None
    is_moving: bool = False
    followed: dict[str, Followed] = {}
    activities: dict[str, int] = {}
    """What the services had handled in the round before, at the same time."""

    @property
    def offset(self) -> timedelta:
        """How far it is ahead."""
        return timedelta(milliseconds=self.offset_ms)

    @property
    def waiting_for(self) -> list[str]:
        """The services that have not answered in this round."""
        answered = {name for name, said in self.followed.items() if said.round == self.round}
        return [name for name in FOLLOWERS if name not in answered] if self.is_moving else []

    def check_sandbox(self) -> None:
        """Refuse a live organization, which has the machines' time for good."""
        if not is_sandbox(self.id):
            raise LiveOrganization(
                f"{self.id} is a live organization: only a sandbox has a clock to move; its id begins with {SANDBOX}."
            )

    def advance(self, by: timedelta, now: datetime) -> list[Event]:
        """Begin to move it. `now` is what it shows."""
        self.check_sandbox()
        if self.is_moving and self.target is not None:
            raise ClockMoving(
                f"The clock is on its way to {rfc3339(self.target, 'seconds')}: wait until it has come there."
            )
        if by < MILLISECOND:
            raise ClockNotForward(f"The clock shows {rfc3339(now, 'seconds')}: it can only be moved to a later time.")
        if by > MOST:
            raise ClockTooFar(f"{by.days} days are too far: move the clock by {MOST.days} at most, more than once.")
        self.target, self.is_moving = to_milliseconds(now + by), True
        return self._step(now, now)

    def note(self, said: ClockFollowed, now: datetime) -> list[Event]:
        """A service has followed; when all have, they are asked again, or the clock moves on, or it has arrived."""
        if not self.is_moving or said.round != self.round or self.reached is None or self.target is None:
            return []
        self.followed[said.service] = Followed(
            round=said.round, at=self.reached, activity=said.activity, next_due=said.next_due
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
        """What it shows when it shows `now`."""
        followed = {name: Followers(at=one.at, next_due=one.next_due) for name, one in sorted(self.followed.items())}
        return ClockShown(
            now=now, target=self.target, moving=self.is_moving, followed=followed, waiting_for=self.waiting_for
        )

    def _next(self, target: datetime) -> datetime:
        """The time of the next timer and of those soon after it, or the target."""
        due = (one.next_due + MARGIN for one in self.followed.values() if one.next_due is not None)
        return min((target, *due))

    def _step(self, to: datetime, now: datetime) -> list[Event]:
        """Move to a time, unless it has gone by itself meanwhile."""
        self.offset_ms += max(0, (to - now) // MILLISECOND)
        self.reached, self.activities = max(to, now), {}
        return self._ask()

    def _ask(self) -> list[Event]:
        """A new round."""
        self.round += 1
        assert self.reached is not None
        moved = ClockAdvanced(
            organization_id=TenantId(self.id), round=self.round, now=self.reached, offset_ms=self.offset_ms
        )
        return [moved]
