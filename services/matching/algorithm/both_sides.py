"""Both sides of a matching, and what their program decides."""

from collections import Counter
from collections.abc import Sequence
from functools import cached_property
from hashlib import sha256
from typing import Self

from pydantic import BaseModel, ConfigDict, model_validator

from services.matching.algorithm.people import Person
from services.matching.algorithm.program import Program

NO_SEATS = "no_seats"
NOT_ELIGIBLE = "not_eligible"


class Pool(BaseModel):
    """Everybody who might be matched. The order of the lists changes nothing; `seed` decides between equals."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    mentors: tuple[Person, ...]
    mentees: tuple[Person, ...]
    program: Program = Program()
    seed: int = 0

    @model_validator(mode="after")
    def _ids_are_unique(self) -> Self:
        for side in ("mentors", "mentees"):
            times = Counter(one.id for one in getattr(self, side))
            if repeated := sorted(id for id, count in times.items() if count > 1):
                raise ValueError(f"{side} repeat an id: {', '.join(repeated)}; give each person one row")
        return self

    @cached_property
    def open_mentees(self) -> tuple[Person, ...]:
        """Those who take part, in the order of a hash of their ids: no row and no letter is favored."""
        return self._in_order(self.mentees)

    @cached_property
    def open_mentors(self) -> tuple[Person, ...]:
        """Those who take part, in the order of a hash of their ids."""
        return self._in_order(self.mentors)

    def _in_order(self, people: Sequence[Person]) -> tuple[Person, ...]:
        open_to = (one for one in people if not kept_out(one))
        return tuple(sorted(open_to, key=lambda one: sha256(f"{self.seed} {one.id}".encode()).digest()))


def kept_out(person: Person) -> str | None:
    """Say what keeps a person out altogether, as a code; None if nothing does."""
    if not person.is_eligible:
        return NOT_ELIGIBLE
    return None if person.capacity else NO_SEATS
