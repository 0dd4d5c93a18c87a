"""A small community for the tests of notify: Ada mentors from Lagos, Ben is a mentee in Berlin."""

from datetime import timedelta
from typing import Any

from services.notify.messages.model.notification import Notification
from services.notify.service import service
from shared.contracts.evaluation import SurveyAnswered, SurveyInvited, SurveyReminded
from shared.contracts.event import Contract, Event
from shared.contracts.intake import (
    ApplicationApproved,
    ApplicationSubmitted,
    ApplicationWithdrawn,
    ContactCard,
    OrganizationRegistered,
    ParticipantLeft,
    Profile,
    ProgramPublished,
    ProgramRules,
    Role,
)
from shared.contracts.matching import (
    Contribution,
    MatchAccepted,
    MatchAnswerAwaited,
    MatchDeclined,
    MatchExpired,
    MatchProposed,
    MatchSuperseded,
    MatchUnwound,
    MatchWithdrawn,
)
from shared.contracts.members import MemberRole, pair
from shared.contracts.sessions import RelationshipEndedEarly, SessionCancelled, SessionRescheduled, SessionScheduled
from shared.engine.authoring.answer import Ending
from shared.engine.authoring.reader import Reader
from shared.engine.failures.lanes import ROWS, unpark
from shared.ids import (
    ApplicationId,
    InvitationId,
    MatchId,
    PersonId,
    ProgramId,
    RelationshipId,
    SessionId,
    TenantId,
)
from tests.scenario import START, Scenario

ADA, BEN, PROGRAM = PersonId("ada"), PersonId("ben"), ProgramId("p1")
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
SOON = START + 3 * DAY
"""When the session is; the pair hears of it on a Monday at 10:00, by the clocks of both."""

ORGANIZATION = OrganizationRegistered(
    organization_id=TenantId("acme"), name="Harbor Community", locale="en", time_zone="UTC"
)
PUBLISHED = ProgramPublished(program_id=PROGRAM, title="Growing", cadence="monthly", months=6, rules=ProgramRules())
ADAS_CARD = ContactCard(
    person_id=ADA, name="Ada Okafor", email="ada@example.org", locale="en", time_zone="Africa/Lagos"
)
BENS_CARD = ContactCard(person_id=BEN, name="Ben Weiß", email="ben@example.org", locale="en", time_zone="Europe/Berlin")


def profile(application: str, person: PersonId, role: Role, **stated: Any) -> Profile:
    """What a participant has stated."""
    return Profile(application_id=ApplicationId(application), program_id=PROGRAM, person_id=person, role=role, **stated)


ADAS_PROFILE = profile(
    "of-ada",
    ADA,
    Role.MENTOR,
    areas=("Cloud", "Backend"),
    goals=("Find a job",),
    experience="11+ years",
    time_zone="Africa/Lagos",
)
BENS_PROFILE = profile("of-ben", BEN, Role.MENTEE, areas=("backend", "Data"), time_zone="Europe/Berlin")

PAIR: dict[str, Any] = {"program_id": PROGRAM, "mentor_id": ADA, "mentee_id": BEN}
MEMBERS: dict[str, Any] = {"program_id": PROGRAM, "members": pair(ADA, BEN)}
BENS_APPLICATION: dict[str, Any] = {
    "application_id": ApplicationId("of-ben"),
    "program_id": PROGRAM,
    "person_id": BEN,
    "role": Role.MENTEE,
}
SESSION: dict[str, Any] = {
    "session_id": SessionId("s1"),
    "relationship_id": RelationshipId("r1"),
    "starts_at": SOON,
    "ends_at": SOON + HOUR,
    "time_zone": "Europe/Berlin",
    **MEMBERS,
}
INVITATION: dict[str, Any] = {
    "invitation_id": InvitationId("i1"),
    "program_id": PROGRAM,
    "relationship_id": RelationshipId("r1"),
    "session_id": SessionId("s1"),
    "person_id": BEN,
    "role": MemberRole.MENTEE,
}

