"""Relationships at risk, for those who run a program."""

from collections.abc import Iterable
from datetime import datetime
from typing import Self

from services.evaluation.risks.model import RiskCase
from shared.contracts.members import Member, people
from shared.engine.authoring.grants import overseers
from shared.web.names import Named, Names
from shared.web.pages import After, Limit, Listing, listing
from shared.web.routes import Routes
from shared.web.tenant_reader import TenantReader
from shared.web.trail.shown import of_people

queries = Routes()

MEMBERS = of_people("items.members.person_id")


class RiskView(Named):
    """A relationship that may need help, by which rule, and the ids of the events that say so."""

    id: str
    version: int
    program_id: str
    relationship_id: str
    members: list[Member]
    rule: str
    evidence: list[str]
    raised_at: datetime

    @classmethod
    def of(cls, risk: RiskCase) -> Self:
        """As it is shown."""
        return cls.model_validate(risk, from_attributes=True)

    def people(self) -> Iterable[str]:
        """The members of the relationship."""
        return people(self.members)


@queries.get("/programs/{program_id}/risks", allow=overseers("program_id", "evaluation:read"), shows=MEMBERS)
async def list_risks(
    program_id: str, reader: TenantReader, names: Names, after: After = None, limit: Limit = 100
) -> Listing[RiskView]:
    """List the relationships of a program that may need help."""
    page = await reader.page(RiskCase, {"program_id": program_id}, after, limit)
    return await names.on_page(listing(page, RiskView.of))
