"""Held commands across restarts: what is written down, what is sent, and what is left of it."""

from base64 import b64encode

import pytest
from pydantic import SecretStr

from services.console.held.commands import HoldCommand, TakeBack
from services.console.held.model import HELD_FOR, HeldCommand, Holding, TakenBackTooLate
from services.console.held.reactions import HeldSent, SendNow
from services.console.held.sealing import Sent, opened, sealer
from services.console.service import service
from services.console.settings import ConsoleSettings
from shared.errors import NotFound
from shared.ids import PersonId
from tests.scenario import Scenario

SEALER = sealer(ConsoleSettings(held_key=SecretStr(b64encode(b"k" * 32).decode())))
SENT = Sent(token="the token", service="intake", path="/v1/applications/a/withdraw", body={"reason": "private"})


def held() -> Scenario:
    scenario = Scenario(service, actor="person/ada")
    sealed = SEALER.seal("h", SENT.model_dump_json())
    scenario.when(HoldCommand(held_id="h", person_id=PersonId("ada"), saying="Done.", about="a", sealed=sealed))
    return scenario


def test_what_is_held_is_written_down_sealed_and_asked_for_when_its_time_is_up() -> None:
    scenario = held()
    assert scenario.planned() == {"send/h": scenario.now + HELD_FOR}
    found = scenario.get(HeldCommand, "h")
    assert opened(SEALER, found) == SENT
    assert "private" not in str(found), "nothing of it can be read in the database"
    assert opened(sealer(ConsoleSettings()), found) is None
    assert scenario.asked() == []
    scenario.advance(HELD_FOR)
    assert len(scenario.asked()) == 1
    assert scenario.get(HeldCommand, "h").status is Holding.BEING_SENT


def test_what_is_taken_back_is_never_asked_for_and_nothing_is_left_to_send() -> None:
    scenario = held()
    scenario.when(TakeBack(held_id="h"))
    found = scenario.get(HeldCommand, "h")
    assert (found.status, found.sealed, found.is_shown) == (Holding.TAKEN_BACK, None, False)
    scenario.advance(HELD_FOR * 2)
    assert scenario.asked() == []


def test_a_timer_that_comes_though_it_was_taken_back_sends_nothing() -> None:
    scenario = held()
    scenario.when(TakeBack(held_id="h"))
    scenario.when(SendNow(held_id="h"))
    assert scenario.asked() == []


def test_a_form_that_is_sent_again_after_it_was_done_holds_nothing_anew() -> None:
    scenario = held()
    scenario.advance(HELD_FOR)
    scenario.when(HeldSent(held_id="h"))
    sealed = SEALER.seal("h", SENT.model_dump_json())
    scenario.when(HoldCommand(held_id="h", person_id=PersonId("ada"), saying="Done.", about="a", sealed=sealed))
    found = scenario.get(HeldCommand, "h")
    assert (found.status, found.sealed, found.is_shown) == (Holding.SENT, None, False)
    assert scenario.planned() == {}


def test_only_who_has_asked_takes_it_back_and_only_in_time() -> None:
    scenario = held()
    scenario.actor = "person/ben"
    assert isinstance(scenario.when(TakeBack(held_id="h")).error, NotFound)
    scenario.actor = "person/ada"
    scenario.advance(HELD_FOR)
    assert isinstance(scenario.when(TakeBack(held_id="h")).error, TakenBackTooLate)


@pytest.mark.parametrize(("problem", "status"), [("", Holding.SENT), ("No.", Holding.REFUSED)])
def test_the_token_goes_when_it_was_sent(problem: str, status: Holding) -> None:
    scenario = held()
    scenario.advance(HELD_FOR)
    scenario.when(HeldSent(held_id="h", problem=problem))
    found = scenario.get(HeldCommand, "h")
    assert (found.status, found.sealed, found.is_shown) == (status, None, bool(problem))
