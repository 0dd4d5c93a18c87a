"""Who leaves an organization, and of whom nothing is to be kept but ids: what intake tells, and what is confirmed."""

from typing import Annotated

from pydantic import AwareDatetime, Field

from shared.contracts.access import AccessId
from shared.contracts.event import Event
from shared.contracts.fields import Person

Changed = Annotated[int, Field(description="Records out of which something personal was taken.")]
Kept = Annotated[int, Field(description="Records that stay, with an id that leads to nobody any more.")]


class OrganizationLeft(Event, aggregate="access", subject="access_id", service="intake"):
    """A person has left the organization: their roles, matches and sign-ins have ended. The card stays."""

    access_id: AccessId
    person_id: Person
    change: int
    """How often the person was let in or out, this time included."""


class ErasureRequested(Event, aggregate="erasure", subject="person_id", service="intake"):
    """Nothing is to be kept of a person but ids: each service takes out what it has, and confirms it."""

    person_id: Person
    requested_at: AwareDatetime
    """Since when."""


class PersonErased(Event, aggregate="erasure", subject="person_id", service="intake"):
    """All services have confirmed it, and the contact card is gone: the id leads to nobody any more."""

    person_id: Person
    requested_at: AwareDatetime
    """Since when that was asked for."""
    confirmed_by: tuple[str, ...]
    """The services that had to do with the person."""


class Forgotten(Event):
    """A service has taken out what it had of a person."""

    person_id: Person
    changed: Changed
    kept: Kept


class ForgottenByMatching(
    Forgotten, aggregate="erased_person", subject="person_id", service="matching", name="PersonForgotten"
):
    """Matching keeps nothing of a person but ids: messages about proposals are gone."""


class ForgottenBySessions(
    Forgotten, aggregate="erased_person", subject="person_id", service="sessions", name="PersonForgotten"
):
    """Sessions keeps nothing of a person but ids: what they had agreed to do, and when they were busy, is gone."""


class ForgottenByEvaluation(
    Forgotten, aggregate="erased_person", subject="person_id", service="evaluation", name="PersonForgotten"
):
    """Evaluation keeps nothing of a person but ids: comments are gone, and no answer leads to who gave it."""


class ForgottenByNotify(
    Forgotten, aggregate="erased_person", subject="person_id", service="notify", name="PersonForgotten"
):
    """Notify keeps nothing of a person but ids: the letters that had to go out with the name are out."""


KEEPERS = (ForgottenByMatching, ForgottenBySessions, ForgottenByEvaluation, ForgottenByNotify)
"""What must have come before a person is erased: a confirmation of each service that has to do with people."""
