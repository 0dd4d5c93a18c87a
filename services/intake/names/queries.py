"""Names over HTTP."""

from typing import Annotated

from pydantic import BaseModel, Field

from services.intake.fields import Id
from services.intake.names.visibility import visible_people
from shared.engine.authoring.grants import PERSON, Scope
from shared.web.auth import CurrentCaller
from shared.web.routes import Routes
from shared.web.tenant_reader import TenantReader

queries = Routes()

MOST = 200
"""People in one request."""


class NamesWanted(BaseModel, extra="forbid"):
    """Whose names are wanted."""

    ids: Annotated[list[Id], Field(max_length=MOST, description="Ids of people")]


class NameView(BaseModel, from_attributes=True):
    """What a person is called."""

    id: str
    name: str
    pronouns: str = Field(description="As the person writes them; empty if they have not said")


class NamesFound(BaseModel):
    """Names, in the order of the ids; whose name you may not see, and who does not exist, is left out."""

    items: list[NameView]


@queries.post("/people/names", allow=(PERSON, Scope("intake:read")))
async def look_up_names(wanted: NamesWanted, reader: TenantReader, caller: CurrentCaller) -> NamesFound:
    """Look up the names of up to 200 people: one's own, those of one's matches and of the programs one looks after."""
    people = await visible_people(reader, caller, list(dict.fromkeys(wanted.ids)))
    return NamesFound(items=[NameView.model_validate(one) for one in people])
