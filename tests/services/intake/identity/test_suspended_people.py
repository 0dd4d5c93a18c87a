"""An admin suspends somebody: no token of theirs counts, and nobody lets them in until an admin does."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from shared.contracts.access import AccessRevoked, PersonResumed, PersonSuspended
from tests.services.intake.identity.issuing import ADA, administered, by_code, request_mail, sign_in, token_of
from tests.shared.web.api import Api

ZOE = "zoe@example.org"


@pytest.fixture
def api(tmp_path: Path) -> Iterator[Api]:
    """Requests are those of Zoe, the admin; Ada is in the organization."""
    with administered(tmp_path, ZOE) as found:
        found.token = token_of(found, ZOE)
        yield found


def ask(api: Api, what: str, person_id: str = "") -> httpx.Response:
    answer = api.post(f"/v1/people/{person_id or api.app.state.ada}/{what}")
    api.look_again()
    return answer


def test_who_is_suspended_is_signed_out_everywhere_and_is_not_let_in_until_an_admin_does(api: Api) -> None:
    zoe = api.token
    api.token = None
    tokens = sign_in(api)
    api.token = zoe
    assert ask(api, "suspend").status_code == 200
    assert [len(api.published(event, "access_id")) for event in (PersonSuspended, AccessRevoked)] == [1, 1]
    api.token = tokens["access_token"]
    assert api.get("/v1/organizations/acme").status_code == 401
    api.token = None
    form = {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]}
    assert api.post("/oauth/token", data=form).json()["error"] == "invalid_grant"
    refused = api.post("/v1/sign-in", by_code(request_mail(api)))
    assert (refused.status_code, refused.json()["code"]) == (403, "person-is-suspended")
    api.token = zoe
    assert ask(api, "resume").status_code == 200
    assert len(api.published(PersonResumed, "access_id")) == 1
    api.token = token_of(api, ADA)
    assert api.get("/v1/organizations/acme").status_code == 200


def test_what_was_done_already_is_said(api: Api) -> None:
    assert ask(api, "resume").json()["code"] == "person-not-suspended"
    ask(api, "suspend")
    assert ask(api, "suspend").json()["code"] == "suspended-already"


def test_an_admin_is_not_locked_out_and_nobody_else_locks_anybody_out(api: Api) -> None:
    zoe = api.post("/v1/people", {"name": "Zoe", "email": ZOE, "time_zone": "UTC"}).json()["person_id"]
    assert ask(api, "suspend", zoe).json()["code"] == "still-admin"
    assert ask(api, "suspend", "nobody").status_code == 404
    api.token = token_of(api, ADA)
    assert ask(api, "suspend").status_code == 403
