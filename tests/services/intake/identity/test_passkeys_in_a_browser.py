"""A real browser, with a device that Chromium plays, makes passkeys for our pages and signs in with them."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import CDPSession, Error, Page, Route

from tests.browser import page
from tests.services.intake.identity.devices import ORIGIN
from tests.services.intake.identity.issuing import claims
from tests.services.intake.identity.passkeys import BASE, be
from tests.shared.web.api import Api

pytestmark = pytest.mark.real

PAGE = Path(__file__).with_name("passkeys.html")
ELSEWHERE = "https://evil.example"
DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


class Desk:
    """A page of ours in a browser, with a device beside it; `token` is of whom has just signed in by e-mail."""

    def __init__(self, api: Api, page: Page, token: str) -> None:
        self.api, self.page, self.token = api, page, token
        self.person_id: str = claims(token)["sub"]
        self.devices: CDPSession
        self.device: dict[str, str]

    async def set_up(self) -> None:
        """Open the page, and have the device there."""
        await self.page.route("**/*", self._answer)
        self.devices = await self.page.context.new_cdp_session(self.page)
        await self.devices.send("WebAuthn.enable")
        added = await self.devices.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})
        self.device = {"authenticatorId": added["authenticatorId"]}
        await self.page.goto(ORIGIN)

    async def add(self) -> dict[str, Any]:
        """Add a passkey."""
        asked = [self.person_id, self.token, "Laptop"]
        added: dict[str, Any] = await self.page.evaluate("asked => add(...asked)", asked)
        return added

    async def sign_in(self) -> dict[str, Any]:
        """Sign in with it."""
        signed_in: dict[str, Any] = await self.page.evaluate("signIn()")
        return signed_in

    async def _answer(self, route: Route) -> None:
        """Answer as our system does at its address, whatever the address of the page."""
        path, asked = route.request.url.split("/", 3)[3], route.request
        if asked.method == "GET":
            await route.fulfill(body=PAGE.read_text(), content_type="text/html")
            return
        headers = {name: value for name, value in (await asked.all_headers()).items() if not name.startswith(":")}
        answer = await self.api.request(asked.method, f"/{path}", headers=headers, content=asked.post_data or "")
        await route.fulfill(status=answer.status_code, headers=dict(answer.headers), body=answer.content)


def at_the_desk(api: Api, work: Callable[[Desk], Awaitable[None]]) -> None:
    """Do something in a browser, as Ada, who has just signed in by e-mail."""
    be(api)
    token, api.token = str(api.token), None

    async def done() -> None:
        async with _desk(api, token) as desk:
            await work(desk)

    api.runner.run(done())


@asynccontextmanager
async def _desk(api: Api, token: str) -> AsyncIterator[Desk]:
    async with page() as found:
        desk = Desk(api, found, token)
        await desk.set_up()
        yield desk


def test_a_person_adds_a_passkey_in_a_browser_and_signs_in_with_it(api: Api) -> None:
    async def work(desk: Desk) -> None:
        assert (await desk.add())["status"] == 201
        (credential,) = (await desk.devices.send("WebAuthn.getCredentials", desk.device))["credentials"]
        assert credential["isResidentCredential"]
        for _ in range(2):
            tokens = await desk.sign_in()
            assert tokens["status"] == 200, tokens
        said = claims(tokens["access_token"])
        assert (said["sub"], said["amr"]) == (desk.person_id, ["pop", "user", "mfa"])

    at_the_desk(api, work)


def test_a_device_that_is_not_unlocked_neither_makes_a_passkey_nor_shows_one(api: Api) -> None:
    async def work(desk: Desk) -> None:
        assert (await desk.add())["status"] == 201
        await desk.devices.send("WebAuthn.setUserVerified", {**desk.device, "isUserVerified": False})
        for refused in (desk.sign_in, desk.add):
            with pytest.raises(Error, match=r"NotAllowedError|InvalidStateError"):
                await refused()

    at_the_desk(api, work)


def test_a_device_makes_one_passkey_of_a_person(api: Api) -> None:
    async def work(desk: Desk) -> None:
        assert (await desk.add())["status"] == 201
        with pytest.raises(Error, match="InvalidStateError"):
            await desk.add()

    at_the_desk(api, work)


def test_a_page_of_another_address_gets_no_passkey_of_ours_and_its_own_lets_nobody_in(api: Api) -> None:
    async def work(desk: Desk) -> None:
        assert (await desk.add())["status"] == 201
        await desk.page.goto(ELSEWHERE)
        with pytest.raises(Error, match="SecurityError"):
            await desk.sign_in()
        asked = (await desk.api.request("POST", f"{BASE}/options")).json()
        own = await desk.page.evaluate("options => showOwn(options)", asked["options"])
        shown = {"browser": asked["browser"], "credential": own}
        answer = await desk.api.request("POST", BASE, json=shown)
        assert answer.json()["code"] == "passkey-of-another-site"

    at_the_desk(api, work)


def test_a_passkey_that_was_taken_back_lets_nobody_in(api: Api) -> None:
    async def work(desk: Desk) -> None:
        added = await desk.add()
        path = f"/v1/people/{desk.person_id}/passkeys/{added['id']}/remove"
        bearer = {"Authorization": f"Bearer {desk.token}"}
        assert (await desk.api.request("POST", path, headers=bearer)).status_code == 200
        assert (await desk.sign_in())["code"] == "passkey-refused"

    at_the_desk(api, work)
