"""By what the routes of identity may ask for what nobody else can."""

from shared.engine.authoring.handlers import Grant

SERVICES: Grant = "service"
"""The kind of caller that only this service's own routes can be."""
