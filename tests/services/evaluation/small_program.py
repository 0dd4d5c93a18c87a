"""A program with two mentees, as evaluation shows it."""

from collections.abc import Sequence

from services.evaluation.service import service
from services.evaluation.surveys.commands import GiveFeedback
from shared.contracts.evaluation import FeedbackGiven, SurveyAnswered, SurveyInvited
from shared.contracts.intake import ApplicationApproved, Role
from shared.contracts.matching import MatchAccepted, MatchProposed
from shared.contracts.members import pair
from shared.contracts.sessions import RelationshipStarted, SessionCompleted
from shared.ids import ApplicationId, InvitationId, MatchId, PersonId, RelationshipId, SessionId
from tests.scenario import START, Scenario
from tests.services.evaluation.events import ADA, BEN, CLEO, DAY, HOUR, PROGRAM, PUBLISHED
from tests.shared.web.api import Api


def a_small_program(more: Sequence[PersonId] = ()) -> Scenario:
    """Two mentees are approved and matched; Ben has met Ada and answered, Cleo has booked nothing for ten days.

    There may be more; with them Cleo has met her, too.
    """
    scenario = Scenario(service)
    scenario.when(PUBLISHED)
    for mentee in (BEN, CLEO, *more):
        start_with_ada(scenario, mentee)
    for number, mentee in enumerate([BEN, *([CLEO, *more] if more else [])], 1):
        meet(scenario, mentee, SessionId(f"s{number}"))
    scenario.when(GiveFeedback(invitation_id=InvitationId("s1-ben"), satisfaction=4), actor="person/ben")
    for event in scenario.events(SurveyInvited, SurveyAnswered, FeedbackGiven):
        scenario.when(event)
    return scenario.advance(10 * DAY)


def start_with_ada(scenario: Scenario, mentee: PersonId) -> None:
    """A mentee is approved, and works with Ada."""
    application, match = ApplicationId(f"a-{mentee}"), MatchId(f"ada-{mentee}")
    scenario.when(
        ApplicationApproved(application_id=application, program_id=PROGRAM, person_id=mentee, role=Role.MENTEE)
    )
    scenario.when(
        MatchProposed(
            match_id=match,
            program_id=PROGRAM,
            mentor_id=ADA,
            mentee_id=mentee,
            mentor_application_id=ApplicationId("a-ada"),
            mentee_application_id=application,
            score=0.8,
            expires_at=START + 7 * DAY,
        )
    )
    scenario.when(MatchAccepted(match_id=match, program_id=PROGRAM, mentor_id=ADA, mentee_id=mentee, proposed_at=START))
    scenario.when(
        RelationshipStarted(
            relationship_id=RelationshipId(match),
            program_id=PROGRAM,
            match_ids=(match,),
            members=pair(ADA, mentee),
            started_at=START,
            first_session_due=START + 14 * DAY,
        )
    )


def meet(scenario: Scenario, mentee: PersonId, session: SessionId) -> None:
    """Ada and a mentee have met."""
    scenario.when(
        SessionCompleted(
            session_id=session,
            relationship_id=RelationshipId(f"ada-{mentee}"),
            program_id=PROGRAM,
            members=pair(ADA, mentee),
            starts_at=START - HOUR,
            ends_at=START,
            completed_by=mentee,
        )
    )


def as_person(api: Api, id: str) -> None:
    """Ask as a person."""
    api.token = api.issuer.token(kind="person", sub=id)


def as_client(api: Api, tenant: str = "acme") -> None:
    """Ask as a system of an organization."""
    api.token = api.issuer.token(kind="client", sub="hr", tenant=tenant)
