"""What people are called, as each service keeps it that shows them: the name, and nothing of how to reach them."""

from shared.contracts.intake import ContactCard
from shared.engine.authoring.aggregate import LocalCopy
from shared.engine.authoring.called import Called
from shared.engine.authoring.handlers import Handlers


class PersonName(LocalCopy, Called, name="person_name"):
    """What a person is called; its id is the person's. Personal data: it goes when the card does."""


person_names = Handlers()
"""Every service has these that shows people by name, except the one whose cards they are."""

person_names.copies(ContactCard, PersonName)
