"""Who has done and seen what: of the deployment, or in an organization."""

from typing import Annotated

from fastapi import Query
from starlette.responses import Response

from services.console.frame.capabilities import Capability, Entry, Place, operators
from services.console.frame.page import CurrentPage
from services.console.frame.texts import msgid
from services.console.operator.asking import away_words, of_each
from services.console.operator.work_views import Lines
from shared.engine.authoring.grants import OPERATOR
from shared.web.routes import Pages

routes = Pages(allow=(OPERATOR,))

SHOWN = 100
Filter = Annotated[str, Query(max_length=200)]


@routes.get("/operator/record")
async def show_record(page: CurrentPage, tenant: Filter = "", person_id: Filter = "", actor: Filter = "") -> Response:
    """Show the latest lines of all services' trails: who, as what, which operation, and what became of it."""
    said = {"tenant": tenant.strip()[:40], "person_id": person_id.strip(), "actor": actor.strip()}
    wanted = {name: value for name, value in said.items() if value}
    found = await of_each(page, Lines, "/v1/audit", limit=SHOWN, **wanted)
    lines = [(service, line) for service, answer in found.of.items() for line in answer.items]
    lines.sort(key=lambda pair: pair[1].at, reverse=True)
    of = said["tenant"] or page.say(msgid("the deployment"))
    title = page.say_number(
        "The latest line of %(of)s", "The latest %(num)s lines of %(of)s", len(lines[:SHOWN]), of=of
    )
    return page.html(
        "operator/record.html",
        title if lines else page.say(msgid("There is no line of %(of)s"), of=of),
        lines=lines[:SHOWN],
        said=said,
        away=away_words(page, found.away),
    )


record = Capability(routes, (Entry(Place.CELL, msgid("Record"), "/operator/record", "clipboard-list", operators),))
