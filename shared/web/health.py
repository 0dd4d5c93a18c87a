"""Whether a process lives, and whether it can work: for what starts it and sends it requests."""

from fastapi import Request
from pydantic import BaseModel

from shared.web.whole_paths import WholePaths

health = WholePaths()


class Health(BaseModel):
    """All is well; otherwise the answer is a problem."""

    status: str = "ok"


@health.get("/livez")
async def live() -> Health:
    """The process answers."""
    return Health()


@health.get("/readyz")
async def ready(request: Request) -> Health:
    """The database answers too."""
    await request.app.state.store.get("readiness", ["-"])
    return Health()
