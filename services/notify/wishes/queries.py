"""Which letters somebody may stop, and has stopped."""

from pydantic import BaseModel

from services.notify.catalog.message import Choice
from services.notify.wishes.model import Wishes
from services.notify.wishes.readers import OWN
from shared.web.routes import Routes
from shared.web.tenant_reader import TenantReader
from shared.web.trail.shown import NOBODY

queries = Routes()


class LetterChoice(BaseModel):
    """Letters of one kind, which nobody needs to get."""

    choice: Choice
    is_stopped: bool


class LetterChoices(BaseModel):
    """All kinds of letters that nobody needs to get."""

    items: list[LetterChoice]


@queries.get("/people/{person_id}/letters", allow=OWN, shows=NOBODY)
async def list_choices(person_id: str, reader: TenantReader) -> LetterChoices:
    """List the letters that the person may stop, and whether they have."""
    stopped = {choice for one in await reader.many(Wishes, [person_id]) for choice in one.stopped}
    return LetterChoices(items=[LetterChoice(choice=one, is_stopped=one in stopped) for one in Choice])
