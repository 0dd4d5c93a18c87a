"""The intake service, and what it is made of."""

from services.intake.commands import commands
from services.intake.identity.commands import identity
from services.intake.identity.routes import routes as identity_routes
from services.intake.imports import imports
from services.intake.model.application import Application
from services.intake.model.person import Person
from services.intake.participants import participants
from services.intake.queries import queries
from services.intake.reactions import reactions
from services.intake.settings import IntakeSettings
from shared.contracts.clock import ClockAdvanced
from shared.contracts.intake import (
    ApplicationApproved,
    ApplicationSubmitted,
    ApplicationWithdrawn,
    CapacityChanged,
    ContactCard,
    OrganizationRegistered,
    ParticipantLeft,
    ParticipantPaused,
    ParticipantResumed,
    Profile,
    ProgramPublished,
)
from shared.engine.service import Service

commands.shares(Person, ContactCard)
commands.shares(Application, Profile)

service = Service(
    "intake",
    title="Ithaca intake: organizations, programs, people, applications",
    emits=[
        OrganizationRegistered,
        ProgramPublished,
        ApplicationSubmitted,
        ApplicationApproved,
        ApplicationWithdrawn,
        ParticipantPaused,
        ParticipantResumed,
        ParticipantLeft,
        CapacityChanged,
        ClockAdvanced,
    ],
    handles=[commands, participants, reactions, identity],
    routers=[queries, imports, identity_routes],
    settings=IntakeSettings,
)
