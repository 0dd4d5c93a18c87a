"""People: shown on the compacted topic, erased, and shown again. What is last there is what is true."""

from typing import Annotated

from pydantic import BaseModel

from shared.contracts.event import State
from shared.engine.authoring.aggregate import Aggregate, LocalCopy
from shared.engine.authoring.handlers import Handlers
from shared.engine.authoring.loads import create


class PersonShown(State, aggregate="person", subject="person_id", service="ledger"):
    """A person as others see them."""

    person_id: str
    edits: int


class Person(Aggregate, name="person"):
    """Somebody who may be erased; `edits` are the operations that have changed them."""

    edits: list[str] = []
    erased: bool = False

    def shared_state(self) -> PersonShown | None:
        """See `Aggregate.shared_state`."""
        return None if self.erased else PersonShown(person_id=self.id, edits=len(self.edits))


class PersonSeen(LocalCopy, name="person-seen"):
    """The person, as they come by the people topic."""

    edits: int = 0


class EditPerson(BaseModel):
    """Change a person, or bring an erased one back."""

    person_id: str
    operation: str


class ErasePerson(BaseModel):
    """Withdraw a person."""

    person_id: str
    operation: str


def people() -> Handlers:
    """What happens to people."""
    handlers = Handlers()

    @handlers.post("/people/edit")
    def edit(command: EditPerson, person: Annotated[Person, create("person_id")]) -> None:
        person.edits.append(command.operation)
        person.erased = False

    @handlers.post("/people/erase")
    def erase(command: ErasePerson, person: Annotated[Person, create("person_id")]) -> None:
        person.edits.append(command.operation)
        person.erased = True

    handlers.copies(PersonShown, PersonSeen)
    handlers.shares(Person, PersonShown)
    return handlers
