"""What the rules live on: aggregates, and the messages that a service sends to itself."""

from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict, Field

from shared.contracts.event import Event, State


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
        """Return where it is stored: a read model has a collection for each time that it was built."""
        return f"{cls.collection}@{generation}" if generation else cls.collection

    @property
    def is_new(self) -> bool:
        """Whether no message has changed it yet."""
        return self.version == 0

    @classmethod
    def upcast(cls, state: dict[str, Any], schema: int) -> dict[str, Any]:  # noqa: ARG003 - for those who need it
        """Return the state, stored with a lower schema, as the current one."""
        return state

    def shared_state(self) -> State | None:
        """Return what the people topic shows of it under its id, if the service shares it; None withdraws it."""
        return None


class Removed(BaseModel):
    """A shared state is no longer there."""

    subject_id: str


class LocalCopy(Aggregate):
    """What another service has published last, as an event or a state, kept up to date by the engine: never change it.

    Its fields are those of the contract that it wants to keep, of the same types, each with a default. `applied` is the
    sequence of what it shows; a `removed` one is as good as none, and stays only so that nothing older brings it back.
    """

    applied: int = 0
    removed: bool = False

    def follow(self, latest: Event | State | Removed, sequence: int) -> None:
        """Take what is newer; what is older is passed over."""
        if sequence <= self.applied:
            return
        values = {} if isinstance(latest, Removed) else latest.model_dump(include=type(self).kept_fields())
        fresh = type(self)(
            id=self.id, version=self.version, applied=sequence, removed=isinstance(latest, Removed), **values
        )
        self.__dict__.update(fresh.__dict__)

    @classmethod
    def kept_fields(cls) -> set[str]:
        """Return the fields that it takes over."""
        return cls.model_fields.keys() - LocalCopy.model_fields.keys()


def check_copy(contract: type[Event | State], copy: type[LocalCopy]) -> None:
    """Raise a `TypeError` if a field of the copy is none of the contract, or is of another type."""
    for name in copy.kept_fields():
        shown = contract.model_fields.get(name)
        if shown is None:
            raise TypeError(f"{copy.__name__}.{name} is no field of {contract.__name__}: leave it out, or rename it")
        if copy.model_fields[name].annotation != shown.annotation:
            raise TypeError(f"{copy.__name__}.{name} must be of the type that it has in {contract.__name__}")


class ReadModel(Aggregate):
    """A row of a read model: it only follows events, so that it can be built anew from the journal.

    A handler that loads one is its projection: it loads nothing else, publishes nothing, and takes the time from
    `ctx.occurred_at`.
    """


class InternalMessage(BaseModel):
    """A message of a service to itself, which never appears on a topic. Newer versions read what is stored of it."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Timer(InternalMessage):
    """Something to look at again at a time: `ctx.after(hours(24), RemindOfFeedback(...), id=...)`."""


class Effect(InternalMessage):
    """Something to do outside, at least once and with a stable key: `ctx.perform(SendEmail(...))`."""


class Outcome(InternalMessage):
    """What became of an effect, sent back as a message."""


class EffectFailed(Outcome):
    """An effect was given up: its deadline or its attempts are used up, or it was refused for good."""

    effect: str
    key: str
    reason: str
