"""How relationships at risk are found, on the engine in memory."""

from datetime import timedelta
from itertools import permutations

import pytest

from services.evaluation.risks.model import RelationshipWatch
from services.evaluation.service import service
from shared.contracts.evaluation import RelationshipAtRisk
from shared.contracts.event import Event
from shared.engine.authoring.context import NotYet
from tests.scenario import START, Scenario
from tests.services.evaluation.events import DAY, ENDED, STARTED, after, cancelled, completed, scheduled


def test_a_relationship_without_a_session_is_at_risk_after_ten_days() -> None:
    scenario = after()
    assert scenario.planned() == {"booking/r1": START + 10 * DAY}
    scenario.advance(10 * DAY - timedelta(seconds=1))
    assert scenario.events(RelationshipAtRisk) == []
    (risk,) = scenario.advance(timedelta(seconds=1)).events(RelationshipAtRisk)
    assert isinstance(risk, RelationshipAtRisk)
    assert (risk.risk_id, risk.rule) == ("r1-nothing-booked", "nothing_booked_10_days")
    assert risk.evidence == (scenario.get(RelationshipWatch, "r1").started,)


def test_booking_in_time_cancels_the_look() -> None:
    scenario = after(scheduled())
    assert scenario.planned() == {}
    assert scenario.advance(30 * DAY).events(RelationshipAtRisk) == []


def test_a_booking_that_is_cancelled_in_time_brings_the_look_back() -> None:
    scenario = after(scheduled(), cancelled())
    assert scenario.planned() == {"booking/r1": START + 10 * DAY}
    (risk,) = scenario.advance(10 * DAY).events(RelationshipAtRisk)
    assert isinstance(risk, RelationshipAtRisk)
    assert len(risk.evidence) == 3


@pytest.mark.parametrize("order", [*permutations((scheduled(), cancelled(), scheduled("s2")))])
def test_the_order_of_bookings_and_cancellations_makes_no_difference(order: tuple[Event, ...]) -> None:
    assert after(*order).planned() == {}
    assert after(*order, cancelled("s2")).planned() == {"booking/r1": START + 10 * DAY}


@pytest.mark.parametrize("order", [*permutations((scheduled(), cancelled(), ENDED))])
def test_a_relationship_that_has_ended_early_is_not_at_risk(order: tuple[Event, ...]) -> None:
    scenario = after(*order)
    assert scenario.planned() == {}
    assert scenario.advance(30 * DAY).events(RelationshipAtRisk) == []


@pytest.mark.parametrize("event", [scheduled(), cancelled(), completed(), ENDED])
def test_what_happens_to_a_session_waits_for_its_relationship(event: Event) -> None:
    with pytest.raises(NotYet):
        Scenario(service).when(event)


def test_a_relationship_waits_for_its_program() -> None:
    with pytest.raises(NotYet):
        Scenario(service).when(STARTED)
