"""Two cards of one person become one: wherever a service has the id of the one that goes, it has that of the other.

    merging = follow_merges({Match: [by("mentor_id"), by("mentee_id")], Participant: [by("person_id")]})

What is found by an index is changed in steps, and looked for again until nothing is left, then once more after a
minute, an hour and a day: what was on its way when the cards were merged arrives with the old id.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, Any, Protocol, Self

from shared.contracts.intake import PersonMerged
from shared.engine.authoring.aggregate import Aggregate, Effect, Outcome, Timer
from shared.engine.authoring.context import Context
from shared.engine.authoring.handlers import Handlers, Work
from shared.engine.authoring.loads import Bundle, create, optional
from shared.engine.authoring.reader import Reader

AT_ONCE = 50
"""Documents of a kind in one transaction."""
LATER = (timedelta(minutes=1), timedelta(hours=1), timedelta(days=1))
"""When it is looked for what has come meanwhile."""

Filter = Callable[[str], Mapping[str, Any]]  # of what the store takes
Then = Callable[[Aggregate, Context], None]


class TakesOver(Protocol):
    """An aggregate of one person, whose id it has."""

    def take_over(self, other: Self) -> None:
        """Take all that the other one has."""


class FindMerged(Effect):
    """Find what still has the id of a card that has gone."""

    merged_id: str
    person_id: str
    looks: int


class MergedFound(Outcome):
    """What has it, by collection; nothing if nothing is left."""

    merged_id: str
    person_id: str
    looks: int
    ids: dict[str, list[str]]


class LookForMerged(Timer):
    """Look again for what has come meanwhile."""

    merged_id: str
    person_id: str
    looks: int


def by(field: str) -> Filter:
    """Return the filter of documents with a person in a field."""
    return lambda id: {field: id}


def among(field: str) -> Filter:
    """Return the filter of documents with a person among those in a field."""
    return lambda id: {field: {"$elemMatch": {"person_id": id}}}


@dataclass(slots=True, frozen=True)
class Follower:
    """What a service changes when cards are merged: see `follow_merges`."""

    filters: Mapping[type[Aggregate], Sequence[Filter]]
    beside: Mapping[type[Aggregate], type[Aggregate]]
    of_one: Sequence[type[Any]]  # aggregates that TakesOver
    then: Then

    @property
    def kinds(self) -> list[type[Aggregate]]:
        """All that is changed."""
        return [*self.filters, *self.beside]

    async def find(self, effect: FindMerged, reader: Reader) -> MergedFound:
        """Find some of what has the id."""
        ids = dict[str, list[str]]()
        for kind, filters in self.filters.items():
            pages = [await reader.page(kind, where(effect.merged_id), limit=AT_ONCE) for where in filters]
            ids[kind.collection] = sorted({item.id for page in pages for item in page.items})
        ids |= {kind.collection: ids[of.collection] for kind, of in self.beside.items()}
        return MergedFound(**dict(effect), ids=ids)

    def change(self, found: MergedFound, having: Any, ctx: Context) -> bool:  # a bundle that is made here
        """Change what was found; returns whether there was anything."""
        changed = [one for kind in self.kinds for one in getattr(having, kind.collection)]
        for one in changed:
            say_instead(one, found.merged_id, found.person_id)
            self.then(one, ctx)
        for kind in self.of_one:
            stays: TakesOver = getattr(having, f"{kind.collection}_that_stays")
            stays.take_over(getattr(having, f"{kind.collection}_that_goes"))
        return bool(changed)

    def bundle(self) -> type[Bundle]:
        """Make the loads of what was found, and of what is of one person."""
        loads: dict[str, Any] = {kind.collection: Annotated[list[kind], optional(_ids_of(kind))] for kind in self.kinds}  # type: ignore[valid-type]  # made of values
        for kind in self.of_one:
            loads[f"{kind.collection}_that_goes"] = Annotated[kind, create("merged_id")]
            loads[f"{kind.collection}_that_stays"] = Annotated[kind, create("person_id")]
        made = {"__annotations__": loads, "__doc__": "What has the id of a card that has gone.", "__module__": __name__}
        return type("HavingMerged", (Bundle,), made)


def nothing_more(_: Aggregate, _ctx: Context) -> None:
    """Do nothing beside the change."""


def follow_merges(
    filters: Mapping[type[Aggregate], Sequence[Filter]],
    beside: Mapping[type[Aggregate], type[Aggregate]] | None = None,
    of_one: Sequence[type[Any]] = (),  # as above
    then: Then = nothing_more,
) -> Handlers:
    """Return the handlers by which a service follows a merge.

    `filters` find its aggregates with ids of people, each by an index. What stands `beside` one of these has its id.
    What is `of_one` person has theirs, and is taken over. `then` is called for all that is changed.
    """
    handlers, follower = Handlers(), Follower(filters, beside or {}, of_one, then)

    @handlers.on("follow-merge")
    def follow_merge(event: PersonMerged, ctx: Context) -> None:
        """Have all that has the ids of cards that have gone found, and changed."""
        for id in event.merged_ids:
            ctx.perform(FindMerged(merged_id=id, person_id=event.person_id, looks=0))

    @handlers.performs()
    async def find_merged(effect: FindMerged, work: Work) -> MergedFound:
        """Find some of what has the id."""
        return await follower.find(effect, work.reader)

    @handlers.on("look-for-merged")
    def look_for_merged(timer: LookForMerged, ctx: Context) -> None:
        """Look again for what has come meanwhile."""
        ctx.perform(FindMerged(**dict(timer)))

    def move_to_person(found: MergedFound, having: Any, ctx: Context) -> None:  # as above
        """Change what was found, and look on; when nothing is left, look again later."""
        if follower.change(found, having, ctx):
            ctx.perform(FindMerged(merged_id=found.merged_id, person_id=found.person_id, looks=found.looks))
        elif found.looks < len(LATER):
            again = LookForMerged(merged_id=found.merged_id, person_id=found.person_id, looks=found.looks + 1)
            ctx.after(LATER[found.looks], again, id=f"look-for-merged/{found.merged_id}/{again.looks}")

    move_to_person.__annotations__["having"] = follower.bundle()
    handlers.on("move-to-person")(move_to_person)
    return handlers


def say_instead(aggregate: Aggregate, merged_id: str, person_id: str) -> None:
    """Put one id in the place of another, wherever it stands in the aggregate."""
    fresh = type(aggregate).model_validate(_replaced(aggregate.model_dump(), merged_id, person_id))
    fresh.version = aggregate.version
    aggregate.__dict__.update(fresh.__dict__)
    aggregate.__pydantic_extra__ = fresh.__pydantic_extra__


def _replaced(value: Any, merged_id: str, person_id: str) -> Any:  # whatever a state holds
    if isinstance(value, dict):
        return {
            _replaced(key, merged_id, person_id): _replaced(one, merged_id, person_id) for key, one in value.items()
        }
    if isinstance(value, list | tuple):
        return type(value)(_replaced(one, merged_id, person_id) for one in value)
    return person_id if value == merged_id else value


def _ids_of(kind: type[Aggregate]) -> Callable[[MergedFound], list[str]]:
    def ids(found: MergedFound) -> list[str]:
        return found.ids.get(kind.collection, [])

    return ids
