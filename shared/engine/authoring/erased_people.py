"""Nothing is kept of a person but ids: each service takes out what it has of them, and confirms it.

    class Traces(OfErased):
        invitations: Annotated[list[Invitation], optional(found(Invitation))]
        feedback: Annotated[list[Feedback], optional("invitations.feedback_id")]

    erasing = follow_erasures(ForgottenByEvaluation, [(Invitation, by("person_id"))], Traces, forget)

What has the person's id is found by an index, some of it at a time, and then once more after a minute, an hour and a
day: what was on its way when the erasure was asked for arrives later.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Any, NamedTuple

from shared.contracts.departures import ErasureRequested, Forgotten
from shared.engine.authoring.aggregate import Aggregate, Effect, Outcome, Timer
from shared.engine.authoring.context import Context
from shared.engine.authoring.handlers import Handlers, Work
from shared.engine.authoring.loads import Bundle, create
from shared.engine.authoring.merged_people import AT_ONCE, LATER, Filter
from shared.engine.authoring.reader import Reader
from shared.ids import PersonId

NOTHING_IN_THE_WAY = timedelta()


class ErasedPerson(Aggregate, name="erased_person"):
    """A person of whom nothing is to be kept, since `requested_at`: so many records were `changed`, so many stay."""

    requested_at: datetime | None = None
    changed: int = 0
    kept: int = 0

    def request(self, event: ErasureRequested) -> bool:
        """Begin; returns False if that was asked for before."""
        if self.requested_at is not None:
            return False
        self.requested_at = event.requested_at
        return True

    def count(self, counts: "Counts", looks: int) -> None:
        """Count what was found. What stays is found again each time, and counts once."""
        self.changed += counts.changed
        self.kept += 0 if looks else counts.kept

    def counted(self) -> dict[str, Any]:  # the fields of a confirmation, which each service has a type of its own for
        """Say what was taken out, and what stays."""
        return {"person_id": PersonId(self.id), "changed": self.changed, "kept": self.kept}


class Counts(NamedTuple):
    """Out of how many records something personal was taken, and how many stay."""

    changed: int
    kept: int


class OfErased(Bundle):
    """What a service has of a person of whom nothing is to be kept."""

    erased: Annotated[ErasedPerson, create("person_id")]


Forget = Callable[[Any, Context], Counts]  # from the service's own bundle, and what of it is personal
Trace = tuple[type[Aggregate], Filter]


class FindTraces(Effect):
    """Find what has the id of a person, from behind an id, by one of the service's indexes."""

    person_id: str
    looks: int
    index: int = 0
    after: str | None = None


class TracesFound(Outcome):
    """Some of what has it, by collection, and where to go on; nothing at the end."""

    person_id: str
    looks: int
    ids: Mapping[str, list[str]]
    on: FindTraces | None


class LookForTraces(Timer):
    """Look again for what has come meanwhile."""

    person_id: str
    looks: int


class ConfirmErasure(Timer):
    """Nothing stands in the way any more."""

    person_id: str


def found(kind: type[Aggregate]) -> Callable[[TracesFound], list[str]]:
    """Return the key of what was found of a kind."""

    def ids(message: TracesFound) -> list[str]:
        return message.ids.get(kind.collection, [])

    return ids


@dataclass(slots=True, frozen=True)
class Follower:
    """What a service takes out when somebody is erased: see `follow_erasures`."""

    traces: Sequence[Trace]
    forget: Forget
    confirmed_after: timedelta

    async def find(self, effect: FindTraces, reader: Reader) -> TracesFound:
        """Find some of what has the id."""
        kind, where = self.traces[effect.index]
        page = await reader.page(kind, where(effect.person_id), effect.after, AT_ONCE)
        following = {"after": page.next} if page.next else {"after": None, "index": effect.index + 1}
        is_over = page.next is None and effect.index + 1 == len(self.traces)
        return TracesFound(
            person_id=effect.person_id,
            looks=effect.looks,
            ids={kind.collection: [item.id for item in page.items]},
            on=None if is_over else effect.model_copy(update=following),
        )

    def take_out(self, traces: TracesFound, having: OfErased, ctx: Context) -> bool:
        """Take out what was found, and look on, or at the end again later; returns whether it is to be confirmed."""
        having.erased.count(self.forget(having, ctx), traces.looks)
        if traces.on is not None:
            ctx.perform(traces.on)
            return False
        if traces.looks < len(LATER):
            again = LookForTraces(person_id=traces.person_id, looks=traces.looks + 1)
            ctx.after(LATER[traces.looks], again, id=f"look-for-traces/{traces.person_id}/{again.looks}")
        if self.confirmed_after and not traces.looks:
            confirming = ConfirmErasure(person_id=traces.person_id)
            ctx.after(self.confirmed_after, confirming, id=f"confirm-erasure/{traces.person_id}")
        return not (traces.looks or self.confirmed_after)


def follow_erasures(
    confirmation: type[Forgotten],
    traces: Sequence[Trace],
    having: type[OfErased],
    forget: Forget,
    confirmed_after: timedelta = NOTHING_IN_THE_WAY,
) -> Handlers:
    """Return the handlers by which a service takes out what it has of a person.

    `traces` find its aggregates with ids of people, each by an index; `having` loads these and what belongs to them,
    and `forget` takes out what is personal. It is confirmed `confirmed_after` a while, where something still needs the
    person's card.
    """
    handlers, follower = Handlers(), Follower(traces, forget, confirmed_after)

    @handlers.on("begin-erasure")
    def begin_erasure(
        event: ErasureRequested, erased: Annotated[ErasedPerson, create("person_id")], ctx: Context
    ) -> None:
        """Have all that has the id of the person found, and take out what is personal."""
        if erased.request(event):
            ctx.perform(FindTraces(person_id=event.person_id, looks=0))

    @handlers.performs()
    async def find_traces(effect: FindTraces, work: Work) -> TracesFound:
        """Find some of what has the id."""
        return await follower.find(effect, work.reader)

    @handlers.on("look-for-traces")
    def look_for_traces(timer: LookForTraces, ctx: Context) -> None:
        """Look again for what has come meanwhile."""
        ctx.perform(FindTraces(**dict(timer)))

    def take_out_traces(traces: TracesFound, having: OfErased, ctx: Context) -> None:
        """Take out what was found, and look on; confirm it at the end."""
        if follower.take_out(traces, having, ctx):
            ctx.emit(confirmation(**having.erased.counted()))

    take_out_traces.__annotations__["having"] = having
    handlers.on("take-out-traces")(take_out_traces)

    @handlers.on("confirm-erasure")
    def confirm_erasure(_: ConfirmErasure, erased: Annotated[ErasedPerson, create("person_id")], ctx: Context) -> None:
        """Confirm it: nothing needs the person's card any more."""
        ctx.emit(confirmation(**erased.counted()))

    return handlers
