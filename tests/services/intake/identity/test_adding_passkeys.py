"""People add passkeys that their devices make for them, look after them, and hear of it."""

from pathlib import Path
from typing import Any

import pytest

from services.intake.identity.model.passkeys import MOST
from shared.contracts.access import PasskeyAdded, PasskeyRemoved
from tests.services.intake.identity.devices import BACKED_UP, PRESENT, VERIFIED, Device, decoded, encoded
from tests.services.intake.identity.issuing import (
    ADA,
    add_person,
    claims,
    issuing,
    sign_in_operator,
)
from tests.services.intake.identity.passkeys import BASE, add, be, enter, made, own
from tests.shared.web.api import Api

BEN = "ben@example.org"


def test_a_device_is_asked_for_a_passkey_that_it_keeps_and_unlocks_and_for_no_second_one(api: Api) -> None:
    be(api)
    first = Device()
    add(api, first)
    options = api.post(f"{own(api)}/options").json()["options"]
    assert options["rp"]["id"] == "mentoring.example.org"
    selection = options["authenticatorSelection"]
    assert (selection["residentKey"], selection["userVerification"]) == ("required", "required")
    assert [one["id"] for one in options["excludeCredentials"]] == [encoded(first.id)]
    assert (options["user"]["name"], options["user"]["displayName"]) == (f"{ADA} (acme)", "Ada")
    assert len(decoded(options["user"]["id"])) <= 64
    assert claims(str(api.token))["sub"].encode() not in decoded(options["user"]["id"])


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"origin": "https://evil.example"}, "passkey-of-another-site"),
        ({"rp_id": "evil.example"}, "passkey-unusable"),
        ({"flags": PRESENT}, "passkey-unusable"),
        ({"flags": PRESENT | VERIFIED | BACKED_UP}, "passkey-unusable"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_a_passkey_that_was_made_wrongly_is_not_added(api: Api, wrong: dict[str, Any], code: str) -> None:
    be(api)
    answer = add(api, Device(**wrong))
    assert (answer.status_code, answer.json()["code"]) == (403, code)
    assert api.get(own(api)).json()["items"] == []


def test_a_passkey_is_added_once_and_by_whom_it_was_made_for(api: Api) -> None:
    sign_in_operator(api)
    add_person(api, BEN)
    be(api)
    body = made(api, Device())
    ada, ben = str(api.token), be(api, BEN)
    assert api.post(own(api), body).json()["code"] == "challenge-refused"
    assert api.post(f"/v1/people/{claims(ada)['sub']}/passkeys", body).status_code == 404
    api.token = ada
    assert api.post(own(api), body).status_code == 201
    assert api.post(own(api), body).json()["code"] == "challenge-refused"
    assert api.published(PasskeyAdded, "person_id") == [claims(ada)["sub"]]
    assert ben != claims(ada)["sub"]


def test_a_device_adds_one_passkey_and_a_person_ten(api: Api) -> None:
    be(api)
    device = Device()
    assert add(api, device).status_code == 201
    assert add(api, device).json()["code"] == "passkey-added-already"
    for _ in range(MOST - 1):
        assert add(api, Device()).status_code == 201
    assert add(api, Device()).json()["code"] == "too-many-passkeys"


def test_a_passkey_that_was_removed_lets_nobody_in_and_its_person_hears_of_it(api: Api, device: Device) -> None:
    person_id = be(api)
    (item,) = api.get(own(api)).json()["items"]
    assert api.post(f"{own(api)}/{item['id']}/rename", {"name": "Old phone"}).status_code == 200
    assert [one["name"] for one in api.get(own(api)).json()["items"]] == ["Old phone"]
    assert api.post(f"{own(api)}/{item['id']}/remove").status_code == 200
    assert api.post(f"{own(api)}/{item['id']}/remove").status_code == 404
    assert (api.published(PasskeyRemoved, "person_id"), api.published(PasskeyRemoved, "left")) == ([person_id], [0])
    assert enter(api, device).json()["code"] == "passkey-refused"


def test_ways_in_are_changed_by_who_has_just_signed_in(
    api: Api, device: Device, monkeypatch: pytest.MonkeyPatch
) -> None:
    be(api)
    (item,) = api.get(own(api)).json()["items"]
    verifier = api.app.state.verifier
    known = api.runner.run(verifier.check(str(api.token).encode()))
    verifier.remembered[str(api.token).encode()] = known.grown_stale()
    for path in (f"{own(api)}/options", own(api), f"{own(api)}/{item['id']}/remove"):
        assert api.post(path).json()["code"] == "sign-in-too-old"
    assert api.post(f"{own(api)}/{item['id']}/rename", {"name": "Old phone"}).status_code == 200


@pytest.mark.parametrize("url", ["", "https://10.0.0.1", "http://mentoring.example.org", "https://[2001:db8::1]"])
def test_without_an_address_that_browsers_make_passkeys_for_there_are_none(tmp_path: Path, url: str) -> None:
    with issuing(tmp_path, public_url=url or None) as api:
        answer = api.post(f"{BASE}/options")
        assert (answer.status_code, answer.json()["code"]) == (503, "passkeys-not-set-up")
        assert "ITHACA_PUBLIC_URL" in answer.json()["detail"]
