"""All of the operators' interface."""

from fastapi import APIRouter

from shared.web.admin import (
    audit,
    dead_letters,
    events,
    gaps,
    lanes,
    models,
    redelivery,
    replays,
    status,
    tenants,
    timers,
    topics,
    trend,
)

admin = APIRouter(prefix="/admin")
for part in (
    status.routes,
    trend.routes,
    events.routes,
    lanes.routes,
    timers.routes,
    topics.routes,
    tenants.routes,
    gaps.routes,
    audit.routes,
    dead_letters.routes,
    redelivery.routes,
    replays.routes,
    models.routes,
):
    admin.include_router(part)
