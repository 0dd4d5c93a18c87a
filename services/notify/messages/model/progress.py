"""How far something has come, and so what there is still to say of it."""

from collections.abc import Sequence

from pydantic import Field

from services.notify.messages.model.draft import Draft
from shared.engine.authoring.aggregate import Aggregate
from shared.ids import PersonId


class Progress(Aggregate, name="progress"):
    """How far an application, a match, a session or a request for feedback has come, and whom it is about.

    Its id is `<kind>/<id>`. A stage is never gone back to: what is told of an earlier one is outdated.
    """

    stage: int = -1
    people: list[PersonId] = Field(default_factory=list)

    def reach(self, stage: int, people: Sequence[PersonId] = ()) -> bool:
        """Come to a stage; returns False if it has come further before."""
        if stage < self.stage:
            return False
        self.stage, self.people = stage, list(people) or self.people
        return True

    def partner_of(self, person_id: PersonId) -> PersonId:
        """The other one of the two."""
        (partner,) = (other for other in self.people if other != person_id)
        return partner

    def outdates(self, draft: Draft) -> bool:
        """Whether what the draft says is no longer so."""
        return draft.stage < self.stage
