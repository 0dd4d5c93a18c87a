"""Roles follow from what the provider says at each sign-in, beside those that people give, and never over these."""

import time
from typing import Any

from shared.contracts.access import AccessRevoked
from shared.contracts.roles import RoleGranted, RoleRevoked
from tests.services.intake.identity.issuing import claims
from tests.services.intake.providers.provider import ADA
from tests.services.intake.providers.signing_in import Acme

ADMINS = {"claim": "groups", "value": "hr-admins", "role": "admin"}


def rules_for(program: str) -> list[dict[str, Any]]:
    """Admins by their group, managers and reviewers of a program by a claim inside of others."""
    inside = {"claim": "/realm_access/roles", "program_id": program}
    return [
        ADMINS,
        {**inside, "value": "managers", "role": "manager"},
        {**inside, "value": "readers", "role": "reviewer"},
    ]


def in_groups(*groups: str, **more: Any) -> dict[str, Any]:
    """Ada, in these groups."""
    return ADA | {"groups": list(groups)} | more


def sub(acme: Acme, said: dict[str, Any]) -> str:
    """Who has signed in, of whom this was said."""
    answer = acme.sign_in(said)
    assert answer.status_code == 200, answer.text
    return str(claims(answer.json()["access_token"])["sub"])


def test_claims_give_the_roles_that_rules_name_and_no_others(acme: Acme) -> None:
    program = acme.program()
    acme.configure(rules=rules_for(program))
    said = in_groups("hr-admins", "everybody", realm_access={"roles": ["managers"]})
    answer = acme.sign_in(said)
    assert claims(answer.json()["access_token"])["roles"] == ["admin", f"manager:{program}"]
    assert acme.api.published(RoleGranted, "role") == ["admin", "admin", "manager"]


def test_a_role_goes_when_its_claim_is_gone_and_no_token_with_it_counts(acme: Acme) -> None:
    program = acme.program()
    acme.configure(rules=rules_for(program))
    before = acme.sign_in(in_groups(realm_access={"roles": ["managers", "readers"]})).json()["access_token"]
    ada = sub(acme, in_groups(realm_access={"roles": ["readers"]}))
    assert acme.roles(ada) == {("reviewer", program)}
    assert acme.api.published(RoleRevoked, "role") == ["manager"]
    assert f"person/{ada}" in acme.api.published(AccessRevoked, "access_id")
    acme.api.look_again()
    acme.api.token = before
    assert acme.api.get(f"/v1/people/{ada}").status_code == 401
    acme.api.token = None
    again = acme.sign_in(in_groups()).json()["access_token"]
    acme.api.look_again()
    acme.api.token = again
    assert acme.api.get(f"/v1/people/{ada}").status_code == 200
    assert acme.roles(ada) == set()


def test_what_an_admin_has_given_stays_whatever_the_provider_says(acme: Acme) -> None:
    program = acme.program()
    acme.configure(rules=rules_for(program))
    ada = sub(acme, in_groups())
    given = {"role": "manager", "program_id": program}
    assert acme.as_admin("POST", f"/v1/people/{ada}/roles", given).status_code == 200
    sub(acme, in_groups(realm_access={"roles": ["managers", "readers"]}))
    assert acme.roles(ada) == {("manager", program), ("reviewer", program)}
    sub(acme, ADA)
    assert acme.roles(ada) == {("manager", program)}


def test_the_last_admin_stays_one_and_gets_in(acme: Acme) -> None:
    acme.configure(rules=[ADMINS])
    ada = sub(acme, in_groups("hr-admins"))
    left = acme.as_admin("POST", f"/v1/people/{acme.boss_id}/roles/leave", {"role": "admin"})
    assert left.status_code == 200, left.text
    assert sub(acme, ADA) == ada
    acme.api.look_again()
    acme.admin = acme.sign_in(ADA).json()["access_token"]
    assert acme.roles(ada) == {("admin", None)}
    other = ADA | {"sub": "ben-at-work", "email": "ben@acme.example", "groups": "hr-admins"}
    assert acme.roles(sub(acme, other)) == {("admin", None)}
    sub(acme, ADA)
    acme.admin = acme.sign_in(other).json()["access_token"]
    assert acme.roles(ada) == set()


def test_a_role_that_a_claim_gave_gives_roles_when_the_provider_says_that_the_sign_in_is_fresh(acme: Acme) -> None:
    acme.configure(rules=[ADMINS])
    ben = acme.as_admin("POST", "/v1/people", {"name": "Ben", "email": "ben@x.example", "time_zone": "Europe/Rome"})
    path = f"/v1/people/{ben.json()['id']}/roles"
    acme.admin = acme.sign_in(in_groups("hr-admins")).json()["access_token"]
    assert acme.as_admin("POST", path, {"role": "admin"}).json()["code"] == "sign-in-too-old"
    just_now = in_groups("hr-admins", auth_time=int(time.time()))
    acme.admin = acme.sign_in(just_now).json()["access_token"]
    assert acme.as_admin("POST", path, {"role": "admin"}).status_code == 200


def test_claims_that_cannot_be_read_give_nothing_and_keep_nobody_out(acme: Acme) -> None:
    program = acme.program()
    acme.configure(rules=rules_for(program))
    unusable: list[Any] = [7, True, {"hr-admins": True}, ["hr-admins", 7], "HR-ADMINS", ["x" * 300], ["g"] * 3000, None]
    for groups in unusable:
        ada = sub(acme, ADA | {"groups": groups, "realm_access": ["managers"]})
        assert acme.roles(ada) == set()
