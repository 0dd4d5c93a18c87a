"""Who has done what to this service."""

from typing import Any

from pydantic import BaseModel

from shared.engine.authoring.grants import OPERATOR
from shared.engine.ports.store import Document
from shared.engine.process.audit import COLLECTION
from shared.web.admin.access import CurrentOperator
from shared.web.admin.lists import After, Moment
from shared.web.pages import Limit, Listing
from shared.web.routes import Routes
from shared.web.trail.shown import NOBODY

routes = Routes(allow=(OPERATOR,), shows=NOBODY)


class AuditLine(BaseModel):
    """Something that an operator has done. `action` is a constant name, `what` says to what it was done."""

    id: str
    at: Moment
    actor: str
    action: str
    what: str
    tenant: str
    details: dict[str, Any]


@routes.get("/audit")
async def list_audit(operator: CurrentOperator, after: After = None, limit: Limit = 100) -> Listing[AuditLine]:
    """What operators have done, the latest first."""
    rows = await operator.engine.store.find(COLLECTION, {}, order="-_id", limit=limit + 1, after=after)
    items = [_line(row) for row in rows[:limit]]
    return Listing(items=items, next=items[-1].id if len(rows) > limit else None)


def _line(row: Document) -> AuditLine:
    return AuditLine(id=row["_id"], **{name: row[name] for name in AuditLine.model_fields if name != "id"})
