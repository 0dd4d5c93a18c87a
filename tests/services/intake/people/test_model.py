"""A contact card, and the address that belongs to one person."""

import pytest

from services.intake.people.model import EmailAddress, EmailTaken, Person
from shared.contracts.intake import ContactCard
from shared.ids import PersonId


def test_the_contact_card_of_a_new_person_is_shared() -> None:
    person = Person(id="ada")
    person.introduce("Ada Lovelace", "Ada@example.org", "en", "Europe/London")
    assert person.shared_state() == ContactCard(
        person_id=PersonId("ada"),
        name="Ada Lovelace",
        email="Ada@example.org",
        locale="en",
        time_zone="Europe/London",
    )


def test_a_correction_without_a_time_zone_keeps_the_one_that_was_stated() -> None:
    person = Person(id="ada")
    person.introduce("Ada Byron", "ada@example.org", "en", "Europe/London")
    person.correct(name="Ada Lovelace", time_zone=None)
    assert (person.name, person.time_zone) == ("Ada Lovelace", "Europe/London")


def test_a_correction_with_a_time_zone_is_where_the_person_lives_now() -> None:
    person = Person(id="ada")
    person.introduce("Ada Byron", "ada@example.org", "en", "Europe/London")
    person.correct(name="Ada Byron", time_zone="Europe/Rome")
    assert person.time_zone == "Europe/Rome"


def test_two_spellings_of_an_address_are_one_key() -> None:
    assert EmailAddress.key("Ada@Example.org") == EmailAddress.key("ada@example.org")


def test_the_key_of_an_address_does_not_tell_it() -> None:
    assert "ada" not in EmailAddress.key("ada@example.org")


def test_an_address_of_somebody_else_is_refused_and_says_whose_it_is() -> None:
    address = EmailAddress()
    address.claim("ada")
    with pytest.raises(EmailTaken) as refusal:
        address.claim("grace")
    assert refusal.value.members == {"person_id": "ada"}
    assert address.person_id == "ada"


def test_a_person_may_claim_the_own_address_again() -> None:
    address = EmailAddress()
    address.claim("ada")
    address.claim("ada")
    assert address.person_id == "ada"
