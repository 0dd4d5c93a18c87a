"""What people state in commands is checked, and an error says what to write instead."""

import pytest
from pydantic import ValidationError

from services.intake.applications.commands import SubmitApplication
from services.intake.organizations.commands import RegisterOrganization
from services.intake.people.commands import AddPerson
from tests.names import NO_NAMES


def registered(**stated: str) -> RegisterOrganization:
    return RegisterOrganization.model_validate(
        {"slug": "acme", "name": "Acme Labs", "time_zone": "Europe/Berlin"} | stated
    )


def added(**stated: str) -> AddPerson:
    return AddPerson.model_validate(
        {"name": "Ada Lovelace", "email": "ada@example.org", "time_zone": "Europe/London"} | stated
    )


@pytest.mark.parametrize("slug", ["ac", "a" * 41, "Acme", "acme.labs", "acme/labs", "acme labs", "", "acmé", "acme\n"])
def test_a_slug_that_cannot_name_a_topic_is_refused_with_the_rule(slug: str) -> None:
    with pytest.raises(ValidationError, match="use 3 to 40 of a-z, 0-9 and hyphens, such as acme-labs"):
        registered(slug=slug)


@pytest.mark.parametrize("zone", ["Europe/Berlinn", "Europe", "America", "Mars/Olympus", "", "../UTC", "x" * 300])
def test_a_time_zone_that_does_not_exist_is_refused(zone: str) -> None:
    with pytest.raises(ValidationError, match="use an IANA name such as Europe/Rome"):
        registered(time_zone=zone)


@pytest.mark.parametrize(("locale", "kept"), [("de", "de"), ("it-ch", "it-CH"), ("EN", "en")])
def test_a_locale_is_kept_in_its_usual_spelling(locale: str, kept: str) -> None:
    assert registered(locale=locale).locale == kept


@pytest.mark.parametrize("locale", ["xx", "german", "", "de-", "de-DE-DE"])
def test_a_locale_that_does_not_exist_is_refused_with_an_example(locale: str) -> None:
    with pytest.raises(ValidationError, match="use a language code such as en, de or it-CH"):
        registered(locale=locale)


@pytest.mark.parametrize(
    "email", ["", "ada", "a..b@example.org", "ada@example.org\nBcc: eve@example.org", "a@localhost"]
)
def test_what_is_no_address_is_refused(email: str) -> None:
    with pytest.raises(ValidationError, match="mail"):
        added(email=email)


def test_an_address_keeps_its_spelling_and_the_domain_is_in_lower_case() -> None:
    assert added(email="Ada@EXAMPLE.org").email == "Ada@example.org"


@pytest.mark.parametrize("name", ["", "  ", "Ada\nBcc: eve", "A" * 201])
def test_a_name_is_one_line_that_is_not_empty(name: str) -> None:
    with pytest.raises(ValidationError):
        added(name=name)


@pytest.mark.parametrize(
    "profile",
    [{"seats": -1}, {"languages": [7]}, {"months_available": [13]}, {"time_zone": "Mars"}, {"shoe_size": 39}],
)
def test_a_profile_that_cannot_be_right_is_refused(profile: dict[str, object]) -> None:
    with pytest.raises(ValidationError, match=next(iter(profile))):
        SubmitApplication.model_validate({"program_id": "p1", "person_id": "ada", "role": "mentor", "profile": profile})


@pytest.mark.parametrize("name", NO_NAMES)
def test_what_nobody_can_be_called_by_is_refused_for_people_and_organizations(name: str) -> None:
    with pytest.raises(ValidationError, match="name"):
        added(name=name)
    with pytest.raises(ValidationError, match="name"):
        registered(name=name)


def test_nothing_that_turns_a_line_stays_in_a_name() -> None:
    assert added(name="Eve \u202egpj.live").name == "Eve gpj.live"


@pytest.mark.parametrize("name", ["N/A", "none", "k. A.", "nan", "NULL", "nessuno", "unbekannt", "tbd", "-", "x"])
def test_what_says_that_there_is_no_answer_is_nobody_s_name(name: str) -> None:
    with pytest.raises(ValidationError, match="name"):
        added(name=name)


@pytest.mark.parametrize("name", ["Nan", "Na", "No", "Nan Goldin", "Na Li", "Christopher Null", "Xu", "Nessuno Rossi"])
def test_a_name_that_is_also_a_word_is_a_name(name: str) -> None:
    assert added(name=name).name == name
