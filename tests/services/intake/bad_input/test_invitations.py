"""Invitations to a role that are wrong, used up or too late, over HTTP: a sentence, a remedy, and no role."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from shared.contracts.roles import PersonInvited, RoleGranted
from tests.services.intake.identity.issuing import ADA, administered, token_of
from tests.shared.web.api import Api

ROSA = "rosa@example.org"


@pytest.fixture
def api(tmp_path: Path) -> Iterator[Api]:
    """Rosa is the admin of acme; Ada is in it."""
    with administered(tmp_path, ROSA) as found:
        yield found


def be(api: Api, email: str) -> None:
    """From now on, requests are those of somebody who has just signed in."""
    api.token = token_of(api, email)


def invite(api: Api, email: str = ADA, **asked: Any) -> httpx.Response:
    be(api, ROSA)
    return api.post("/v1/role-invitations", {"email": email, "role": "admin", **asked})


def refused(answer: httpx.Response) -> tuple[int, str]:
    problem = answer.json()
    assert len(problem["detail"]) > 20, "there is a sentence"
    assert ":" in problem["detail"], "and what to do"
    return answer.status_code, problem["code"]


def granted(api: Api) -> int:
    return len(api.published(RoleGranted, "person_id"))


@pytest.mark.parametrize("spelling", [ROSA, ROSA.upper(), f" {ROSA} "])
def test_to_oneself(api: Api, spelling: str) -> None:
    invited = len(api.published(PersonInvited, "person_id"))
    assert refused(invite(api, spelling)) == (409, "invited-oneself")
    assert len(api.published(PersonInvited, "person_id")) == invited


def test_twice_while_the_first_is_open(api: Api) -> None:
    assert invite(api).status_code == 201
    assert refused(invite(api)) == (409, "already-invited")


def test_accepted_twice(api: Api) -> None:
    invitation = invite(api).headers["location"]
    be(api, ADA)
    assert api.post(f"{invitation}/accept").status_code == 200
    before = granted(api)
    assert refused(api.post(f"{invitation}/accept")) == (409, "invitation-used")
    assert granted(api) == before


def test_expired(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.intake.memberships.model.invitation.LIFETIME", timedelta(0))
    invitation = invite(api).headers["location"]
    be(api, ADA)
    before = granted(api)
    assert refused(api.post(f"{invitation}/accept")) == (409, "invitation-expired")
    assert granted(api) == before


def test_of_somebody_else_is_answered_as_if_there_were_none(api: Api) -> None:
    invitation = invite(api, "ben@example.org").headers["location"]
    be(api, ADA)
    theirs, none = api.post(f"{invitation}/accept"), api.post("/v1/role-invitations/nothing/accept")
    assert (theirs.status_code, theirs.json()["code"]) == (none.status_code, none.json()["code"])
    assert theirs.status_code == 404
    assert api.get(invitation).status_code == api.get("/v1/role-invitations/nothing").status_code == 404


def test_by_somebody_who_is_no_admin_any_more(api: Api) -> None:
    first = invite(api).headers["location"]
    be(api, ADA)
    api.post(f"{first}/accept")
    second = invite(api, "ben@example.org").headers["location"]
    be(api, ADA)
    (rosa,) = (one["id"] for one in api.get("/v1/people", params={"search": ROSA}).json()["items"])
    assert api.post(f"/v1/people/{rosa}/roles/revoke", {"role": "admin"}).status_code == 200
    be(api, "ben@example.org")
    before = granted(api)
    assert refused(api.post(f"{second}/accept")) == (403, "not-allowed")
    assert granted(api) == before


WRONG: dict[str, dict[str, Any]] = {
    "an address without a host": {"email": "ada@"},
    "two addresses": {"email": "ada@example.org, ben@example.org"},
    "an address with a line break": {"email": "ada@example.org\nBcc: all@example.org"},
    "a list of addresses": {"email": ["ada@example.org"]},
    "no role that there is": {"role": "owner"},
    "a list of roles": {"role": ["admin"]},
    "an admin of one program": {"role": "admin", "program_id": "north"},
    "a manager of no program": {"role": "manager"},
    "a name of line breaks": {"name": "\n\n"},
    "a zone that is none": {"time_zone": "Mars/Olympus"},
    "more than is asked for": {"is_owner": True},
}


@pytest.mark.parametrize("wrong", WRONG)
def test_of_the_wrong_form(api: Api, wrong: str) -> None:
    people = len(api.rows("person"))
    answer = invite(api, **{"email": ADA, **WRONG[wrong]})
    assert answer.status_code == 422
    assert all(error["detail"] for error in answer.json()["errors"])
    assert len(api.rows("person")) == people, "nobody is made"
