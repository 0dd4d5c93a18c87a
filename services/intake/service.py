"""The intake service, and what it is made of."""

from services.intake.applications.commands import commands as application_commands
from services.intake.applications.model.application import Application
from services.intake.applications.queries import queries as application_queries
from services.intake.clock.commands import commands as clock_commands
from services.intake.clock.queries import queries as clock_queries
from services.intake.clock.reactions import reactions as clock_reactions
from services.intake.departures.commands import commands as departure_commands
from services.intake.departures.queries import queries as departure_queries
from services.intake.departures.reactions import reactions as departure_reactions
from services.intake.identity.commands.address_requests import commands as address_commands
from services.intake.identity.commands.opening import commands as opening_commands
from services.intake.identity.commands.operator_sign_in import commands as operator_commands
from services.intake.identity.commands.own_passkeys import commands as passkey_commands
from services.intake.identity.commands.provider_sign_in import commands as provider_sign_in_commands
from services.intake.identity.commands.registration import commands as registration_commands
from services.intake.identity.commands.sessions import commands as session_commands
from services.intake.identity.commands.sign_in import commands as sign_in_commands
from services.intake.identity.commands.suspension import commands as suspension_commands
from services.intake.identity.commands.watching import commands as guessing_commands
from services.intake.identity.queries import queries as identity_queries
from services.intake.identity.reactions import reactions as sign_in_reactions
from services.intake.identity.routes.action_links import routes as action_link_routes
from services.intake.identity.routes.address_pages import routes as address_routes
from services.intake.identity.routes.client_secrets import routes as registration_routes
from services.intake.identity.routes.discovery import routes as discovery_routes
from services.intake.identity.routes.opening_pages import routes as opening_routes
from services.intake.identity.routes.operator_door import routes as operator_routes
from services.intake.identity.routes.passkey_pages import routes as passkey_routes
from services.intake.identity.routes.provider_pages import routes as provider_sign_in_routes
from services.intake.identity.routes.receipts import routes as receipt_routes
from services.intake.identity.routes.revocation import routes as revocation_routes
from services.intake.identity.routes.sign_in_pages import routes as sign_in_routes
from services.intake.identity.routes.token_endpoint import routes as token_routes
from services.intake.importing.commands import commands as import_commands
from services.intake.importing.queries import queries as import_queries
from services.intake.importing.reactions import reactions as import_reactions
from services.intake.importing.routes import routes as import_routes
from services.intake.memberships.commands import commands as membership_commands
from services.intake.memberships.queries import queries as membership_queries
from services.intake.merging.commands import commands as merge_commands
from services.intake.merging.queries import queries as merge_queries
from services.intake.names.queries import queries as name_queries
from services.intake.organizations.commands import commands as organization_commands
from services.intake.organizations.queries import queries as organization_queries
from services.intake.partners.reactions import reactions as partner_reactions
from services.intake.people.commands import commands as people_commands
from services.intake.people.model import Person
from services.intake.people.queries import queries as people_queries
from services.intake.programs.commands import commands as program_commands
from services.intake.programs.queries import queries as program_queries
from services.intake.providers.commands import commands as provider_commands
from services.intake.providers.routes.provider_settings import routes as provider_routes
from services.intake.settings import IntakeSettings
from shared.contracts.access import (
    AccessRevoked,
    AddressChangeRequested,
    GuessingNoticed,
    IdentityProviderRemoved,
    IdentityProviderSet,
    PasskeyAdded,
    PasskeyRemoved,
    PersonResumed,
    PersonSuspended,
    RefreshTokenReused,
    SignInGuessed,
    SignInRequested,
)
from shared.contracts.clock import ClockAdvanced
from shared.contracts.departures import ErasureRequested, OrganizationLeft, PersonErased
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
    PersonCorrected,
    PersonMerged,
    Profile,
    ProgramPublished,
)
from shared.contracts.roles import (
    PartnerAdminGranted,
    PartnerAdminInvited,
    PartnerAdminRevoked,
    PasskeysRequired,
    PersonInvited,
    RoleGranted,
    RoleRevoked,
)
from shared.contracts.suspension import OrganizationResumed, OrganizationSuspended
from shared.engine.authoring.service import Service

people_commands.shares(Person, ContactCard)
application_commands.shares(Application, Profile)

service = Service(
    "intake",
    title="Ithaca intake: organizations, programs, people, applications",
    emits=[
        OrganizationRegistered,
        OrganizationSuspended,
        OrganizationResumed,
        ProgramPublished,
        ApplicationSubmitted,
        ApplicationApproved,
        ApplicationWithdrawn,
        ParticipantPaused,
        ParticipantResumed,
        ParticipantLeft,
        CapacityChanged,
        PersonCorrected,
        PersonMerged,
        ClockAdvanced,
        PersonInvited,
        RoleGranted,
        RoleRevoked,
        PartnerAdminInvited,
        PartnerAdminGranted,
        PartnerAdminRevoked,
        IdentityProviderSet,
        IdentityProviderRemoved,
        SignInRequested,
        SignInGuessed,
        RefreshTokenReused,
        GuessingNoticed,
        PasskeyAdded,
        PasskeyRemoved,
        PasskeysRequired,
        AccessRevoked,
        PersonSuspended,
        PersonResumed,
        AddressChangeRequested,
        OrganizationLeft,
        ErasureRequested,
        PersonErased,
    ],
    handles=[
        organization_commands,
        opening_commands,
        clock_commands,
        clock_reactions,
        program_commands,
        people_commands,
        partner_reactions,
        membership_commands,
        merge_commands,
        departure_commands,
        departure_reactions,
        application_commands,
        import_commands,
        import_reactions,
        registration_commands,
        sign_in_commands,
        sign_in_reactions,
        session_commands,
        operator_commands,
        provider_commands,
        provider_sign_in_commands,
        suspension_commands,
        address_commands,
        passkey_commands,
        guessing_commands,
    ],
    routers=[
        organization_queries,
        clock_queries,
        program_queries,
        people_queries,
        name_queries,
        merge_queries,
        departure_queries,
        membership_queries,
        application_queries,
        import_queries,
        import_routes,
        identity_queries,
        discovery_routes,
        token_routes,
        opening_routes,
        registration_routes,
        sign_in_routes,
        operator_routes,
        address_routes,
        action_link_routes,
        passkey_routes,
        revocation_routes,
        receipt_routes,
        provider_routes,
        provider_sign_in_routes,
    ],
    settings=IntakeSettings,
)
