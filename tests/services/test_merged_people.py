"""Wherever a service has the id of a card that has gone, it has that of the one that stays, sooner or later."""

from datetime import timedelta

from services.evaluation.surveys.model import Invitation, Respondents
from services.matching.pool.model.participant import Participant
from services.matching.proposals.model.match import Match
from services.matching.proposals.model.match_status import MatchStatus
from services.sessions.meetings.commands import ScheduleSession
from services.sessions.meetings.model.calendar import PersonCalendar
from services.sessions.meetings.model.session import Session
from services.sessions.relationships.model import Relationship
from shared.contracts.evaluation import SurveyInvited
from shared.contracts.intake import PersonMerged, Role
from shared.contracts.sessions import SessionCompleted
from shared.ids import PersonId
from tests.scenario import START, Scenario
from tests.services.evaluation.small_program import a_small_program
from tests.services.matching.program import accept_both, program, propose, take_part
from tests.services.sessions.test_queries import ADAS_AND_BENS, DAY, with_two_relationships

BENS_ID = b"\x04\x00\x00\x00ben\x00"
"""As a document has it."""


def merge(given: Scenario, goes: str, stays: str) -> None:
    given.when(PersonMerged(person_id=PersonId(stays), merged_ids=(PersonId(goes),), times=1))
    settle(given)


def settle(given: Scenario) -> None:
    """All that is asked for is done, and what follows from it."""
    while given.asked():
        given.perform()


def stored(given: Scenario, kinds: set[str]) -> bytes:
    return b"".join(raw for name in kinds for raw in given.store.collections[name].values())


def test_relationships_sessions_actions_and_calendars_are_the_other_cards() -> None:
    given = with_two_relationships()
    merge(given, "ben", "ben-2")
    assert given.get(Relationship, ADAS_AND_BENS).people == ("ada", "ben-2")
    assert len(given.get(PersonCalendar, "ben-2").bookings) == 2
    assert BENS_ID in stored(with_two_relationships(), {"relationship", "session", "action"})
    assert given.get(PersonCalendar, "ben").bookings == {}
    assert BENS_ID not in stored(given, {"relationship", "session", "action"})
    taken = ScheduleSession(relationship_id=ADAS_AND_BENS, starts_at=START + DAY, time_zone="UTC")
    assert given.when(taken).status == 409


def test_what_arrives_with_the_old_id_later_is_changed_within_a_day() -> None:
    given = with_two_relationships()
    merge(given, "cleo", "cleo-2")
    late = Session(id="late", relationship_id=ADAS_AND_BENS, members=given.get(Relationship, ADAS_AND_BENS).members)
    late.members = tuple(one.model_copy(update={"person_id": PersonId("cleo")}) for one in late.members[:1])
    given.given(late)
    given.advance(timedelta(minutes=1))
    settle(given)
    assert given.get(Session, "late").people == ("cleo-2",)
    for later in (timedelta(hours=1), timedelta(days=1), timedelta(days=30)):
        given.advance(later)
        settle(given)
    assert not [id for id in given.planned() if "merged" in id]


def test_matches_and_participants_are_the_other_cards_and_the_two_go_on() -> None:
    given = program()
    take_part(given, "ada", Role.MENTOR)
    take_part(given, "ben", Role.MENTEE)
    match = propose(given, "ada", "ben")
    merge(given, "p-ben", "p-ben-2")
    assert given.get(Match, match).mentee_id == "p-ben-2"
    assert given.get(Participant, "ben").person_id == "p-ben-2"


def test_a_proposal_of_a_person_to_themselves_that_was_under_way_ends() -> None:
    given = program()
    take_part(given, "ada", Role.MENTOR)
    take_part(given, "ben", Role.MENTEE)
    match = propose(given, "ada", "ben")
    merge(given, "p-ben", "p-ada")
    given.advance(timedelta(seconds=1))
    assert given.get(Match, match).status is MatchStatus.EXPIRED


def test_who_is_asked_for_feedback_is_the_other_card_and_answers_stay_whose_they_were() -> None:
    given = a_small_program()
    before = given.get(Respondents, "ada-ben").ids[PersonId("ben")]
    merge(given, "ben", "ben-2")
    assert given.get(Respondents, "ada-ben").ids[PersonId("ben-2")] == before
    assert given.get(Invitation, "s1-ben").person_id == "ben-2"


def test_a_session_that_was_held_under_the_old_id_still_asks_both() -> None:
    given = a_small_program()
    merge(given, "ben", "ben-2")
    (asked, *_) = given.events(SurveyInvited)
    assert isinstance(asked, SurveyInvited)
    held = SessionCompleted.model_validate(
        {"session_id": "s9", "relationship_id": "ada-ben", "program_id": asked.program_id, "members": asked.members}
        | {"starts_at": START, "ends_at": START + timedelta(hours=1), "completed_by": None}
    )
    given.when(held)
    invited = [one.invitation_id for one in given.events(SurveyInvited) if isinstance(one, SurveyInvited)]
    assert {"s9-ada", "s9-ben"} <= {*invited}


def test_following_a_merge_twice_changes_nothing_more() -> None:
    given = program()
    take_part(given, "ada", Role.MENTOR)
    take_part(given, "ben", Role.MENTEE)
    match = propose(given, "ada", "ben")
    accept_both(given, match)
    merge(given, "p-ben", "p-ben-2")
    version = given.get(Match, match).version
    merge(given, "p-ben", "p-ben-2")
    assert given.get(Match, match).version == version
