"""People as they state themselves, for tests of what is found for them."""

from datetime import UTC, datetime
from typing import Any

from services.matching.pool.model.profile import ProfileCopy
from services.matching.proposals.model.requests import MenteeRequests
from shared.contracts.intake import Role
from shared.ids import ApplicationId, PersonId

WINTER = datetime(2027, 1, 15, 9, tzinfo=UTC)


def mentor(id: str, **stated: Any) -> ProfileCopy:
    return ProfileCopy(**{"id": id, "person_id": PersonId(f"p-{id}"), "role": Role.MENTOR, "seats": 1} | stated)


def mentee(id: str, **stated: Any) -> ProfileCopy:
    return ProfileCopy(**{"id": id, "person_id": PersonId(f"p-{id}"), "role": Role.MENTEE} | stated)


def asked(id: str, *mentors: str) -> MenteeRequests:
    """A mentee who was asked about these mentors in vain."""
    return MenteeRequests(id=id, asked_in_vain=[ApplicationId(one) for one in mentors])
