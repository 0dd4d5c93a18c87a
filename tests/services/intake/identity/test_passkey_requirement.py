"""An organization may ask its admins for a passkey: they get in with it, or to add one, and can always be helped."""

from typing import Any

import httpx
import pytest

from shared.contracts.access import PasskeyRemoved
from shared.contracts.roles import PasskeysRequired
from tests.services.intake.identity.devices import Device
from tests.services.intake.identity.issuing import (
    ADA,
    add_person,
    by_code,
    claims,
    request_mail,
    sign_in_operator,
)
from tests.services.intake.identity.passkeys import add, be, enter, own
from tests.shared.web.api import Api

BEN = "ben@example.org"
REQUIREMENT = "/v1/passkey-requirement"


@pytest.fixture
def admins(api: Api) -> list[str]:
    """Ada and Ben, who run acme; the token is Ada's."""
    sign_in_operator(api)
    add_person(api, BEN)
    invitation = api.post("/v1/role-invitations", {"email": ADA, "role": "admin"}).json()["id"]
    ben, ada = be(api, BEN), be(api)
    assert api.post(f"/v1/role-invitations/{invitation}/accept").status_code == 200
    be(api)
    assert api.post(f"/v1/people/{ben}/roles", {"role": "admin"}).status_code == 200
    return [ada, ben]


@pytest.fixture
def device(api: Api, admins: list[str]) -> Device:
    """Ada's, who has made acme ask its admins for passkeys, and is signed in with hers."""
    device = Device()
    add(api, device)
    assert require(api).status_code == 200
    api.token = enter(api, device).json()["access_token"]
    return device


def require(api: Api, is_required: bool = True) -> httpx.Response:
    return api.post(REQUIREMENT, {"is_required": is_required})


def by_mail(api: Api, email: str) -> httpx.Response:
    return api.post("/v1/sign-in", by_code(request_mail(api, email)))


def refreshed(api: Api, tokens: dict[str, Any]) -> httpx.Response:
    return api.post("/oauth/token", data={"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]})


def test_an_admin_who_has_a_passkey_has_the_others_asked_for_one(api: Api, admins: list[str]) -> None:
    locked_out = require(api)
    assert (locked_out.status_code, locked_out.json()["code"]) == (409, "no-passkey")
    add(api, Device())
    assert [require(api, wanted).status_code for wanted in (True, True, False)] == [200] * 3
    assert api.published(PasskeysRequired, "is_required") == [True, False]
    assert api.get(REQUIREMENT).json() == {"is_required": False}


def test_an_admin_without_a_passkey_adds_one_and_does_nothing_else(api: Api, device: Device, admins: list[str]) -> None:
    ben = by_mail(api, BEN).json()
    api.token = ben["access_token"]
    for path in (f"/v1/people/{admins[1]}", "/v1/clients", f"/v1/people/{admins[1]}/passkeys", "/v1/staff"):
        answer = api.get(path)
        assert (answer.status_code, answer.json()["code"]) == (403, "not-allowed")
        assert "add one, and sign in with it" in answer.json()["detail"]
    assert api.post(f"/v1/people/{admins[0]}/passkeys/options").status_code == 404
    bens = Device()
    assert add(api, bens).status_code == 201
    api.token = enter(api, bens).json()["access_token"]
    assert api.get("/v1/clients").status_code == 200


def test_an_admin_who_has_a_passkey_gets_in_with_that_only(api: Api, device: Device) -> None:
    answer = by_mail(api, ADA)
    assert (answer.status_code, answer.json()["code"]) == (403, "passkey-needed")
    (signed_in,) = [one for one in api.get(own(api).replace("passkeys", "sessions")).json()["items"] if one["used_at"]][
        :1
    ]
    assert signed_in["id"] == claims(str(api.token))["sid"]


def test_who_was_signed_in_otherwise_before_gets_no_further_token(api: Api, admins: list[str]) -> None:
    ada, ben = by_mail(api, ADA).json(), by_mail(api, BEN).json()
    be(api)
    add(api, Device())
    require(api)
    answer = refreshed(api, ada)
    assert (answer.status_code, answer.json()["error"]) == (400, "interaction_required")
    assert claims(refreshed(api, ben).json()["access_token"])["kind"] == "enrolling"


def test_nobody_else_is_asked_for_a_passkey(api: Api, device: Device) -> None:
    sign_in_operator(api)
    add_person(api, "mia@example.org")
    assert claims(by_mail(api, "mia@example.org").json()["access_token"])["kind"] == "person"


def test_the_last_passkey_of_an_admin_who_needs_one_stays(api: Api, device: Device) -> None:
    (item,) = api.get(own(api)).json()["items"]
    answer = api.post(f"{own(api)}/{item['id']}/remove")
    assert (answer.status_code, answer.json()["code"]) == (409, "last-passkey")
    assert api.post(f"{own(api)}/remove-all").json()["code"] == "not-allowed"
    add(api, Device())
    assert api.post(f"{own(api)}/{item['id']}/remove").status_code == 200


@pytest.mark.parametrize("helper", ["operator", "other admin"])
def test_an_admin_who_has_lost_the_passkey_is_helped_back_in(
    api: Api, device: Device, admins: list[str], helper: str
) -> None:
    if helper == "operator":
        sign_in_operator(api)
    else:
        api.token = by_mail(api, BEN).json()["access_token"]
        bens = Device()
        add(api, bens)
        api.token = enter(api, bens).json()["access_token"]
    assert api.post(f"/v1/people/{admins[0]}/passkeys/remove-all").status_code == 200
    assert api.published(PasskeyRemoved, "person_id") == [admins[0]]
    assert enter(api, device).status_code == 403
    tokens = by_mail(api, ADA).json()
    api.token = tokens["access_token"]
    assert claims(tokens["access_token"])["kind"] == "enrolling"
    new = Device()
    assert add(api, new).status_code == 201
    api.token = enter(api, new).json()["access_token"]
    assert api.get("/v1/clients").status_code == 200


def test_an_operator_helps_where_every_passkey_is_lost(api: Api, device: Device) -> None:
    sign_in_operator(api)
    assert require(api, is_required=False).status_code == 200
    assert by_mail(api, ADA).status_code == 200
