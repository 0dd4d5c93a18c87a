"""A card is corrected: by whose it is, and by those who look after them; others hear what, and never to what."""

from typing import Any

import pytest
from pydantic import ValidationError

from services.intake.people.commands import CorrectPerson, ShowEmail
from services.intake.people.model import Person
from shared.contracts.intake import ContactCard, PersonCorrected
from tests.scenario import Scenario
from tests.services.intake.builders import add_ada, id_of, scenario


def with_ada() -> tuple[Scenario, str]:
    given = scenario()
    return given, id_of(add_ada(given))


def correct(given: Scenario, person_id: str, actor: str, **stated: Any) -> int:
    return given.when(CorrectPerson.model_validate({"person_id": person_id, **stated}), actor).status


def corrected(given: Scenario) -> list[tuple[str, ...]]:
    return [event.corrected for event in given.events(PersonCorrected) if isinstance(event, PersonCorrected)]


def test_people_correct_their_own_card_and_others_hear_which_fields_and_not_what_they_say() -> None:
    given, ada = with_ada()
    assert correct(given, ada, f"person/{ada}", name="Ada King", time_zone="W. Europe Standard Time") == 200
    card = given.shared[-1]
    assert isinstance(card, ContactCard)
    assert (card.name, card.time_zone, card.email) == ("Ada King", "Europe/Berlin", "ada@example.org")
    assert corrected(given) == [("name", "time_zone")]
    assert "King" not in str(given.events())


def test_what_is_as_it_was_is_no_correction() -> None:
    given, ada = with_ada()
    assert correct(given, ada, f"person/{ada}", name="Ada Lovelace", locale="en") == 200
    assert corrected(given) == []


def test_pronouns_are_said_and_taken_back() -> None:
    given, ada = with_ada()
    correct(given, ada, f"person/{ada}", pronouns=" she/her ")
    assert given.get(Person, ada).pronouns == "she/her"
    correct(given, ada, f"person/{ada}", pronouns="")
    assert given.get(Person, ada).pronouns == ""


def test_a_corrected_name_is_found_and_the_one_before_is_not() -> None:
    given, ada = with_ada()
    correct(given, ada, f"person/{ada}", name="Ada King")
    keys = given.get(Person, ada).keys
    assert "name:king" in keys
    assert "name:lovelace" not in keys


@pytest.mark.parametrize(
    ("stated", "remedy"),
    [
        ({}, "say what is to be corrected"),
        ({"name": "n/a"}, "write the name"),
        ({"name": ""}, "at least 1 character"),
        ({"locale": "german"}, "use a language code"),
        ({"time_zone": "Berlin"}, "did you mean Europe/Berlin"),
        ({"time_zone": "+02:00"}, "Write a zone"),
        ({"pronouns": "x" * 41}, "at most 40"),
        ({"email": "new@example.org"}, "[Ee]xtra inputs|say what is to be corrected"),
    ],
)
def test_what_cannot_be_right_is_refused_with_what_to_write_instead(stated: dict[str, str], remedy: str) -> None:
    with pytest.raises(ValidationError, match=remedy):
        CorrectPerson.model_validate({"person_id": "ada", **stated})


def test_whether_partners_get_the_address_is_said_by_the_person_and_by_nobody_else() -> None:
    given, ada = with_ada()
    hide = ShowEmail(person_id=ada, shows_email=False)
    assert given.when(hide, f"person/{ada}").status == 200
    card = given.shared[-1]
    assert isinstance(card, ContactCard)
    assert card.shows_email is False
    assert corrected(given) == [("shows_email",)]
