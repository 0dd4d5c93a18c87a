"""What is to happen with an organization into which nobody has come."""

from services.intake.identity.model.access import Access
from shared.engine.authoring.aggregate import Timer


class ForgetNewcomer(Timer):
    """Forget who was to be the first admin, unless they have come in."""

    person_id: str
    address_id: str

    @property
    def access_id(self) -> str:
        """The id of what they have access by."""
        return Access.id_of(self.person_id)
