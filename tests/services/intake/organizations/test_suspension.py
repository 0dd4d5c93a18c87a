"""An operator suspends an organization and lets it go on: who is refused what meanwhile, and that nothing is lost."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from services.intake.memberships.commands import AcceptInvitation
from services.intake.memberships.model.roles import RoleName
from services.intake.organizations.commands import SuspendOrganization
from services.intake.organizations.model import Organization, OrganizationStatus
from shared.contracts.access import AccessRevoked
from shared.contracts.roles import PersonInvited
from shared.contracts.suspension import OrganizationResumed, OrganizationSuspended, SuspensionReason
from tests.services.intake.identity.issuing import (
    ADA,
    SECRET,
    add_person,
    ask_token,
    by_code,
    issuing,
    request_mail,
    sign_in,
    sign_in_operator,
)
from tests.services.intake.memberships.test_commands import at_once, invite, names, scenario
from tests.shared.web.api import Api

SAID = "organization-is-suspended"


@pytest.fixture
def api(tmp_path: Path) -> Iterator[Api]:
    """Ada is in acme, which has a client; requests have no token."""
    with issuing(tmp_path) as found:
        sign_in_operator(found)
        add_person(found)
        made = found.post("/v1/clients", {"name": "HR"}).json()
        found.app.state.client = (made["client_id"], made["client_secret"])
        found.token = None
        yield found


def standing(api: Api, what: str, **body: Any) -> httpx.Response:
    """Suspend acme, or resume it, as an operator whose token names no organization."""
    kept, api.token = api.token, None
    api.token = ask_token(api).json()["access_token"]
    answer = api.post(f"/v1/organizations/acme/{what}", body)
    api.token = kept
    api.look_again()
    return answer


def suspend(api: Api, reason: str = "payment") -> None:
    assert standing(api, "suspend", reason=reason).status_code == 200


def resume(api: Api) -> None:
    assert standing(api, "resume").status_code == 200


def code(answer: httpx.Response) -> str:
    return str(answer.json().get("code", answer.json().get("error")))


def test_whoever_is_signed_in_is_refused_with_a_sentence_and_goes_on_afterwards(api: Api) -> None:
    tokens = sign_in(api)
    suspend(api)
    api.token = tokens["access_token"]
    refused = api.get("/v1/organizations/acme")
    assert (refused.status_code, code(refused)) == (403, SAID)
    assert "resumes it" in refused.json()["detail"]
    api.token = None
    form = {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]}
    refused = api.post("/oauth/token", data=form)
    assert (refused.status_code, code(refused)) == (400, "unauthorized_client")
    assert "suspended" in refused.json()["error_description"]
    resume(api)
    api.token = api.post("/oauth/token", data=form).json()["access_token"]
    assert api.get("/v1/organizations/acme").status_code == 200


def test_nobody_signs_in_and_the_mail_of_before_works_afterwards(api: Api) -> None:
    asked = request_mail(api)
    suspend(api)
    body = {"organization": "acme", "email": ADA}
    refusals = [api.post("/v1/sign-in/requests", body), api.post("/v1/sign-in", by_code(asked))]
    assert [(one.status_code, code(one)) for one in refusals] == [(403, SAID)] * 2
    assert api.post("/v1/sign-in/requests", body | {"organization": "beta"}).status_code == 202
    resume(api)
    assert api.post("/v1/sign-in", by_code(asked)).status_code == 200


def test_a_client_gets_no_token_and_only_who_has_its_secret_learns_why(api: Api) -> None:
    client, secret = api.app.state.client
    token = ask_token(api, (client, secret)).json()["access_token"]
    suspend(api)
    refused = ask_token(api, (client, secret))
    assert (refused.status_code, code(refused)) == (400, "unauthorized_client")
    assert code(ask_token(api, (client, "wrong"))) == "invalid_client"
    assert code(api.post("/v1/programs", {"title": "T"}, headers={"Authorization": f"Bearer {token}"})) == SAID
    assert code(api.post("/oauth/introspect", data={"token": token}, auth=(client, secret))) == "unauthorized_client"
    by_operator = api.post("/oauth/introspect", data={"token": token}, auth=("operator", SECRET))
    assert by_operator.json() == {"active": False}
    resume(api)
    assert ask_token(api, (client, secret)).status_code == 200


def test_who_is_signed_in_can_still_sign_out(api: Api) -> None:
    tokens = sign_in(api)
    suspend(api)
    assert api.post("/oauth/revoke", data={"token": tokens["refresh_token"]}).status_code == 200
    resume(api)
    form = {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]}
    assert code(api.post("/oauth/token", data=form)) == "invalid_grant"


def test_an_operator_reads_what_there_is_changes_nothing_and_lets_it_go_on(api: Api) -> None:
    suspend(api, "security")
    sign_in_operator(api)
    shown = api.get("/v1/organizations/acme").json()
    assert (shown["status"], shown["reason"]) == ("suspended", "security")
    assert code(api.post("/v1/programs", {"title": "T"})) == SAID
    assert code(api.post("/v1/clients", {"name": "Another"})) == SAID
    assert code(api.post("/v1/organizations/acme/suspend", {"reason": "terms"})) == "already-suspended"
    assert api.post("/v1/organizations/acme/resume").status_code == 200
    api.look_again()
    assert api.post("/v1/programs", {"title": "T"}).status_code == 201
    assert code(api.post("/v1/organizations/acme/resume")) == "not-suspended"
    assert "reason" not in api.get("/v1/organizations/acme").json()


def test_an_invitation_is_accepted_before_the_suspension_or_after_the_resumption(api: Api) -> None:
    sign_in_operator(api)
    invitation = api.post("/v1/role-invitations", {"email": ADA, "role": "admin"}).headers["location"]
    api.token = None
    api.token = sign_in(api)["access_token"]
    suspend(api)
    assert code(api.post(f"{invitation}/accept")) == SAID
    resume(api)
    api.token = None
    api.token = sign_in(api)["access_token"]
    assert api.post(f"{invitation}/accept").status_code == 200


def test_an_organization_that_is_not_there_is_not_suspended(api: Api) -> None:
    api.token = ask_token(api).json()["access_token"]
    assert api.post("/v1/organizations/nowhere/suspend", {"reason": "other"}).status_code == 404
    assert api.post("/v1/organizations/acme/suspend", {"reason": "because"}).status_code == 422


def test_its_admins_are_named_to_those_who_tell_them_and_its_tokens_are_revoked() -> None:
    given = scenario().given(Organization(id="acme", name="Acme", status=OrganizationStatus.REGISTERED))
    given.when(SuspendOrganization(organization_id="acme", reason=SuspensionReason.TERMS), "operator/root")
    suspended, revoked = given.events(OrganizationSuspended, AccessRevoked)
    assert isinstance(suspended, OrganizationSuspended)
    assert isinstance(revoked, AccessRevoked)
    assert (suspended.admins, suspended.reason, revoked.access_id) == (("zoe",), "terms", "organization/acme")
    assert given.events(OrganizationResumed) == []


def test_a_role_accepted_at_the_moment_of_a_suspension_is_given_before_it_or_not_at_all() -> None:
    for _ in range(5):
        given = scenario().given(Organization(id="acme", status=OrganizationStatus.REGISTERED))
        invite(given, "ada@example.org", "person/zoe", role="lead", program_id="women-in-tech")
        (invited,) = given.events(PersonInvited)
        assert isinstance(invited, PersonInvited)
        accepting = AcceptInvitation(invitation_id=invited.invitation_id)
        suspending = SuspendOrganization(organization_id="acme", reason=SuspensionReason.OTHER)
        ended = at_once(given, (accepting, "person/ada"), (suspending, "operator/root"))
        has_role = names(given, "ada") == {f"{RoleName.LEAD}:women-in-tech"}
        assert (ended, has_role) in ((["done", "done"], True), (["done", SAID], False))
