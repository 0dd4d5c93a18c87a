"""What is no passkey of ours lets nobody in, tells nothing of who is known, and never fails."""

import asyncio
import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import httpx
import pytest
import webauthn
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.intake.identity import ceremonies
from services.intake.identity.attempts import WRONG_CREDENTIALS
from services.intake.identity.challenges import LIFETIME
from tests.services.intake.identity.devices import Device, decoded, encoded
from tests.services.intake.identity.passkeys import BASE, be, enter, made, own, shown
from tests.shared.web.api import Api


def test_what_is_not_there_and_what_is_signed_wrongly_is_answered_alike(api: Api, device: Device) -> None:
    wrong = [{"key": Device().key}, {"id": b"x" * 32}, {"handle": b"acme." + b"x" * 22}, {"handle": b"none.x"}]
    answers = [enter(api, replace(device, **one)).json() for one in wrong]  # type: ignore[arg-type]  # one at a time
    assert len({(answer["code"], answer["detail"], answer["status"]) for answer in answers}) == 1


def test_a_challenge_is_good_for_one_sign_in(api: Api, device: Device) -> None:
    body = shown(api, device)
    assert api.post(BASE, body).status_code == 200
    again = api.post(BASE, body)
    assert (again.status_code, again.json()["code"]) == (403, "challenge-refused")


def test_of_many_who_use_a_challenge_at_the_same_time_one_is_let_in(api: Api, device: Device) -> None:
    body = shown(api, device)

    async def use() -> list[httpx.Response]:
        return await asyncio.gather(*(api.request("POST", BASE, json=body) for _ in range(10)))

    assert sorted(answer.status_code for answer in api.runner.run(use())) == [200] + [403] * 9


def test_a_challenge_is_of_the_browser_that_asked_and_of_the_ceremony_that_it_was_asked_for(
    api: Api, device: Device
) -> None:
    other = api.post(f"{BASE}/options").json()["browser"]
    for stolen in (shown(api, device) | {"browser": other}, {"credential": shown(api, device)["credential"]}):
        assert api.post(BASE, stolen).json()["code"] == "challenge-refused"
    be(api)
    asked = api.post(f"{own(api)}/options").json()
    for_adding = {"browser": asked["browser"], "credential": device.show(asked["options"])}
    assert api.post(BASE, for_adding).json()["code"] == "challenge-refused"


def test_a_challenge_is_good_for_five_minutes(api: Api, device: Device, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.intake.identity.challenges.LIFETIME", -LIFETIME)
    assert enter(api, device).json()["code"] == "challenge-refused"


def test_a_challenge_of_our_own_making_and_no_other_is_taken(api: Api, device: Device) -> None:
    asked = api.post(f"{BASE}/options").json()
    until, id, signature = decoded(asked["options"]["challenge"]).split(b".")
    for challenge in (b"", b"x" * 64, b".".join((b"9999999999", id, signature)), b".".join((until, id, b"x" * 43))):
        body = {"browser": asked["browser"], "credential": device.show({"challenge": encoded(challenge)})}
        assert api.post(BASE, body).json()["code"] == "challenge-refused"


def test_who_guesses_passkeys_is_told_to_wait_and_who_has_one_is_let_in(api: Api, device: Device) -> None:
    body = shown(api, replace(device, key=Device().key))
    answers = [api.post(BASE, body).status_code for _ in range(WRONG_CREDENTIALS.times + 1)]
    assert answers == [403] * WRONG_CREDENTIALS.times + [429]
    assert enter(api, device).status_code == 200


def altered(raw: bytes, data: st.DataObject) -> bytes:
    """With another byte somewhere; what is drawn depends on nothing that a device makes up."""
    at, by = data.draw(st.integers(0, 9_999)) % max(1, len(raw)), data.draw(st.integers(1, 255))
    return raw[:at] + bytes([raw[at] ^ by if raw else by]) + raw[at + 1 :]


def cut(raw: bytes, data: st.DataObject) -> bytes:
    """Its beginning."""
    return raw[: data.draw(st.integers(0, 9_999)) % max(1, len(raw))]


def replaced(_: bytes, data: st.DataObject) -> bytes:
    """Something else."""
    return data.draw(st.binary(max_size=200))


PATHS: list[Callable[[dict[str, Any]], dict[str, Any]]] = [
    lambda credential: credential,
    lambda credential: credential["response"],
]


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_whatever_is_shown_is_refused_and_never_fails(api: Api, device: Device, data: st.DataObject) -> None:
    api.app.state.attempts.closed.clear()
    body = json.loads(json.dumps(shown(api, device)))
    part = data.draw(st.sampled_from(PATHS))(body["credential"])
    field = data.draw(
        st.sampled_from(sorted(name for name in part if name not in ("response", "clientExtensionResults")))
    )
    raw = decoded(part[field]) if field != "type" else b""
    part[field] = encoded(data.draw(st.sampled_from([altered, cut, replaced]))(raw, data))
    answer = api.post(BASE, body)
    assert answer.status_code in (403, 422), answer.text


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_whatever_a_device_makes_is_refused_or_added_and_never_fails(api: Api, data: st.DataObject) -> None:
    if api.token is None:
        be(api)
    body = made(api, Device())
    raw = decoded(body["credential"]["response"]["attestationObject"])
    changed = data.draw(st.sampled_from([altered, cut]))(raw, data)
    body["credential"]["response"]["attestationObject"] = encoded(changed)
    if hasattr(api.app.state, "attempts"):
        api.app.state.attempts.closed.clear()
    assert api.post(own(api), body).status_code in (201, 403, 409), changed


def test_what_names_no_passkey_is_looked_at_as_long_as_what_does(
    api: Api, device: Device, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The time of an answer follows from that: as many reads, and a signature that is checked."""
    looked: list[str] = []
    verify, get = webauthn.verify_authentication_response, api.store.get

    def verifying(**given: Any) -> Any:
        looked.append("verify")
        return verify(**given)

    async def getting(collection: str, ids: Any) -> Any:
        looked.append(collection)
        return await get(collection, ids)

    monkeypatch.setattr(ceremonies, "verify_authentication_response", verifying)
    monkeypatch.setattr(api.store, "get", getting)
    seen = []
    for wrong in ({"key": Device().key}, {"id": b"x" * 32}, {"handle": b"acme." + b"x" * 22}, {"handle": b""}):
        body = shown(api, replace(device, **wrong))
        looked.clear()
        assert api.post(BASE, body).status_code == 403
        seen.append(list(looked))
    assert seen == [["passkeys", "verify"]] * 4
