"""Another address counts once it is confirmed by a mail that goes there, and the present one is told."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from services.intake.identity.commands.address_requests import ConfirmAddress, RequestAddressChange, StopAddressChange
from services.intake.identity.model.access import Access, Lifetime, Session
from services.intake.identity.model.address_changes import LIFETIME, TRIES, AddressChange
from services.intake.identity.model.sign_in_requests import Proof
from services.intake.people.model import EmailAddress, Person
from shared.contracts.access import AccessRevoked, AddressChangeRequested
from shared.contracts.intake import ContactCard, PersonCorrected
from shared.engine.authoring.answer import Answer
from shared.sign_in_secrets import AddressAsked
from tests.scenario import Scenario
from tests.services.intake.builders import add_ada, at_once, id_of, scenario
from tests.services.intake.identity.issuing import ADA, add_person, issuing, mailbox, sign_in, sign_in_operator
from tests.shared.web.api import Api

OLD, NEW = "ada@example.org", "ada.king@example.org"
WEEK = Lifetime(idle=timedelta(days=7), longest=timedelta(days=7))


def with_ada(signed_in: bool = True) -> tuple[Scenario, str]:
    given = scenario()
    ada = id_of(add_ada(given))
    if signed_in:
        access = Access(id=Access.id_of(ada))
        access.sign_in(
            Session(id="s1", program="", signed_in_at=given.now, signed_in_by=("otp",), used_at=given.now), WEEK
        )
        given.given(access)
    return given, ada


def request(given: Scenario, person_id: str, email: str = NEW, actor: str = "") -> Answer:
    command = RequestAddressChange(person_id=person_id, email=email)
    return given.when(command, actor or f"person/{person_id}", roles=["admin"] if actor else [])


def confirm(given: Scenario, person_id: str, is_right: bool = True, proof: Proof = Proof.LINK) -> bytes:
    change = given.get(AddressChange, person_id)
    command = ConfirmAddress(person_id=person_id, change_id=change.change_id, proof=proof, is_right=is_right)
    return given.when(command, "service/intake").body


def card(given: Scenario) -> ContactCard:
    found = given.shared[-1]
    assert isinstance(found, ContactCard)
    return found


def test_an_address_counts_once_it_is_confirmed_and_then_all_sessions_have_ended() -> None:
    given, ada = with_ada()
    assert request(given, ada).status == 202
    assert (card(given).email, [*given.get(Access, f"person/{ada}").sessions]) == (OLD, ["s1"])
    assert confirm(given, ada) == b'{"is_confirmed":true,"counts":true}'
    assert card(given).email == NEW
    assert given.get(Access, f"person/{ada}").sessions == {}
    assert [type(one) for one in given.events()] == [AddressChangeRequested, PersonCorrected, AccessRevoked]
    assert given.get(EmailAddress, EmailAddress.key(NEW)).person_id == ada
    assert given.get(EmailAddress, EmailAddress.key(OLD)).person_id is None


def test_no_event_has_an_address_in_it() -> None:
    given, ada = with_ada()
    request(given, ada)
    confirm(given, ada)
    assert "@" not in "".join(event.model_dump_json() for event in given.events())


def test_a_mail_confirms_once_and_within_three_days() -> None:
    given, ada = with_ada()
    request(given, ada)
    confirm(given, ada)
    assert confirm(given, ada) == b'{"is_confirmed":false,"counts":false}'
    request(given, ada, "third@example.org")
    given.advance(LIFETIME)
    assert confirm(given, ada) == b'{"is_confirmed":false,"counts":false}'
    assert given.get(Person, ada).email == NEW


def test_what_somebody_else_has_asked_for_counts_three_days_later_so_that_the_person_can_stop_it() -> None:
    given, ada = with_ada()
    request(given, ada, actor="person/zoe")
    assert confirm(given, ada) == b'{"is_confirmed":true,"counts":false}'
    given.advance(LIFETIME - timedelta(minutes=1))
    assert card(given).email == OLD
    given.advance(timedelta(minutes=1))
    assert given.get(Person, ada).email == NEW


def test_who_stops_a_change_keeps_the_address() -> None:
    given, ada = with_ada()
    request(given, ada, actor="person/zoe")
    confirm(given, ada)
    assert given.when(StopAddressChange(person_id=ada), f"person/{ada}").status == 200
    given.advance(LIFETIME)
    assert given.get(Person, ada).email == OLD
    assert given.when(StopAddressChange(person_id=ada), f"person/{ada}").status == 409


def test_a_wrong_address_of_somebody_who_has_never_signed_in_is_changed_without_waiting() -> None:
    given, ada = with_ada(signed_in=False)
    request(given, ada, actor="person/zoe")
    assert confirm(given, ada) == b'{"is_confirmed":true,"counts":true}'


def test_a_change_that_is_asked_for_again_takes_the_place_of_the_one_before() -> None:
    given, ada = with_ada()
    request(given, ada)
    before = given.get(AddressChange, ada).change_id
    request(given, ada, "third@example.org")
    command = ConfirmAddress(person_id=ada, change_id=before, proof=Proof.LINK, is_right=True)
    assert given.when(command, "service/intake").body == b'{"is_confirmed":false,"counts":false}'
    confirm(given, ada)
    assert given.get(Person, ada).email == "third@example.org"


def test_five_wrong_codes_end_a_change() -> None:
    given, ada = with_ada()
    request(given, ada)
    for _ in range(TRIES):
        confirm(given, ada, is_right=False, proof=Proof.CODE)
    assert confirm(given, ada) == b'{"is_confirmed":false,"counts":false}'


def test_staff_learn_whose_an_address_is_and_the_person_does_not() -> None:
    given, ada = with_ada()
    ben = id_of(add_ada(given, "ben@example.org"))
    refused = request(given, ada, "BEN@example.org", actor="person/zoe")
    assert (refused.status, ben.encode() in refused.body) == (409, True)
    free, taken = request(given, ada, NEW), request(given, ada, "ben@example.org")
    assert (free.status, taken.status) == (202, 202)
    (_, event) = given.events(AddressChangeRequested)
    assert isinstance(event, AddressChangeRequested)
    assert event.is_taken
    assert confirm(given, ada) == b'{"is_confirmed":false,"counts":false}'
    assert given.get(Person, ada).email == OLD


def test_an_address_that_somebody_has_taken_meanwhile_is_not_confirmed() -> None:
    given, ada = with_ada()
    request(given, ada)
    add_ada(given, NEW)
    assert confirm(given, ada) == b'{"is_confirmed":false,"counts":false}'
    assert given.get(Person, ada).email == OLD


def test_of_two_who_confirm_one_address_at_once_one_has_it() -> None:
    given, ada = with_ada()
    ben = id_of(add_ada(given, "ben@example.org"))
    changes = []
    for id in (ada, ben):
        request(given, id)
        change = given.get(AddressChange, id).change_id
        changes.append(ConfirmAddress(person_id=id, change_id=change, proof=Proof.LINK, is_right=True))
    assert at_once(given, *changes) == [200, 200]
    assert sorted(given.get(Person, id).email == NEW for id in (ada, ben)) == [False, True]


def test_the_address_that_is_there_and_many_changes_a_day_are_refused() -> None:
    given, ada = with_ada()
    assert request(given, ada, OLD).status == 409
    assert [request(given, ada, f"{n}@example.org").status for n in range(6)] == [202] * 5 + [429]
    given.advance(timedelta(days=1))
    assert request(given, ada).status == 202


def test_another_spelling_of_ones_own_address_can_be_had() -> None:
    given, ada = with_ada()
    request(given, ada, "Ada@example.org")
    confirm(given, ada)
    assert given.get(Person, ada).email == "Ada@example.org"
    assert given.get(EmailAddress, EmailAddress.key(OLD)).person_id == ada


def test_the_card_forgets_the_old_address_when_the_time_of_the_change_is_over() -> None:
    given, ada = with_ada()
    request(given, ada)
    confirm(given, ada)
    change = card(given).address_change
    assert change is not None
    assert change.old == OLD
    given.advance(LIFETIME)
    assert OLD not in card(given).model_dump_json()


@pytest.fixture
def api(tmp_path: Path) -> Iterator[Api]:
    with issuing(tmp_path) as found:
        yield found


def asked(api: Api, person_id: str) -> AddressAsked:
    (change,) = api.published(AddressChangeRequested, "change_id")
    return AddressAsked("acme", person_id, change)


def test_the_link_confirms_by_a_post_and_looking_at_it_changes_nothing(api: Api) -> None:
    ada, tokens = signed_in(api)
    assert api.post(f"/v1/people/{ada}/address", {"email": NEW}).status_code == 202
    assert api.get(f"/v1/people/{ada}").json()["new_email"] == NEW
    link, api.token = mailbox.address_link(asked(api, ada)), None
    for _ in range(2):
        assert api.get("/v1/address-change", params={"link": link}).status_code == 200
    forged = link[:-1] + ("A" if link[-1] != "A" else "B")
    for wrong in (forged, "", "a.b", "acme.x.y.z"):
        assert api.post("/v1/address-change", {"link": wrong}).status_code in (403, 422)
    assert api.post("/v1/address-change", {"link": link}).json()["counts"] is True
    assert api.post("/v1/address-change", {"link": link}).status_code == 403
    api.look_again()
    api.token = tokens["access_token"]
    assert api.get(f"/v1/people/{ada}").status_code == 401
    api.token = None
    assert sign_in(api, NEW)["access_token"]


def test_the_code_confirms_for_the_person_only(api: Api) -> None:
    ada, _ = signed_in(api)
    api.post(f"/v1/people/{ada}/address", {"email": NEW})
    code = mailbox.address_code(asked(api, ada))
    wrong = f"{(int(code) + 1) % 1_000_000:06}"
    assert api.post(f"/v1/people/{ada}/address/confirm", {"code": wrong}).status_code == 403
    own, api.token = api.token, None
    assert api.post(f"/v1/people/{ada}/address/confirm", {"code": code}).status_code == 401
    api.token = own
    assert api.post(f"/v1/people/{ada}/address/confirm", {"code": code}).json()["counts"] is True


def signed_in(api: Api) -> tuple[str, dict[str, Any]]:
    sign_in_operator(api)
    ada = add_person(api)
    api.token = None
    tokens = sign_in(api, ADA)
    api.token = tokens["access_token"]
    return ada, tokens
