"""All of the operators' interface."""

from fastapi import APIRouter

from shared.web.admin import audit, dead_letters

admin = APIRouter(prefix="/admin")
for part in (audit.routes, dead_letters.routes):
    admin.include_router(part)
