"""The first admin, by an operator's invitation: what is given is in the next token, what is taken away in none."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.services.intake.identity.issuing import ADA, add_person, claims, issuing, sign_in, sign_in_operator
from tests.shared.web.api import Api

BEN = "ben@example.org"


@pytest.fixture
def api(tmp_path: Path) -> Iterator[Api]:
    """An operator has invited Ada to be the first admin."""
    with issuing(tmp_path) as found:
        sign_in_operator(found)
        asked = {"email": ADA, "name": "Ada", "role": "admin"}
        invitation = found.post("/v1/role-invitations", asked).headers["location"]
        found.token = None
        tokens = sign_in(found)
        assert "roles" not in claims(tokens["access_token"])
        found.token = tokens["access_token"]
        assert found.get(invitation).json()["status"] == "open"
        assert found.post(f"{invitation}/accept").status_code == 200
        found.token = None
        found.token = refresh(found, tokens["refresh_token"])
        yield found


def refresh(api: Api, token: str) -> str:
    """The access token that follows."""
    form = {"grant_type": "refresh_token", "refresh_token": token}
    return str(api.post("/oauth/token", data=form).json()["access_token"])


def test_the_first_admin_gives_roles_and_what_is_taken_away_counts_no_longer(api: Api) -> None:
    assert claims(api.token or "")["roles"] == ["admin"]
    ben, program = add_person(api, BEN), api.post("/v1/programs", {"title": "Women in tech"}).json()["id"]
    role = {"role": "manager", "program_id": program}
    assert api.post(f"/v1/people/{ben}/roles", role).status_code == 200
    assert [one["id"] for one in api.get(f"/v1/staff?program_id={program}").json()["items"]] == [ben]
    admin, api.token = api.token, None
    tokens = sign_in(api, BEN)
    assert claims(tokens["access_token"])["roles"] == [f"manager:{program}"]
    api.token = tokens["access_token"]
    assert api.post(f"/v1/programs/{program}/publish").status_code == 200
    assert api.get(f"/v1/people/{ben}/roles").json()["roles"][0]["program_id"] == program
    assert api.get("/v1/staff").status_code == 403
    api.token = admin
    assert api.post(f"/v1/people/{ben}/roles/revoke", role).status_code == 200
    api.token = refresh_later(api, tokens["refresh_token"])
    assert "roles" not in claims(api.token)
    assert api.get(f"/v1/staff?program_id={program}").status_code == 403


def refresh_later(api: Api, token: str) -> str:
    api.token = None
    return refresh(api, token)
