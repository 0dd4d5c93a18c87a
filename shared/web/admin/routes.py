"""All of the operators' interface."""

from fastapi import APIRouter

from shared.web.admin import audit

admin = APIRouter(prefix="/admin")
for part in (audit.routes,):
    admin.include_router(part)
