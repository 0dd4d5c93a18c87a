"""The console: a service like the others, whose reads are pages."""

from functools import partial

from services.console.applications.routes import applications
from services.console.audit.routes import audit
from services.console.board.routes import board
from services.console.choosing.routes import choosing
from services.console.clients.routes import clients
from services.console.departures.routes import departures
from services.console.design.routes import design
from services.console.door.commands import commands as door_commands
from services.console.door.gate import Gate
from services.console.door.routes.again import routes as again_routes
from services.console.door.routes.by_mail import routes as mail_routes
from services.console.door.routes.by_passkey import routes as passkey_routes
from services.console.door.routes.by_provider import routes as provider_routes
from services.console.door.routes.for_operators import routes as operator_routes
from services.console.door.routes.leaving import routes as leaving_routes
from services.console.door.routes.new_address import routes as new_address_routes
from services.console.feedback.routes import feedback
from services.console.figures.routes import figures
from services.console.frame.capabilities import Frame
from services.console.held.commands import commands as held_commands
from services.console.held.reactions import reactions as held_reactions
from services.console.held.routes import held
from services.console.importing.routes import importing
from services.console.inbox.routes import inbox
from services.console.invitations.routes import invitations
from services.console.letters.routes import letters
from services.console.links.routes import links
from services.console.live.reactions import reactions as live_reactions
from services.console.live.routes import live
from services.console.matches.routes import matches
from services.console.me.routes.own_card import me
from services.console.me.routes.signing_in import signing_in
from services.console.onboarding.commands import commands as tour_commands
from services.console.onboarding.routes import onboarding
from services.console.operator.routes.dead_letters import dead_letters
from services.console.operator.routes.events import events
from services.console.operator.routes.jobs import jobs
from services.console.operator.routes.organizations import organizations
from services.console.operator.routes.record import record
from services.console.operator.routes.services import services
from services.console.operator.routes.topics import topics
from services.console.operator.routes.trace import trace
from services.console.operator.routes.waiting import waiting
from services.console.organization.routes import organization
from services.console.oversight.routes import oversight
from services.console.participation.routes import participation
from services.console.people.routes.card import person_card
from services.console.people.routes.finding import people
from services.console.people.routes.merging import merging
from services.console.people.routes.team import team
from services.console.pool.routes import pool
from services.console.programs.routes import programs
from services.console.proposals.routes import proposals
from services.console.provider.routes import provider
from services.console.relationships.routes import relationships
from services.console.runs.routes import runs
from services.console.sandbox.routes import sandbox
from services.console.settings import ConsoleSettings
from services.console.today.routes import today
from shared.engine.authoring.followed_access import FOLLOWED_ACCESS
from shared.engine.authoring.service import Service

of_operators = services, dead_letters, trace, events, organizations, jobs, waiting, topics, record
frame = Frame(
    (
        today,
        inbox,
        proposals,
        relationships,
        feedback,
        programs,
        applications,
        participation,
        choosing,
        importing,
        design,
        pool,
        runs,
        oversight,
        board,
        matches,
        figures,
        letters,
        people,
        person_card,
        merging,
        team,
        clients,
        provider,
        audit,
        me,
        signing_in,
        departures,
        organization,
        invitations,
        onboarding,
        sandbox,
        links,
        live,
        *of_operators,
        held,
    )
)

DOOR = (
    mail_routes,
    operator_routes,
    provider_routes,
    passkey_routes,
    again_routes,
    leaving_routes,
    new_address_routes,
)

service = Service(
    "console",
    title="Console: pages for people",
    emits=[],
    handles=[*FOLLOWED_ACCESS, door_commands, tour_commands, live_reactions, held_commands, held_reactions],
    routers=[*DOOR, *(capability.routes for capability in frame.capabilities)],
    settings=ConsoleSettings,
    middleware=[partial(Gate, frame=frame)],
)
