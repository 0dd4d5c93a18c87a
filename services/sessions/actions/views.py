"""What is shown of action items."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Self

from services.sessions.actions.model import ActionItem
from shared.engine.authoring.grants import Grant
from shared.web.names import Named


class ActionView(Named):
    """Something to do. `task` is None for everybody but the members."""

    id: str
    version: int
    relationship_id: str
    owner_id: str
    task: str | None
    due_at: datetime
    done_at: datetime | None

    def people(self) -> Iterable[str]:
        """Who is to do it."""
        return (self.owner_id,)

    @classmethod
    def of(cls, action: ActionItem) -> Self:
        """As it is shown to the members."""
        return cls.model_validate(action, from_attributes=True)

    @classmethod
    def without_task(cls, action: ActionItem) -> Self:
        """As it is shown to everybody else."""
        return cls.of(action).model_copy(update={"task": None})

    @classmethod
    def shown_to(cls, granted: Grant) -> Callable[[ActionItem], Self]:
        """As it is shown to whoever may see it by that grant."""
        return cls.of if granted.is_own else cls.without_task
