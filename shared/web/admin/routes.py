"""All of the operators' interface."""

from fastapi import APIRouter

from shared.web.admin import audit, dead_letters, events, gaps, lanes, models, replays, status, tenants, timers, topics

admin = APIRouter(prefix="/admin")
for part in (
    status.routes,
    events.routes,
    lanes.routes,
    timers.routes,
    topics.routes,
    tenants.routes,
    gaps.routes,
    audit.routes,
    dead_letters.routes,
    replays.routes,
    models.routes,
):
    admin.include_router(part)
