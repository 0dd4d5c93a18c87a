"""What tests of providers ask intake for."""

from dataclasses import dataclass
from typing import Any

import httpx

from tests.services.intake.identity.issuing import add_person, sign_in, sign_in_operator
from tests.services.intake.providers.provider import ADA, CLIENT, SECRET, Provider
from tests.shared.web.api import Api

BOSS = "boss@example.org"


@dataclass
class Acme:
    """An organization with an admin who signs in by e-mail, and a provider for the rest."""

    api: Api
    provider: Provider
    admin: str = ""

    def __post_init__(self) -> None:
        sign_in_operator(self.api)
        self.boss_id = add_person(self.api, BOSS)
        invited = self.api.post("/v1/role-invitations", {"email": BOSS, "role": "admin"}).json()["id"]
        self.api.token = sign_in(self.api, BOSS)["access_token"]
        assert self.api.post(f"/v1/role-invitations/{invited}/accept").status_code == 200
        self.admin = sign_in(self.api, BOSS)["access_token"]
        self.api.token = None

    def as_admin(self, method: str, path: str, json: object = None, **options: Any) -> httpx.Response:
        """What the admin is answered."""
        headers = {"Authorization": f"Bearer {self.admin}"} | options.pop("headers", {})
        return self.api.send(method, path, headers=headers, **({} if json is None else {"json": json}), **options)

    def settings(self, **more: Any) -> dict[str, Any]:
        """What the admin sets."""
        known = {"issuer": self.provider.issuer, "client_id": CLIENT, "client_secret": SECRET}
        return {**known, "domains": ["acme.example"], **more}

    def configure(self, **more: Any) -> None:
        """Have people sign in by the provider."""
        answer = self.as_admin("POST", "/v1/identity-provider", self.settings(**more))
        assert answer.status_code == 200, answer.text

    def program(self) -> str:
        """A program of the organization."""
        id: str = self.as_admin("POST", "/v1/programs", {"title": "Women in tech"}).json()["id"]
        return id

    def go(self, **more: Any) -> dict[str, Any]:
        """What is answered to a browser that wants to sign in."""
        answer = self.api.post("/v1/sign-in/provider/requests", {"organization": "acme", **more})
        assert answer.status_code == 200, answer.text
        sent: dict[str, Any] = answer.json()
        return sent

    def back(self, sent: dict[str, Any], returned: dict[str, str]) -> httpx.Response:
        """What the browser gets that comes back."""
        cookie = {"Cookie": f"ithaca-browser={sent['browser']}"}
        return self.api.get("/v1/sign-in/provider", params=returned, headers=cookie)

    def sign_in(self, claims: dict[str, Any] = ADA) -> httpx.Response:
        """What somebody gets of whom the provider says this."""
        sent = self.go()
        return self.back(sent, self.provider.let_in(sent["authorization_url"], claims))

    def roles(self, person_id: str) -> set[tuple[str, str | None]]:
        """Which roles somebody has."""
        found = self.as_admin("GET", f"/v1/people/{person_id}/roles").json()["roles"]
        return {(one["role"], one["program_id"]) for one in found}
