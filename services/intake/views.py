"""What the views of all aggregates of intake have in common."""

from typing import Self

from pydantic import BaseModel

from shared.engine.authoring.aggregate import Aggregate


class View(BaseModel, from_attributes=True):
    """What is shown of an aggregate."""

    id: str
    version: int

    @classmethod
    def of(cls, aggregate: Aggregate) -> Self:
        """Make the view of an aggregate."""
        return cls.model_validate(aggregate)