SUBMITTED = ApplicationSubmitted(**BENS_APPLICATION)
APPROVED = ApplicationApproved(**BENS_APPLICATION)
WITHDRAWN = ApplicationWithdrawn(**BENS_APPLICATION)
LEFT = ParticipantLeft(**BENS_APPLICATION)
PROPOSED = MatchProposed(
    match_id=MatchId("m1"),
    mentor_application_id=ADAS_PROFILE.application_id,
    mentee_application_id=BENS_PROFILE.application_id,
    score=0.9,
    reasons=(Contribution(criterion="areas", value=0.5, weight=20, contribution=0.2),),
    expires_at=START + 7 * DAY,
    **PAIR,
)
ACCEPTED = MatchAccepted(match_id=MatchId("m1"), proposed_at=START, **PAIR)
DECLINED_BY_MENTOR = MatchDeclined(match_id=MatchId("m1"), declined_by=Role.MENTOR, reason="No time", **PAIR)
DECLINED_BY_MENTEE = MatchDeclined(match_id=MatchId("m1"), declined_by=Role.MENTEE, **PAIR)
EXPIRED = MatchExpired(match_id=MatchId("m1"), **PAIR)
SUPERSEDED = MatchSuperseded(match_id=MatchId("m1"), accepted_match_id=MatchId("m2"), **PAIR)
UNWOUND = MatchUnwound(match_id=MatchId("m1"), reason="rematch", **PAIR)
ENDED = RelationshipEndedEarly(relationship_id=RelationshipId("r1"), reason="rematch", **MEMBERS)
MATCH_WITHDRAWN = MatchWithdrawn(match_id=MatchId("m1"), **PAIR)
SCHEDULED = SessionScheduled(revision=0, **SESSION)
CANCELLED = SessionCancelled(revision=1, **SESSION)
INVITED = SurveyInvited(**INVITATION, members=pair(ADA, BEN))
REMINDED = SurveyReminded(**INVITATION, members=pair(ADA, BEN))
ANSWERED = SurveyAnswered(**INVITATION)


def awaited(*roles: Role) -> MatchAnswerAwaited:
    """These have not answered the proposal."""
    return MatchAnswerAwaited(match_id=MatchId("m1"), awaited=roles, expires_at=START + 7 * DAY, **PAIR)


def scheduled(**changes: Any) -> SessionScheduled:
    """The session at another time, from its start."""
    return SCHEDULED.model_copy(update=changes)


def moved(by: timedelta, revision: int = 1) -> SessionRescheduled:
    """The session is moved by so much."""
    return SessionRescheduled(
        previous_starts_at=SOON,
        revision=revision,
        **SESSION | {"starts_at": SOON + by, "ends_at": SOON + by + HOUR},
    )


def harbor(*events: Event, without: tuple[Contract, ...] = ()) -> Scenario:
    """The community as notify knows it, and then these events."""
    scenario = Scenario(service)
    for known in (ORGANIZATION, PUBLISHED, ADAS_CARD, BENS_CARD, ADAS_PROFILE, BENS_PROFILE):
        if known not in without:
            scenario.when(known)
    for event in events:
        scenario.when(event)
    return scenario


def at(scenario: Scenario, by: timedelta) -> Scenario:
    """Later, where nothing was planned in between."""
    scenario.now += by
    return scenario


def notified(scenario: Scenario) -> list[Notification]:
    """The notifications of Ada, then those of Ben."""
    reader = Reader(scenario.store, scenario.tenant)
    found = [scenario.loop.run_until_complete(reader.every(Notification, {"person_id": id})) for id in (ADA, BEN)]
    return [notification for of_person in found for notification in of_person]


def wake(scenario: Scenario) -> None:
    """Take up again what waits for something to come."""
    for row in scenario.loop.run_until_complete(scenario.store.find(ROWS, {})):
        message = unpark(row, service.by_name[row["handler"]])
        (answer,) = scenario.loop.run_until_complete(scenario.executor.handle([message]))
        assert answer.ending is Ending.DONE
