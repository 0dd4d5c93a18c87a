from pathlib import Path

import pytest
from starlette.responses import JSONResponse, Response

from deploy.local.running import announced, write_privately
from deploy.operate.timers import app
from tests.deploy.local.test_running import running
from tests.deploy.operate.speaking import NAMES, Asked, Json, Speaking
from tests.deploy.operate.told import page


@pytest.fixture
def services(services: Speaking) -> Speaking:
    """Nothing is planned."""
    for name in NAMES:
        services.say(name, "/timers", page())
    return services


def test_one_token_is_asked_for_however_many_are_asked(services: Speaking) -> None:
    assert services.run(app).exit_code == 0
    assert services.tokens == 1


def test_a_token_that_has_expired_is_replaced(services: Speaking) -> None:
    def expired(asked: Asked) -> Json | Response:
        if len([one for one in services.asked if one.service == asked.service]) > 1:
            return page()
        return JSONResponse({"detail": "The token has expired."}, 401)

    services.say("matching", "/timers", expired)
    result = services.run(app, "--service", "matching")
    assert (result.exit_code, services.tokens) == (0, 2)


def test_credentials_that_are_refused_are_told_with_where_to_set_them(services: Speaking) -> None:
    result = services.run(app, ITHACA_CLIENT_SECRET="wrong")
    assert result.exit_code == 1
    assert result.stderr == (
        "intake gives no token: There is no client with this id and secret. "
        "ITHACA_CLIENT_ID and ITHACA_CLIENT_SECRET name an operator.\n"
    )


def test_credentials_that_are_missing_are_asked_for(services: Speaking) -> None:
    result = services.run(app, ITHACA_CLIENT_ID="")
    assert result.stderr == "Set ITHACA_CLIENT_ID and ITHACA_CLIENT_SECRET to an operator's credentials.\n"


def test_a_refusal_is_shown_as_its_detail_and_the_fields_that_are_wrong(services: Speaking) -> None:
    wrong = [{"in": "query", "field": "limit", "detail": "Too large", "remedy": "Send less."}]
    services.refuse("matching", "/timers", 422, "Correct what errors lists.", errors=wrong)
    services.refuse("intake", "/timers", 403, "This is for operators.")
    result = services.run(app)
    assert result.exit_code == 1
    assert "intake: This is for operators.\n" in result.stderr
    assert "matching: Correct what errors lists.\n  limit: Too large. Send less.\n" in result.stderr


def test_a_service_of_an_older_version_is_named_as_such(services: Speaking) -> None:
    services.says.pop(("GET", "matching", "/timers"))
    result = services.run(app)
    assert "matching has no /matching/v1/admin/timers: it is older than this command line." in result.stderr


def test_an_answer_that_is_not_understood_is_told_with_the_place(services: Speaking) -> None:
    services.say("matching", "/timers", page({"id": "x"}))
    assert "matching answers something else than is understood here (items.0.tenant)" in services.run(app).stderr


def test_somebody_else_at_the_address_is_noticed(services: Speaking) -> None:
    services.say("matching", "/timers", Response("<html>", 502))
    assert "answers 502, and not as matching does. Look whether that is its address." in services.run(app).stderr


def test_services_may_be_named_and_placed_by_options(services: Speaking) -> None:
    options = ["--service", f"intake={services.address}/intake", "--service", f"sessions={services.address}/sessions/"]
    assert services.run(app, *options, ITHACA_SERVICES="").exit_code == 0
    assert {asked.service for asked in services.asked} == {"intake", "sessions"}


@pytest.mark.parametrize(
    ("option", "sentence"),
    [
        ("billing", "There is no service billing: there are intake, matching, sessions."),
        ("intake=127.0.0.1:20", "intake=127.0.0.1:20 is no service's address: give it as NAME=http://host:port."),
        ("matching=http://127.0.0.1:20", "Tokens come from intake: give its address too, as --service intake=URL."),
    ],
)
def test_a_service_that_cannot_be_meant_is_told(services: Speaking, option: str, sentence: str) -> None:
    result = services.run(app, "--service", option)
    assert (result.exit_code, result.stderr) == (1, f"{sentence}\n")


def test_without_an_address_the_system_of_this_machine_is_asked(services: Speaking, tmp_path: Path) -> None:
    write_privately(tmp_path / "operator.json", '{"client_id": "operator", "client_secret": "a secret"}')
    addresses = {name: f"{services.address}/{name}" for name in NAMES}
    here = running(tmp_path).model_copy(update={"services": addresses | {"notify": "http://127.0.0.1:1"}})
    with announced(here, tmp_path):
        result = services.run(app, ITHACA_SERVICES=None, ITHACA_CLIENT_ID=None, ITHACA_HOME=str(tmp_path))
    assert {asked.service for asked in services.asked} == set(NAMES)
    assert f"Look at {tmp_path}/logs/notify.log, or start the system anew with `ithaca up`." in result.stderr


def test_without_a_system_it_is_said_how_to_have_one(services: Speaking, tmp_path: Path) -> None:
    result = services.run(app, ITHACA_SERVICES=None, ITHACA_HOME=str(tmp_path))
    assert result.exit_code == 1
    assert result.stderr.startswith(f"No system runs in {tmp_path}. Start one with `ithaca up`; or set ITHACA_SERVICES")
