"""Somebody with so many roles that no token has room for them: services look them up, as they were or later."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from services.intake.memberships.model.membership import MOST_ROLES, Membership, TooManyRoles
from services.intake.memberships.model.roles import GivenRole, RoleName
from services.sessions.service import service as sessions
from shared.contracts.roles import RoleChange, RoleGranted, RoleRevoked, StaffRole
from shared.engine.authoring.held_roles import HeldRoles
from shared.engine.authoring.service import Service
from shared.errors import TryLater
from shared.ids import PersonId
from shared.installed import installed_services
from shared.web.auth import TokenRefused
from shared.web.role_lookup import RoleLookup
from tests.scenario import START, Scenario
from tests.services.intake.identity.issuing import add_person, claims, issuing, sign_in, sign_in_operator
from tests.shared.web.api import Api
from tests.shared.web.issuing import Issuer

FEW, MANY = 40, 100


@pytest.fixture
def api(tmp_path: Path) -> Iterator[Api]:
    """Ada is the admin of acme."""
    with issuing(tmp_path) as found:
        sign_in_operator(found)
        invitation = found.post("/v1/role-invitations", {"email": "zoe@example.org", "role": "admin"})
        ada = add_person(found)
        found.token = sign_in_as(found, "zoe@example.org")
        found.post(f"{invitation.headers['location']}/accept")
        found.token = sign_in_as(found, "zoe@example.org")
        found.app.state.ada = ada
        yield found


def sign_in_as(api: Api, email: str) -> str:
    """Another token of somebody."""
    api.token = None
    return str(sign_in(api, email)["access_token"])


def make_manager(api: Api, times: int) -> list[str]:
    """Ada manages so many programs more: their ids."""
    made = [str(api.post("/v1/programs", {"title": f"Program {number}"}).json()["id"]) for number in range(times)]
    for program in made:
        answer = api.post(f"/v1/people/{api.app.state.ada}/roles", {"role": "manager", "program_id": program})
        assert answer.status_code == 200
    return made


def test_a_token_has_room_for_forty_roles(api: Api) -> None:
    programs = make_manager(api, FEW)
    api.token = sign_in_as(api, "ada@example.org")
    assert sorted(claims(api.token)["roles"]) == sorted(f"manager:{program}" for program in programs)
    assert [api.get(f"/v1/staff?program_id={one}").status_code for one in programs] == [200] * FEW


def test_more_roles_than_a_token_has_room_for_open_what_they_open_and_no_more(api: Api) -> None:
    first, *others = make_manager(api, MANY)
    admin = api.token
    api.token = sign_in_as(api, "ada@example.org")
    told = claims(api.token)
    assert (told["many"], "roles" in told, told["role_changes"]) == (True, False, MANY)
    assert {api.get(f"/v1/staff?program_id={one}").status_code for one in (first, *others)} == {200}
    assert api.get("/v1/staff?program_id=another").status_code == 404
    assert api.get("/v1/staff").status_code == 403
    api.token = admin
    api.post(f"/v1/people/{api.app.state.ada}/roles/revoke", {"role": "manager", "program_id": first})
    api.token = sign_in_as(api, "ada@example.org")
    assert claims(api.token)["many"]
    found = [api.get(f"/v1/staff?program_id={one}").status_code for one in (first, others[0])]
    assert found == [404, 200]


def granted(change: int, *roles: str) -> RoleGranted:
    return RoleGranted(person_id=PersonId("p1"), role=StaffRole.LEAD, roles=roles, change=change)


class Gate:
    """A service that hears of roles, and is shown tokens."""

    def __init__(self) -> None:
        self.scenario = Scenario(sessions)
        self.issuer = Issuer()
        self.verifier = self.issuer.verifier(RoleLookup(self.scenario.store))

    def roles(self, change: int) -> frozenset[str]:
        """Which roles a token has that was issued after so many changes."""
        token = self.issuer.token(many=True, role_changes=change)
        headers = {b"authorization": f"Bearer {token}".encode()}
        return self.scenario.loop.run_until_complete(self.verifier.caller(headers)).roles


def test_who_has_not_heard_of_the_latest_change_lets_nobody_in_with_the_roles_before() -> None:
    gate = Gate()
    with pytest.raises(TryLater):
        gate.roles(1)
    gate.scenario.when(granted(1, "lead:a", "lead:b"))
    assert set(gate.roles(1)) == {"lead:a", "lead:b"}
    with pytest.raises(TryLater):
        gate.roles(2)
    gate.scenario.when(RoleRevoked(person_id=PersonId("p1"), role=StaffRole.LEAD, roles=("lead:b",), change=2))
    assert [set(gate.roles(change)) for change in (2, 1)] == [{"lead:b"}] * 2


def test_a_change_that_comes_late_takes_no_later_one_back() -> None:
    gate = Gate()
    gate.scenario.when(granted(2, "lead:b"))
    gate.scenario.when(granted(1, "lead:a"))
    assert gate.scenario.get(HeldRoles, "p1").roles == ("lead:b",)


def test_the_roles_of_a_token_are_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    gate, reads = Gate(), list[str]()
    gate.scenario.when(granted(1, "lead:a"))
    get = gate.scenario.store.get

    async def counted(collection: str, ids: list[str]) -> object:
        reads.append(collection)
        return await get(collection, ids)

    monkeypatch.setattr(gate.scenario.store, "get", counted)
    token = gate.issuer.token(many=True, role_changes=1)
    for _ in range(5):
        gate.scenario.loop.run_until_complete(gate.verifier.caller({b"authorization": f"Bearer {token}".encode()}))
    assert reads == [HeldRoles.collection]


@pytest.mark.parametrize(
    "told",
    [
        {"many": True},
        {"role_changes": 3},
        {"many": True, "role_changes": 1, "roles": ["admin"]},
        {"many": True, "role_changes": 1, "kind": "client"},
        {"many": True, "role_changes": 1, "kind": "operator"},
        {"many": "yes", "role_changes": 1},
        {"many": True, "role_changes": True},
        {"many": True, "role_changes": -1},
    ],
)
def test_a_token_that_says_of_many_roles_what_ours_never_do_is_none(told: dict[str, Any]) -> None:
    gate = Gate()
    token = gate.issuer.token(**told)
    with pytest.raises(TokenRefused):
        gate.scenario.loop.run_until_complete(gate.verifier.caller({b"authorization": f"Bearer {token}".encode()}))


def test_nobody_has_more_roles_than_can_be_told() -> None:
    membership = Membership(id="ada")
    for number in range(MOST_ROLES):
        membership.grant(GivenRole(RoleName.LEAD, f"p{number}"), by="person/zoe", at=START)
    with pytest.raises(TooManyRoles):
        membership.grant(GivenRole(RoleName.LEAD, "another"), by="person/zoe", at=START)


def hears(service: Service, event: type[RoleChange]) -> bool:
    return event.type_name in service.reactions or event in service.emits


def test_every_service_hears_which_roles_people_have() -> None:
    deaf = [one.name for one in installed_services() for event in RoleChange.__args__ if not hears(one, event)]
    assert deaf == []
