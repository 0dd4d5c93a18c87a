"""How far something has come, and so what there is still to say of it."""

from services.notify.messages.model.draft import Draft
from shared.engine.authoring.aggregate import Aggregate


class Progress(Aggregate, name="progress"):
    """How far an application, a match, a relationship, a session or a request for feedback has come.

    Its id is `<kind>/<id>`. A stage is never gone back to: what is told of an earlier one is outdated.
    """

    stage: int = -1

    def reach(self, stage: int) -> bool:
        """Come to a stage; returns False if it has come further before."""
        if stage < self.stage:
            return False
        self.stage = stage
        return True

    def outdates(self, draft: Draft) -> bool:
        """Whether what the draft says is no longer so."""
        return draft.stage < self.stage
