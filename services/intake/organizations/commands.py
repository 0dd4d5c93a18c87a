"""Commands about organizations."""

from typing import Annotated, ClassVar

from pydantic import Field

from services.intake.fields import Locale, Name, Slug, TimeZone
from services.intake.organizations.model import Organization
from shared.engine.authoring.command import Command
from shared.engine.authoring.context import Context
from shared.engine.authoring.grants import OPERATOR
from shared.engine.authoring.handlers import Handlers
from shared.engine.authoring.loads import create

commands = Handlers()


class RegisterOrganization(Command):
    """Register an organization: from now on it is a tenant."""

    tenant_field: ClassVar[str] = "slug"
    """An operator belongs to no tenant: this field names the one that the command is for."""

    slug: Slug = Field(description="Its id for good: 3 to 40 of a-z, 0-9 and hyphens")
    name: Name = Field(description="As people call it")
    locale: Locale = Field("en", description="The language of those who state none, such as de or it-CH")
    time_zone: TimeZone = Field(description="An IANA time zone, such as Europe/Rome")


@commands.post("/organizations", status=201, allow=(OPERATOR,))
def register_organization(
    command: RegisterOrganization, organization: Annotated[Organization, create("slug")], ctx: Context
) -> None:
    """Register an organization."""
    ctx.emit(*organization.register(command.name, command.locale, command.time_zone))
