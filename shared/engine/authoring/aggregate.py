"""What the rules live on: aggregates, and the messages that a service sends to itself."""

from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict, Field

from shared.contracts.event import State


class Aggregate(BaseModel):
    """A document with rules: methods take facts and the time, change it, and return events or raise a `Refusal`.

    Declared as `class Match(Aggregate, name="match")`; the name is its kind in events and its collection. Every field
    has a default, since a new one starts blank: `is_new` tells. Fields that this version does not know are kept.
    `schema` is raised when a stored state needs `upcast`; a state with a higher one is refused.
    """

    model_config = ConfigDict(extra="allow")

    collection: ClassVar[str]
    schema_version: ClassVar[int]
    indexes: ClassVar[tuple[tuple[str, ...], ...]] = ()
    """Fields of the state that queries filter by, tuple by tuple; the tenant comes first by itself."""

    id: str = ""
    version: int = Field(default=0, exclude=True)
    """How many messages have changed it. The engine's: stored beside the state, not in it."""

    def __init_subclass__(cls, name: str = "", schema: int = 1, **options: Any) -> None:  # pydantic's own options
        super().__init_subclass__(**options)
        if name:
            cls.collection, cls.schema_version = name, schema

    @classmethod
    def collection_of(cls, generation: int) -> str:
        """Where it is stored: a read model has a collection for each time that it was built."""
        return f"{cls.collection}@{generation}" if generation else cls.collection

    @property
    def is_new(self) -> bool:
        """Whether no message has changed it yet."""
        return self.version == 0

    @classmethod
    def upcast(cls, state: dict[str, Any], schema: int) -> dict[str, Any]:  # noqa: ARG003 - for those who need it
        """The state, stored with a lower schema, as the current one."""
        return state

    def shared_state(self) -> State | None:
        """What the people topic shows of it under its id; None withdraws it. Called where the service shares it."""
        return None


class Removed(BaseModel):
    """A shared state is no longer there."""

    subject_id: str


class Replica(Aggregate):
    """Another service's shared state, kept up to date by the engine: read it, never change it.

    Its fields are those of the state that it wants to keep, each with a default. `applied` is the sequence of what it
    shows; a `removed` one is as good as none, and stays only so that nothing older brings it back.
    """

    applied: int = 0
    removed: bool = False

    def follow(self, state: State | Removed, sequence: int) -> None:
        """Take a newer state; an older one is passed over."""
        if sequence <= self.applied:
            return
        kept = type(self).model_fields.keys() - {"id", "version", "applied", "removed"}
        values = {} if isinstance(state, Removed) else state.model_dump(include=set(kept))
        fresh = type(self)(
            id=self.id, version=self.version, applied=sequence, removed=isinstance(state, Removed), **values
        )
        self.__dict__.update(fresh.__dict__)


class ReadModel(Aggregate):
    """A row of a read model: it only follows events, so that it can be built anew from the journal.

    A handler that loads one is its projection: it loads nothing else, publishes nothing, and takes the time from
    `ctx.occurred_at`.
    """


class Own(BaseModel):
    """A message of a service to itself. It never appears on a topic. Stored ones are read by a newer version too."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Timer(Own):
    """Something to look at again at a time: `ctx.after(hours(24), RemindOfFeedback(...), id=...)`."""


class Effect(Own):
    """Something to do outside, at least once and with a stable key: `ctx.perform(SendEmail(...))`."""


class Outcome(Own):
    """What became of an effect, sent back as a message."""


class EffectFailed(Outcome):
    """An effect was given up: its deadline or its attempts are used up, or it was refused for good."""

    effect: str
    key: str
    reason: str
