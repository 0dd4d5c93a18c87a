"""What people do with passkeys over HTTP."""

from typing import Any

import httpx

from tests.services.intake.identity.devices import Device
from tests.services.intake.identity.issuing import ADA, claims, sign_in
from tests.shared.web.api import Api

BASE = "/v1/sign-in/passkey"


def own(api: Api) -> str:
    """The path of the passkeys of whose token that is."""
    assert api.token is not None
    return f"/v1/people/{claims(api.token)['sub']}/passkeys"


def be(api: Api, email: str = ADA) -> str:
    """From now on, requests are those of somebody who has just signed in by e-mail; returns who that is."""
    api.token = str(sign_in(api, email)["access_token"])
    id: str = claims(api.token)["sub"]
    return id


def made(api: Api, device: Device, name: str = "Phone") -> dict[str, Any]:
    """What a device made for who asks, ready to be added."""
    asked = api.post(f"{own(api)}/options").json()
    return {"name": name, "browser": asked["browser"], "credential": device.make(asked["options"])}


def add(api: Api, device: Device, name: str = "Phone") -> httpx.Response:
    """Add a passkey of that device to who asks."""
    return api.post(own(api), made(api, device, name))


def shown(api: Api, device: Device) -> dict[str, Any]:
    """What a device shows to sign in, ready to be sent."""
    asked = api.post(f"{BASE}/options").json()
    return {"browser": asked["browser"], "credential": device.show(asked["options"])}


def enter(api: Api, device: Device) -> httpx.Response:
    """Sign in with the passkey of that device, without any token."""
    api.token = None
    return api.post(BASE, shown(api, device))
