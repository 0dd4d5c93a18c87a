"""Links by which people sign in work once, in time, and for their secret."""

from datetime import timedelta

import pytest

from services.intake.identity.credentials import hashed
from services.intake.identity.model.links import LIFETIME, LinkNotValid, SignInLink
from tests.services.intake.builders import NOW

MOMENT = timedelta(milliseconds=1)


def link() -> SignInLink:
    made = SignInLink(id="l1")
    made.make("ada", hashed("secret"), NOW)
    return made


def test_a_link_lets_its_person_in() -> None:
    used = link()
    used.use(hashed("secret"), NOW + LIFETIME - MOMENT)
    assert (used.person_id, used.used_at) == ("ada", NOW + LIFETIME - MOMENT)


def test_a_link_lets_nobody_in_twice() -> None:
    used = link()
    used.use(hashed("secret"), NOW)
    with pytest.raises(LinkNotValid):
        used.use(hashed("secret"), NOW)


def test_a_link_is_worth_nothing_after_its_time() -> None:
    with pytest.raises(LinkNotValid):
        link().use(hashed("secret"), NOW + LIFETIME)


def test_a_wrong_secret_does_not_use_a_link_up() -> None:
    tried = link()
    with pytest.raises(LinkNotValid):
        tried.use(hashed("guess"), NOW)
    assert tried.used_at is None


def test_a_link_that_was_never_made_lets_nobody_in() -> None:
    with pytest.raises(LinkNotValid):
        SignInLink(id="l1").use("", NOW)
