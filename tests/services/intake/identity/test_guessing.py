"""Who guesses links and codes, or asks for too many mails, is told to wait, and the person hears of it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from services.intake.identity.attempts import SIGN_IN_MAILS, WRONG_CODES, WRONG_CREDENTIALS
from services.intake.identity.model.access import PER_HOUR
from services.intake.identity.model.sign_in_requests import TRIES
from shared.contracts.access import SignInGuessed, SignInRequested
from tests.services.intake.identity.issuing import (
    add_person,
    by_code,
    by_link,
    issuing,
    request_mail,
    requested,
    sign_in_operator,
)
from tests.shared.web.api import Api

GUESS = {"link": "acme.0190.guess"}


@pytest.fixture
def api(tmp_path: Path) -> Iterator[Api]:
    """Nobody has a token; Ada is known in acme."""
    with issuing(tmp_path) as found:
        sign_in_operator(found)
        add_person(found)
        found.token = None
        yield found


def wrong(asked: dict[str, str]) -> dict[str, str]:
    shown = by_code(asked)
    return shown | {"code": f"{(int(shown['code']) + 1) % 1_000_000:06}"}


def test_nobody_is_mailed_more_than_five_times_an_hour_and_is_told_nothing_of_it(api: Api) -> None:
    asked = [request_mail(api) for _ in range(PER_HOUR + 1)]
    assert len(api.published(SignInRequested, "request_id")) == PER_HOUR
    answers = [api.post("/v1/sign-in", by_code(one)).status_code for one in asked]
    assert answers == [200] * PER_HOUR + [403]


def test_a_network_asks_for_thirty_mails_an_hour(api: Api) -> None:
    body = {"organization": "acme", "email": "somebody@example.org"}
    answers = [api.post("/v1/sign-in/requests", body) for _ in range(SIGN_IN_MAILS.times + 1)]
    assert [answer.status_code for answer in answers] == [202] * SIGN_IN_MAILS.times + [429]
    assert (answers[-1].json()["code"], 3500 < int(answers[-1].headers["retry-after"]) <= 3600) == (
        "too-many-attempts",
        True,
    )


def test_a_code_stands_five_wrong_ones_and_its_person_hears_of_it(api: Api) -> None:
    asked = request_mail(api)
    for _ in range(TRIES - 1):
        assert api.post("/v1/sign-in", wrong(asked)).status_code == 403
    assert api.published(SignInGuessed, "request_id") == []
    assert api.post("/v1/sign-in", wrong(asked)).status_code == 403
    assert api.published(SignInGuessed, "request_id") == [requested(asked).id]
    assert api.post("/v1/sign-in", by_code(asked)).status_code == 403


def test_wrong_codes_all_over_an_organization_close_codes_there_and_leave_links_open(api: Api) -> None:
    asked, other = request_mail(api), request_mail(api, "nobody@example.org")
    for number in range(WRONG_CODES.times):
        guess = by_code(other) | {"request": f"acme.guess-{number}"}
        assert api.post("/v1/sign-in", guess).status_code == 403
    assert api.post("/v1/sign-in", by_code(asked)).status_code == 429
    assert api.post("/v1/sign-in", by_link(asked)).status_code == 200


def test_who_guesses_links_is_told_to_wait_and_who_has_one_is_let_in(api: Api) -> None:
    shown = by_link(request_mail(api))
    answers = [api.post("/v1/sign-in", GUESS).status_code for _ in range(WRONG_CREDENTIALS.times + 1)]
    assert answers == [403] * WRONG_CREDENTIALS.times + [429]
    assert api.post("/v1/sign-in", shown).status_code == 200
