"""Nothing is kept of a person but ids: at once in intake, and at the end when every service has confirmed it."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from joserfc import jws
from joserfc.jwk import KeySet

from services.intake.applications.model.application import Application
from services.intake.departures.commands import ErasePerson
from services.intake.departures.model import SERVICES, Erasure, ErasureStatus
from services.intake.identity.model.access import Access
from services.intake.identity.model.provider_accounts import ProviderAccount
from services.intake.importing.model.enrollment import Outcome
from services.intake.memberships.model.membership import Membership
from services.intake.merging.commands import MergePeople
from services.intake.partners.model import Partners
from services.intake.people.commands import CorrectPerson
from services.intake.people.model import EmailAddress, Gone, Person
from services.intake.settings import IntakeSettings
from shared.contracts.access import AccessRevoked
from shared.contracts.departures import KEEPERS, ErasureRequested, PersonErased
from shared.contracts.intake import ParticipantLeft
from shared.engine.authoring.aggregate import Removed
from shared.engine.authoring.answer import Answer
from shared.ids import PersonId
from shared.installed import installed_services
from shared.web.issuer_keys import JWKS_PATH
from tests.scenario import Scenario
from tests.services.intake.builders import MENTORS, NOW, add_ada, id_of, row, unknown
from tests.services.intake.departures.circle import ADMIN, MANAGER, ZOE, circle, code, confirm_all
from tests.shared.web.api import Api, asking

PERSONAL = (b"Lovelace", b"ada@example.org", b"Find a job", b"Europe/London")


def erase(given: Scenario, person_id: str, actor: str = ZOE) -> Answer:
    return given.when(ErasePerson(person_id=person_id), actor, roles=["admin"] if actor == ZOE else [])


def stored(given: Scenario) -> bytes:
    return b"".join(raw for rows in given.store.collections.values() for raw in rows.values())


def test_what_is_known_of_a_person_is_nowhere_in_the_database_at_the_end() -> None:
    given, ada = circle()
    assert [one in stored(given) for one in PERSONAL[:3]] == [True] * 3
    assert erase(given, ada).status == 200
    confirm_all(given, ada)
    assert [one for one in PERSONAL if one in stored(given)] == []
    (left,) = given.events(ParticipantLeft)
    assert given.get(Application, left.subject_id).person_id == ada


def test_the_card_leaves_the_topic_behind_the_last_confirmation_and_not_before() -> None:
    given, ada = circle()
    erase(given, ada)
    for confirmation in KEEPERS[:-1]:
        given.when(confirmation(person_id=PersonId(ada), changed=0, kept=0))
    assert (given.get(Person, ada).name, given.events(PersonErased)) == ("Ada Lovelace", [])
    assert f"person/{ada}" not in [one.subject_id for one in given.shared if isinstance(one, Removed)]
    given.when(KEEPERS[-1](person_id=PersonId(ada), changed=3, kept=4))
    assert (given.get(Person, ada).gone, given.get(Person, ada).name) == (Gone.ERASED, "")
    assert f"person/{ada}" in [one.subject_id for one in given.shared if isinstance(one, Removed)]
    (erased,) = given.events(PersonErased)
    assert isinstance(erased, PersonErased)
    assert erased.confirmed_by == SERVICES


def test_a_service_that_confirms_twice_is_counted_once() -> None:
    given, ada = circle()
    erase(given, ada)
    for changed in (1, 5):
        given.when(KEEPERS[0](person_id=PersonId(ada), changed=changed, kept=0))
    assert given.get(Erasure, ada).confirmed[KEEPERS[0].about.service].changed == 1
    assert len(given.get(Erasure, ada).awaited) == len(KEEPERS) - 1


def test_every_service_that_has_to_do_with_people_confirms_it() -> None:
    assert {one.about.service for one in KEEPERS} == {
        one.name for one in installed_services() if {*one.emits} & {*KEEPERS}
    }
    keep_people = {one.name for one in installed_services()} - {"intake", "console"}
    assert {*SERVICES} == keep_people, "the console keeps ids and sealed tokens only"


def test_all_ways_in_and_roles_end_at_once_and_nobody_finds_the_person() -> None:
    given, ada = circle()
    erase(given, ada)
    access = given.get(Access, Access.id_of(ada))
    assert (access.is_closed, access.accounts, access.sessions) == (True, {}, {})
    assert given.get(ProviderAccount, "account-of-ada").person_id is None
    assert [one.subject_id for one in given.events(AccessRevoked)] == [f"person/{ada}"]
    assert given.get(Membership, ada).roles == ()
    assert (given.get(Person, ada).keys, given.get(Partners, ada).matches) == ((), {})
    assert len(given.events(ErasureRequested)) == 1


def test_their_address_belongs_to_somebody_new_when_it_comes_again() -> None:
    given, ada = circle()
    erase(given, ada)
    again = id_of(add_ada(given))
    assert again != ada
    confirm_all(given, ada)
    assert given.get(EmailAddress, EmailAddress.key("ada@example.org")).person_id == again
    assert given.get(Person, again).name == "Ada Lovelace"


def test_the_addresses_of_cards_that_were_merged_are_free_too() -> None:
    given, ada = circle()
    old = id_of(add_ada(given, "ada@old.example.org"))
    given.when(MergePeople(person_id=ada, merged_id=old), ZOE, roles=["admin"])
    assert given.get(EmailAddress, EmailAddress.key("ada@old.example.org")).person_id == ada
    erase(given, ada)
    assert given.get(EmailAddress, EmailAddress.key("ada@old.example.org")).person_id is None


def test_nothing_changes_any_more_about_who_is_being_erased_and_then_nobody_is_there() -> None:
    given, ada = circle()
    erase(given, ada)
    correct = CorrectPerson(person_id=ada, name="Ada")
    assert [code(given.when(correct)), code(erase(given, ada))] == ["erasure-under-way"] * 2
    confirm_all(given, ada)
    assert [given.when(correct).status, erase(given, ada).status] == [404, 404]


def test_an_import_does_not_write_a_card_again_that_is_going() -> None:
    enrollment = unknown()
    enrollment.person.gone = Gone.LEFT
    assert enrollment.apply(row(name="Ada L."), MENTORS, NOW) == (Outcome.LEFT, [])
    assert enrollment.person.name == ""


def test_people_erase_themselves_and_admins_each_other_only_without_that_role() -> None:
    given, ada = circle()
    assert erase(given, ada, f"person/{ada}").status == 200
    given, ada = circle(ADMIN)
    assert code(erase(given, ada)) == "still-admin"
    assert erase(given, ada, f"person/{ada}").status == 200


def test_the_last_admin_is_not_erased() -> None:
    given, ada = circle(ADMIN, zoes=MANAGER)
    assert code(erase(given, ada, f"person/{ada}")) == "last-admin"
    assert given.events(ErasureRequested, AccessRevoked, ParticipantLeft) == []


def test_a_confirmation_that_nobody_asked_for_erases_nobody() -> None:
    given, ada = circle()
    given.given(Erasure(id=ada))
    confirm_all(given, ada)
    assert (given.get(Person, ada).name, given.events(PersonErased)) == ("Ada Lovelace", [])


@pytest.fixture
def api(tmp_path: Path) -> Iterator[tuple[Api, Scenario, str]]:
    given, ada = circle()
    with asking(given) as found:
        found.app.state.settings = IntakeSettings(signing_key_file=tmp_path / "keys.json")
        found.token = found.issuer.token(sub="zoe", roles=["admin"])
        yield found, given, ada


def test_what_goes_is_counted_before_it_does(api: tuple[Api, Scenario, str]) -> None:
    asking, _, ada = api
    counted = asking.get(f"/v1/people/{ada}/departure").json()
    assert counted == {
        "person_id": ada,
        "applications": 2,
        "matches": 1,
        "past_matches": 0,
        "roles": ["manager:north"],
        "sessions": 0,
        "passkeys": 1,
        "is_last_admin": False,
    }
    assert asking.get(f"/v1/people/{ada}").json()["gone"] is None
    assert asking.get(f"/v1/people/{ada}/erasure").json()["status"] == ErasureStatus.NOT_REQUESTED


def test_a_receipt_says_who_has_confirmed_what_and_can_be_checked_with_the_published_keys(
    api: tuple[Api, Scenario, str],
) -> None:
    asking, given, ada = api
    assert asking.post(f"/v1/people/{ada}/erase").status_code == 200
    under_way = asking.get(f"/v1/people/{ada}/erasure").json()
    assert (under_way["status"], under_way["awaited"]) == ("requested", [*SERVICES])
    assert asking.get(f"/v1/people/{ada}/erasure/receipt").status_code == 404
    confirm_all(given, ada)
    done = asking.get(f"/v1/people/{ada}/erasure").json()
    assert (done["status"], done["awaited"]) == ("done", [])
    keys = KeySet.import_key_set(asking.get(JWKS_PATH).json())
    shown = asking.get(f"/v1/people/{ada}/erasure/receipt").json()["receipt"]
    receipt = jws.deserialize_compact(shown, keys, algorithms=["ES256"])
    said = json.loads(receipt.payload or b"")
    assert (said["sub"], said["tenant"], said["confirmed"]) == (ada, "acme", done["confirmed"])
    assert said["confirmed"]["notify"] | {"at": ""} == {"changed": 1, "kept": 2, "at": ""}


def test_a_receipt_lets_nobody_in(api: tuple[Api, Scenario, str]) -> None:
    asking, given, ada = api
    asking.post(f"/v1/people/{ada}/erase")
    confirm_all(given, ada)
    asking.token = asking.get(f"/v1/people/{ada}/erasure/receipt").json()["receipt"]
    assert asking.get(f"/v1/people/{ada}").status_code == 401


def test_who_is_erased_is_not_there_and_is_listed_nowhere(api: tuple[Api, Scenario, str]) -> None:
    asking, given, ada = api
    assert [one["id"] for one in asking.get("/v1/people").json()["items"]] == [ada]
    asking.post(f"/v1/people/{ada}/erase")
    assert asking.get("/v1/people").json()["items"] == []
    assert asking.get(f"/v1/people/{ada}").json()["gone"] == "erasing"
    confirm_all(given, ada)
    absent = asking.get(f"/v1/people/{ada}")
    nobody = asking.get("/v1/people/nobody")
    assert (
        (absent.status_code, absent.json()["code"]) == (nobody.status_code, nobody.json()["code"]) == (404, "not-found")
    )
    assert asking.get(f"/v1/people/{ada}/departure").status_code == 404
    assert asking.post("/v1/people/names", {"ids": [ada]}).json() == {"items": []}
