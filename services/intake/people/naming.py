"""Names beside ids in what intake shows: the cards are here."""

from typing import Annotated

from services.intake.people.model import Person
from shared.web.names import Naming, named_by

Names = Annotated[Naming, named_by(Person)]
"""What puts names beside ids."""
