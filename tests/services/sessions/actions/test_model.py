"""The rules of an action item: whose it is, until when, and who says that it is done."""

from datetime import timedelta

import pytest

from services.sessions.actions.model import ActionAlreadyDone, ActionItem, DueInThePast, OwnerNotMember
from shared.contracts.members import pair
from shared.contracts.sessions import ActionAssigned, ActionCompleted
from shared.ids import ActionItemId, PersonId, ProgramId, RelationshipId
from tests.services.sessions.given import ADA, BEN, NOW, action, agreed, relationship


@pytest.mark.parametrize(
    ("stated", "next_session", "due_at"),
    [
        (timedelta(days=3), timedelta(days=9), timedelta(days=3)),
        (None, timedelta(days=9), timedelta(days=7)),
        (None, timedelta(hours=49), timedelta(hours=1)),
        (None, timedelta(hours=48), timedelta(days=14)),
        (None, None, timedelta(days=14)),
    ],
)
def test_an_action_item_is_due_when_stated_or_before_the_next_session_or_in_two_weeks(
    stated: timedelta | None, next_session: timedelta | None, due_at: timedelta
) -> None:
    what = agreed(NOW + stated if stated else None, NOW + next_session if next_session else None)
    (assigned,) = ActionItem(id="a1").assign(relationship(), what, at=NOW)
    assert isinstance(assigned, ActionAssigned)
    assert assigned.due_at == NOW + due_at


def test_what_is_to_be_done_stays_in_the_service() -> None:
    (assigned,) = ActionItem(id="a1").assign(relationship(), agreed(), at=NOW)
    assert isinstance(assigned, ActionAssigned)
    assert assigned.owner_id == BEN
    assert "CV" not in assigned.model_dump_json()


def test_an_action_item_cannot_be_due_in_the_past() -> None:
    with pytest.raises(DueInThePast):
        ActionItem(id="a1").assign(relationship(), agreed(NOW), at=NOW)


def test_an_action_item_is_for_a_member_of_the_relationship() -> None:
    for_eve = agreed(owner=PersonId("eve"))
    with pytest.raises(OwnerNotMember):
        ActionItem(id="a1").assign(relationship(), for_eve, at=NOW)


def test_an_action_item_is_done_once() -> None:
    open_action = action()
    assert open_action.complete(at=NOW) == (
        ActionCompleted(
            action_id=ActionItemId("a1"),
            relationship_id=RelationshipId("r1"),
            program_id=ProgramId("p1"),
            members=pair(ADA, BEN),
            owner_id=BEN,
        ),
    )
    with pytest.raises(ActionAlreadyDone):
        open_action.complete(at=NOW)
