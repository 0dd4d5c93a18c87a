"""Who leaves or is erased is refused from that moment on, whatever they show."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from shared.engine.batch import outbox
from tests.services.intake.identity.issuing import (
    ADA,
    add_person,
    administered,
    by_code,
    request_mail,
    sign_in,
    sign_in_operator,
    token_of,
)
from tests.shared.web.api import Api

ZOE = "zoe@example.org"


@pytest.fixture
def api(tmp_path: Path) -> Iterator[Api]:
    """Zoe is the admin; Ada is in the organization."""
    with administered(tmp_path, ZOE) as found:
        yield found


def go(api: Api, what: str, token: str) -> int:
    """Ask for it with that token, and have the service look what is revoked."""
    api.token = token
    status = api.post(f"/v1/people/{api.app.state.ada}/{what}").status_code
    api.look_again()
    return status


@pytest.mark.parametrize("what", ["leave", "erase"])
def test_no_token_of_theirs_counts_any_longer_nor_gives_another(api: Api, what: str) -> None:
    api.token = None
    tokens = sign_in(api)
    assert go(api, what, tokens["access_token"]) == 200
    assert api.get("/v1/organizations/acme").status_code == 401
    api.token = None
    form = {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]}
    assert api.post("/oauth/token", data=form).json()["error"] == "invalid_grant"


def test_who_has_left_is_told_so_when_they_sign_in_and_is_let_in_again_by_an_admin(api: Api) -> None:
    ada, zoe = token_of(api, ADA), token_of(api, ZOE)
    go(api, "leave", ada)
    api.token = None
    refused = api.post("/v1/sign-in", by_code(request_mail(api)))
    assert (refused.status_code, refused.json()["code"]) == (403, "has-left")
    assert go(api, "resume", zoe) == 200
    assert token_of(api, ADA)


def test_who_is_erased_gets_no_mail_and_is_answered_as_somebody_unknown(api: Api) -> None:
    go(api, "erase", token_of(api, ZOE))
    api.token = None
    erased, unknown = request_mail(api), request_mail(api, "nobody@example.org")
    refused = [api.post("/v1/sign-in", by_code(one)) for one in (erased, unknown)]
    assert [one.status_code for one in refused] == [403, 403]
    assert refused[0].json()["code"] == refused[1].json()["code"] == "sign-in-refused"


def test_nobody_has_somebody_else_leave_and_only_admins_erase_others(api: Api) -> None:
    assert go(api, "leave", token_of(api, ZOE)) == 404
    ben = add_person(signed_in_as_operator(api), "ben@example.org")
    ada = token_of(api, ADA)
    api.token = ada
    assert [api.post(f"/v1/people/{ben}/{what}").status_code for what in ("leave", "erase")] == [404, 404]


def signed_in_as_operator(api: Api) -> Api:
    sign_in_operator(api)
    return api


def test_the_trail_says_that_it_happened_and_nothing_of_whom(api: Api) -> None:
    go(api, "erase", token_of(api, ZOE))
    rows = api.runner.run(api.store.find(outbox.COLLECTION, {"unchained": True}))
    (line,) = [one for row in rows for one in row["lines"] if one["operation"] == "ErasePerson"]
    assert api.app.state.ada in str(line)
    assert "ada@example.org" not in str(rows)
    assert "Lovelace" not in str(rows)
