"""People, on the engine, in memory."""

from services.intake.people.commands import AddPerson
from services.intake.service import service
from shared.contracts.intake import ContactCard
from shared.engine.authoring.answer import Ending
from tests.scenario import Scenario
from tests.services.intake.builders import add_ada, at_once, id_of


def test_the_card_of_a_person_is_on_the_people_topic() -> None:
    given = Scenario(service)
    person_id = id_of(add_ada(given))
    (card,) = given.shared
    assert isinstance(card, ContactCard)
    assert (card.person_id, card.name, card.time_zone) == (person_id, "Ada Lovelace", "Europe/London")
    assert given.events() == []


def test_the_same_address_twice_is_refused_in_any_spelling() -> None:
    given = Scenario(service)
    first = id_of(add_ada(given))
    answer = add_ada(given, email="ADA@example.org")
    assert (answer.ending, answer.status) == (Ending.REFUSED, 409)
    assert f'"person_id": "{first}"'.encode() in answer.body
    assert len(given.shared) == 1


def test_two_who_take_an_address_at_once_cannot_both_have_it() -> None:
    wanted = AddPerson(name="Ada Lovelace", email="ada@example.org", time_zone="Europe/London")
    assert at_once(Scenario(service), wanted, wanted.model_copy(update={"email": "ADA@example.org"})) == [201, 409]
