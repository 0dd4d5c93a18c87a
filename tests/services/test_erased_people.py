"""Of whom nothing is to be kept, no service has anything but ids, and each of them confirms it."""

from datetime import timedelta

import pytest

from services.evaluation.surveys.commands import GiveFeedback
from services.evaluation.surveys.model import Feedback, Invitation, Respondents
from services.matching.proposals.commands import AskBack
from services.matching.proposals.model.conversation import Conversation
from services.sessions.actions.commands import AssignAction
from services.sessions.actions.model import ActionItem
from services.sessions.meetings.model.calendar import PersonCalendar
from services.sessions.meetings.model.session import Session
from shared.contracts.departures import (
    ErasureRequested,
    Forgotten,
    ForgottenByEvaluation,
    ForgottenByMatching,
    ForgottenBySessions,
)
from shared.contracts.intake import Role
from shared.engine.authoring import erased_people
from shared.ids import InvitationId, MatchId, PersonId
from tests.scenario import START, Scenario
from tests.services.evaluation.small_program import a_small_program
from tests.services.matching.program import program, propose, take_part
from tests.services.sessions.test_queries import ADAS_AND_BENS, with_two_relationships


def erase(given: Scenario, person_id: str) -> None:
    given.when(ErasureRequested(person_id=PersonId(person_id), requested_at=START))
    settle(given)


def settle(given: Scenario) -> None:
    """All that is asked for is done, and what follows from it."""
    while given.asked():
        given.perform()


def confirmed(given: Scenario, kind: type[Forgotten]) -> list[tuple[str, int, int]]:
    return [(one.person_id, one.changed, one.kept) for one in given.events(kind) if isinstance(one, Forgotten)]


def stored(given: Scenario) -> bytes:
    return b"".join(raw for rows in given.store.collections.values() for raw in rows.values())


def talked() -> tuple[Scenario, str]:
    """Ada was asked whether she mentors Ben, and both have written about it."""
    given = program()
    take_part(given, "ada", Role.MENTOR)
    take_part(given, "ben", Role.MENTEE)
    match = propose(given, "ada", "ben")
    given.when(AskBack(match_id=MatchId(match), text="Which weekday?"), actor="person/p-ada")
    given.when(AskBack(match_id=MatchId(match), text="I am ill on Mondays"), actor="person/p-ben")
    return given, match


def test_matching_keeps_no_word_of_the_person_and_those_of_the_other() -> None:
    given, match = talked()
    erase(given, "p-ben")
    assert [one.text for one in given.get(Conversation, match).messages] == ["Which weekday?", ""]
    assert b"Mondays" not in stored(given)
    assert confirmed(given, ForgottenByMatching) == [("p-ben", 1, 2)]


def test_sessions_forgets_what_the_person_was_to_do_and_when_they_were_busy() -> None:
    given = with_two_relationships()
    given.when(AssignAction(relationship_id=ADAS_AND_BENS, owner_id=PersonId("ada"), task="Read it"))
    erase(given, "ben")
    tasks = {one.owner_id: one.task for one in actions(given)}
    assert tasks == {"ada": "Read it", "ben": ""}
    assert given.get(PersonCalendar, "ben").bookings == {}
    assert len(given.get(PersonCalendar, "ada").bookings) == 2
    assert confirmed(given, ForgottenBySessions) == [("ben", 2, 5)]


def actions(given: Scenario) -> list[ActionItem]:
    ids = [str(id).partition("/")[2] for id in given.store.collections["action"]]
    return [given.get(ActionItem, id) for id in ids]


def test_evaluation_keeps_answers_without_words_and_nothing_leads_to_who_gave_them() -> None:
    given = a_small_program()
    feedback_id = given.get(Invitation, "s1-ada").feedback_id
    answer = GiveFeedback(invitation_id=InvitationId("s1-ada"), satisfaction=5, comment="Ben is kind")
    given.when(answer, actor="person/ada")
    before = given.get(Feedback, feedback_id)
    assert before.respondent_id == given.get(Respondents, "ada-ben").ids[PersonId("ada")]
    erase(given, "ada")
    after = given.get(Feedback, feedback_id)
    assert (after.comment, after.satisfaction, after.respondent_id) == ("", 5, before.respondent_id)
    assert given.get(Invitation, "s1-ada").feedback_id == ""
    for one in ("ada-ben", "ada-cleo"):
        assert given.get(Respondents, one).ids[PersonId("ada")] != before.respondent_id
    assert b"kind" not in stored(given)
    ((_, changed, kept),) = confirmed(given, ForgottenByEvaluation)
    assert (changed, kept > 2) == (1, True)


def test_all_of_it_is_found_however_much_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(erased_people, "AT_ONCE", 1)
    given = with_two_relationships()
    erase(given, "ada")
    assert confirmed(given, ForgottenBySessions) == [("ada", 1, 5)]


def test_what_arrives_later_is_taken_out_within_a_day_and_it_is_confirmed_once() -> None:
    given = with_two_relationships()
    erase(given, "ben")
    (item,) = actions(given)
    late = ActionItem(**{**item.model_dump(), "id": "late", "task": "Call me"})
    given.given(late)
    given.advance(timedelta(minutes=1))
    settle(given)
    assert given.get(ActionItem, "late").task == ""
    for later in (timedelta(hours=1), timedelta(days=1), timedelta(days=30)):
        given.advance(later)
        settle(given)
    assert len(given.events(ForgottenBySessions)) == 1
    assert [id for id in given.planned() if "traces" in id or "erasure" in id] == []


def test_a_second_request_changes_nothing_and_is_not_confirmed_again() -> None:
    given = with_two_relationships()
    erase(given, "ben")
    erase(given, "ben")
    assert len(given.events(ForgottenBySessions)) == 1


def test_somebody_of_whom_a_service_has_nothing_is_confirmed_too() -> None:
    given = with_two_relationships()
    erase(given, "nobody")
    assert confirmed(given, ForgottenBySessions) == [("nobody", 0, 0)]
    assert Session.collection in given.store.collections
