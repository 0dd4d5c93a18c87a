"""People sign in with a key in a device of theirs, on our pages; whatever is wrong with it lets nobody in."""

from dataclasses import replace
from typing import Any

import pytest

from services.intake.people.model import Person
from tests.services.intake.identity.devices import BACKED_UP, PRESENT, SYNCED, VERIFIED, Device
from tests.services.intake.identity.issuing import (
    ADA,
    add_person,
    by_code,
    claims,
    register,
    request_mail,
    sign_in_operator,
)
from tests.services.intake.identity.passkeys import BASE, add, be, enter, own
from tests.shared.web.api import Api

BEN = "ben@example.org"


def test_a_person_adds_a_passkey_and_signs_in_with_it_without_saying_who_they_are(api: Api) -> None:
    device, person_id = Device(), be(api)
    added = add(api, device)
    (item,) = api.get(added.headers["location"]).json()["items"]
    assert (item["id"], item["name"]) == (added.json()["id"], "Phone")
    tokens = enter(api, device)
    assert (tokens.status_code, tokens.headers["cache-control"]) == (200, "no-store")
    said = claims(tokens.json()["access_token"])
    assert (said["sub"], said["tenant"], said["amr"]) == (person_id, "acme", ["pop", "user", "mfa"])
    assert abs(said["auth_time"] - said["iat"]) <= 2
    api.token = tokens.json()["access_token"]
    (item,) = api.get(own(api)).json()["items"]
    assert item["used_at"] is not None
    assert api.get(f"/v1/people/{person_id}").json()["email"] == ADA


def test_a_session_by_passkey_goes_on_and_ends_as_any_other(api: Api, device: Device) -> None:
    tokens = enter(api, device).json()
    form = {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]}
    again = api.post("/oauth/token", data=form)
    first, next = claims(tokens["access_token"]), claims(again.json()["access_token"])
    assert [first[name] == next[name] for name in ("sid", "auth_time", "amr")] == [True] * 3
    api.token = again.json()["access_token"]
    assert api.post(f"/v1/people/{first['sub']}/sign-out").status_code == 200
    form["refresh_token"] = again.json()["refresh_token"]
    assert api.post("/oauth/token", data=form).status_code == 400


def test_whoever_asks_to_sign_in_is_asked_the_same_and_nothing_is_written(api: Api, device: Device) -> None:
    before = {name: dict(rows) for name, rows in api.store.collections.items()}
    answers = [api.post(f"{BASE}/options").json() for _ in range(3)]
    for answer in answers:
        assert "allowCredentials" not in answer["options"] or answer["options"]["allowCredentials"] == []
        assert answer["options"]["userVerification"] == "required"
    assert len({answer["options"]["challenge"] for answer in answers}) == 3
    assert {name: dict(rows) for name, rows in api.store.collections.items()} == before


def test_a_browser_is_known_by_its_cookie(api: Api, device: Device) -> None:
    asked = api.post(f"{BASE}/options")
    cookie = asked.headers["set-cookie"]
    assert "HttpOnly" in cookie
    body = {"credential": device.show(asked.json()["options"])}
    assert api.post(BASE, body, headers={"Cookie": cookie.partition(";")[0]}).status_code == 200


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"origin": "https://mentoring.example.org.evil.example"}, "passkey-of-another-site"),
        ({"origin": "http://mentoring.example.org"}, "passkey-of-another-site"),
        ({"origin": "https://mentoring.example.org:8443"}, "passkey-of-another-site"),
        ({"cross_origin": True}, "passkey-of-another-site"),
        ({"rp_id": "evil.example"}, "passkey-refused"),
        ({"flags": PRESENT}, "passkey-refused"),
        ({"flags": VERIFIED}, "passkey-refused"),
        ({"flags": PRESENT | VERIFIED | SYNCED}, "passkey-refused"),
        ({"id": b"another device"}, "passkey-refused"),
        ({"handle": b""}, "passkey-refused"),
        ({"handle": b"acme.nobody"}, "passkey-refused"),
        ({"handle": b"\xff\x00.x"}, "passkey-refused"),
        ({"key": Device().key}, "passkey-refused"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_a_passkey_that_is_wrong_in_one_way_lets_nobody_in_and_is_told_what_to_do(
    api: Api, device: Device, wrong: dict[str, Any], code: str
) -> None:
    answer = enter(api, replace(device, **wrong))
    assert (answer.status_code, answer.json()["code"]) == (403, code)
    assert enter(api, device).status_code == 200


def test_a_device_that_has_counted_backwards_may_be_a_copy_and_lets_nobody_in(api: Api) -> None:
    be(api)
    device = Device(does_count=True)
    add(api, device)
    copy = replace(device)
    assert [enter(api, device).status_code for _ in range(2)] == [200, 200]
    assert enter(api, copy).json()["code"] == "passkey-refused"
    assert enter(api, device).status_code == 200


def test_whether_a_passkey_is_backed_up_is_kept_up_to_date(api: Api) -> None:
    be(api)
    device = Device(flags=PRESENT | VERIFIED | SYNCED)
    add(api, device)
    api.token = enter(api, replace(device, flags=device.flags | BACKED_UP)).json()["access_token"]
    (item,) = api.get(own(api)).json()["items"]
    assert (item["is_synced"], item["is_backed_up"]) == (True, True)


def test_who_is_gone_is_let_in_no_more(api: Api, device: Device) -> None:
    person_id = be(api)
    del api.store.collections[Person.collection][f"acme/{person_id}"]
    assert enter(api, device).json()["code"] == "passkey-refused"


def test_a_passkey_of_one_person_is_none_of_another_one(api: Api, device: Device) -> None:
    sign_in_operator(api)
    add_person(api, BEN)
    be(api, BEN)
    bens = Device()
    add(api, bens)
    assert enter(api, replace(bens, handle=device.handle)).json()["code"] == "passkey-refused"
    assert enter(api, replace(device, handle=bens.handle)).json()["code"] == "passkey-refused"


def test_an_organization_lets_nobody_in_by_the_passkey_of_another_one(api: Api, device: Device) -> None:
    register(api, "beta")
    sign_in_operator(api, "beta")
    add_person(api)
    _, _, id = device.handle.partition(b".")
    assert enter(api, replace(device, handle=b"beta." + id)).json()["code"] == "passkey-refused"


def test_a_mail_signs_in_who_has_a_passkey_too(api: Api, device: Device) -> None:
    assert api.post("/v1/sign-in", by_code(request_mail(api))).status_code == 200
