"""People over HTTP: they see themselves, admins and systems everybody in the organization."""

from fastapi import Response

from services.intake.people.model import Person
from services.intake.views import View
from shared.engine.authoring.grants import ADMIN, Scope, Subject
from shared.web.routes import Routes
from shared.web.tenant_reader import TenantReader
from shared.web.versions import versioned

queries = Routes()


class PersonView(View):
    """A person's contact card."""

    name: str
    email: str
    locale: str
    time_zone: str


@queries.get("/people/{person_id}", allow=(Subject("person_id"), ADMIN, Scope("intake:read")))
async def get_person(person_id: str, reader: TenantReader, response: Response) -> PersonView:
    """Show a person's contact card; people see their own."""
    return PersonView.of(versioned(response, await reader.get(Person, person_id)))
