"""What a service says of itself to somebody who opens its address."""

from fastapi import Request
from pydantic import BaseModel, Field

from shared.engine.authoring.grants import ANYONE
from shared.web.routes import WholePaths

front = WholePaths()


class Front(BaseModel):
    """Which service this is, and where it is described."""

    service: str = Field(description="What it is, in a few words")
    version: str = Field(description="Its release")
    openapi: str = Field("/openapi.json", description="What it can be asked for, for programs")
    documentation: str = Field(
        "`ithaca docs` shows it: every operation and every event, with examples", description="The same for people"
    )


@front.get("/", allow=(ANYONE,))
async def introduce(request: Request) -> Front:
    """Which service this is, and where it is described."""
    return Front(service=request.app.title, version=request.app.version)
