"""People over HTTP: they see themselves, clients and operators all of their tenant."""

from fastapi import APIRouter, Response

from services.intake.people.model import Person
from services.intake.views import View
from shared.web.access import OwnPersonId
from shared.web.reading import TenantReader
from shared.web.versions import versioned

queries = APIRouter()


class PersonView(View):
    """A person's contact card."""

    name: str
    email: str
    locale: str
    time_zone: str


@queries.get("/people/{person_id}")
async def get_person(person_id: OwnPersonId, reader: TenantReader, response: Response) -> PersonView:
    """Show a person's contact card; people see their own."""
    return PersonView.of(versioned(response, await reader.get(Person, person_id)))
