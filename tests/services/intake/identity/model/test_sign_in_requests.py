"""Requests to sign in let their person in once, in time, in the browser that asked, and stand five wrong codes."""

from datetime import timedelta

import pytest

from services.intake.identity.credentials import hashed
from services.intake.identity.model.sign_in_requests import LIFETIME, TRIES, SignInRequest
from shared.contracts.access import SignInGuessed, SignInRequested
from shared.ids import PersonId
from tests.services.intake.builders import NOW

MOMENT = timedelta(milliseconds=1)
BROWSER, OTHER = hashed("browser"), hashed("other")


def asked() -> SignInRequest:
    request = SignInRequest(id="r1")
    request.make("address", BROWSER, NOW)
    return request


def mailed() -> SignInRequest:
    request = asked()
    request.answer("ada")
    return request


def test_whoever_has_the_address_is_mailed_once() -> None:
    request = asked()
    expected = SignInRequested(request_id="r1", person_id=PersonId("ada"), expires_at=NOW + LIFETIME)
    assert request.answer("ada") == [expected]
    assert request.answer("ada") == []


def test_a_request_lets_its_person_in_until_it_expires() -> None:
    request = mailed()
    assert request.use(BROWSER, NOW + LIFETIME - MOMENT)
    assert (request.person_id, request.used_at) == ("ada", NOW + LIFETIME - MOMENT)


def test_a_request_lets_nobody_in_twice() -> None:
    request = mailed()
    assert request.use(BROWSER, NOW)
    assert not request.use(BROWSER, NOW)


def test_a_request_is_worth_nothing_after_its_time() -> None:
    assert not mailed().use(BROWSER, NOW + LIFETIME)


def test_a_request_whose_address_is_nobodys_lets_nobody_in() -> None:
    assert not asked().use(BROWSER, NOW)


def test_a_request_that_was_never_made_lets_nobody_in() -> None:
    assert not SignInRequest(id="r1").use("", NOW)


def test_another_browser_is_not_let_in_and_uses_nothing_up() -> None:
    request = mailed()
    assert not request.use(OTHER, NOW)
    assert request.use(BROWSER, NOW)


def test_a_request_that_is_bound_to_no_browser_is_good_for_every_one() -> None:
    request = SignInRequest(id="r1")
    request.make_for("ada", NOW)
    assert request.use(OTHER, NOW)


def test_the_fifth_wrong_code_ends_a_request_and_the_person_hears_of_it_once() -> None:
    request = mailed()
    published = [request.note_wrong_code(BROWSER, NOW) for _ in range(TRIES + 2)]
    guessed = [SignInGuessed(request_id="r1", person_id=PersonId("ada"))]
    assert published == [[], [], [], [], guessed, [], []]
    assert not request.use(BROWSER, NOW)


@pytest.mark.parametrize("wrong", range(TRIES))
def test_fewer_wrong_codes_do_not(wrong: int) -> None:
    request = mailed()
    for _ in range(wrong):
        request.note_wrong_code(BROWSER, NOW)
    assert request.use(BROWSER, NOW)


def test_codes_from_another_browser_do_not_count_so_that_nobody_ends_the_requests_of_others() -> None:
    request = mailed()
    for _ in range(TRIES):
        assert request.note_wrong_code(OTHER, NOW) == []
    assert request.use(BROWSER, NOW)
