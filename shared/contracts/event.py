"""The shape of every contract: what an event is, and what travels on the people topic."""

from typing import Any, ClassVar, NamedTuple, Self

from pydantic import BaseModel, ConfigDict


class About(NamedTuple):
    """What a contract is called, who publishes it, which aggregate it is about, and its own topic if it has one.

    The envelope of an `anonymous` one says neither who nor what has caused it.
    """

    service: str
    name: str
    version: int
    aggregate: str
    subject_field: str
    topic: str = ""
    anonymous: bool = False

    @property
    def type(self) -> str:
        """The event type on the wire, such as `ithaca.matching.MatchAccepted.v1`."""
        return f"ithaca.{self.service}.{self.name}.v{self.version}"


class Contract(BaseModel):
    """A message between services: closed when it is written, open when it is read, never changed in between."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    about: ClassVar[About]
    type_name: ClassVar[str]

    def __init_subclass__(
        cls,
        aggregate: str = "",
        subject: str = "",
        version: int = 1,
        name: str = "",
        service: str = "",
        topic: str = "",
        anonymous: bool = False,
        **options: Any,  # pydantic's own class options
    ) -> None:
        super().__init_subclass__(**options)
        if aggregate:
            module = cls.__module__.rpartition(".")[2]
            cls.about = About(service or module, name or cls.__name__, version, aggregate, subject, topic, anonymous)
            cls.type_name = cls.about.type

    @property
    def subject_id(self) -> str:
        """The id of the aggregate that it is about."""
        return str(getattr(self, self.about.subject_field))

    @classmethod
    def read(cls, data: bytes) -> Self:
        """Parse what another service wrote: fields that this version does not know are dropped."""
        return cls.model_validate_json(data, extra="ignore")


class Event(Contract):
    """A fact, in the past tense, about one aggregate.

    Declared as `class MatchAccepted(Event, aggregate="match", subject="match_id")`: the aggregate's kind, and the
    field that holds its id. The module says which service publishes it, and so on which topic, unless a `topic` says
    otherwise. A version that has a golden example only ever gains fields with defaults; anything else is a new class
    with `version=2` and the same `name`.
    """


class State(Contract):
    """The latest state of something, on the compacted people topic: personal data travels there and nowhere else.

    It is applied by its sequence: an older one never replaces a newer one. A record without a value says that the
    state is gone.
    """
