"""People over HTTP: they see themselves, managers the people of their programs, admins and systems everybody."""

from typing import Annotated, Self

from fastapi import Query, Response
from pydantic import BaseModel, Field

from services.intake.people.model import Gone, Person
from services.intake.people.search_keys import searched_keys
from services.intake.views import View
from shared.contracts.intake import Role
from shared.engine.authoring.grants import ADMIN, Manager, Scope, Subject
from shared.errors import NotFound
from shared.web.access import found
from shared.web.pages import After, Limit, Listing, listing
from shared.web.routes import Routes
from shared.web.tenant_reader import TenantReader
from shared.web.trail.shown import of_people
from shared.web.versions import versioned

queries = Routes()


class PersonView(View):
    """A person's contact card."""

    name: str
    pronouns: str
    email: str
    locale: str
    time_zone: str
    shows_email: bool = Field(description="Whether those with whom the person is matched are told the address")
    new_email: str | None = Field(description="The address that the person is to have; null if none is expected")
    merged_into: str | None = Field(description="The card that is this person's since two were merged")
    gone: Gone | None = Field(description="Whether they have left, or are being erased; null for who is here")

    @classmethod
    def of_person(cls, person: Person) -> Self:
        """Show a card."""
        change = person.address_change
        is_expected = change is not None and change.new != person.email
        kept = person.model_dump(include=cls.model_fields.keys() - {"version", "new_email", "merged_into"})
        return cls(
            **kept,
            version=person.version,
            new_email=(change.new or None) if change and is_expected else None,
            merged_into=person.merged_into or None,
        )


class PeopleFilter(BaseModel, extra="forbid"):
    """Which people to list."""

    search: str = Field(
        "", max_length=254, description="Beginnings of words of the name, in any spelling; or of an address, with its @"
    )
    program_id: str | None = None
    role: Role | None = Field(None, description="Those who have applied in this role")
    after: After = None
    limit: Limit = 100


@queries.get("/people", allow=(ADMIN, Manager.of("program_id"), Scope("intake:read")), shows=of_people("items.id"))
async def list_people(wanted: Annotated[PeopleFilter, Query()], reader: TenantReader) -> Listing[PersonView]:
    """List people by name, address, program and role; managers those who have applied to their program."""
    keys = searched_keys(wanted.search, wanted.program_id, wanted.role)
    page = await reader.page(Person, {"keys": {"$all": keys}}, wanted.after, wanted.limit)
    return listing(page, PersonView.of_person)


@queries.get(
    "/people/{person_id}",
    allow=(Subject("person_id"), ADMIN, Manager.of_any("person.program_ids"), Scope("intake:read")),
    shows=of_people("id"),
)
async def get_person(person: Annotated[Person, found(Person, "person_id")], response: Response) -> PersonView:
    """Show a person's contact card; people see their own."""
    if person.gone is Gone.ERASED:
        raise NotFound.of(Person.collection, person.id)
    return PersonView.of_person(versioned(response, person))
