"""What is shown of relationships."""

from collections.abc import Iterable
from datetime import datetime
from typing import Self

from services.sessions.relationships.model import Relationship, RelationshipStatus
from shared.contracts.members import Member, people
from shared.web.names import Named


class RelationshipView(Named):
    """People who work together, and the matches that this comes from."""

    id: str
    version: int
    program_id: str
    match_ids: list[str]
    members: list[Member]
    started_at: datetime
    first_session_due: datetime
    status: RelationshipStatus
    ended_at: datetime | None

    @classmethod
    def of(cls, relationship: Relationship) -> Self:
        """As it is shown."""
        return cls.model_validate(relationship, from_attributes=True)

    def people(self) -> Iterable[str]:
        """Its members."""
        return people(self.members)
