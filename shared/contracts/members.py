"""Who belongs to a relationship, and as what: said the same way for a pair, a group and a circle."""

from collections.abc import Iterable
from enum import StrEnum

from pydantic import BaseModel, ConfigDict

from shared.ids import PersonId


class MemberRole(StrEnum):
    """As what a person belongs to a relationship: in a pair or a group as mentor or mentee, among equals as peer."""

    MENTOR = "mentor"
    MENTEE = "mentee"
    PEER = "peer"


class Member(BaseModel):
    """One of those who belong to a relationship."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    person_id: PersonId
    """The person; the contact card is on the people topic."""
    role: MemberRole
    """As what the person belongs to it: `mentor`, `mentee` or `peer`."""


def pair(mentor_id: PersonId, mentee_id: PersonId) -> tuple[Member, ...]:
    """Make the members of a pair out of the two of a match."""
    return (
        Member(person_id=mentor_id, role=MemberRole.MENTOR),
        Member(person_id=mentee_id, role=MemberRole.MENTEE),
    )


def people(members: Iterable[Member]) -> tuple[PersonId, ...]:
    """List who the members are, in their order."""
    return tuple(member.person_id for member in members)


def others(members: Iterable[Member], person_id: PersonId) -> tuple[PersonId, ...]:
    """List all members but one, in their order."""
    return tuple(one for one in people(members) if one != person_id)
