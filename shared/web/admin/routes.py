"""All of the operators' interface."""

from fastapi import APIRouter

from shared.web.admin import audit, dead_letters, models, replays, status

admin = APIRouter(prefix="/admin")
for part in (status.routes, audit.routes, dead_letters.routes, replays.routes, models.routes):
    admin.include_router(part)
