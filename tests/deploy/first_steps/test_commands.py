"""What `ithaca invite` and `ithaca sign-in` say where they cannot do it."""

from pathlib import Path

import pytest
from typer import Typer
from typer.testing import CliRunner

from deploy.first_steps import invite, sign_in
from deploy.first_steps.invite import reason
from deploy.tour.api import Refused

WORDS = {
    "invite": ("--organization", "acme", "--email", "noor@example.org"),
    "sign-in": (),
    "sign-in of operators": ("--operator",),
}
APPS = {"invite": invite.app, "sign-in": sign_in.app, "sign-in of operators": sign_in.app}


@pytest.mark.parametrize("name", APPS)
def test_without_a_system_they_say_how_to_start_one(name: str, tmp_path: Path) -> None:
    unset = dict.fromkeys(("ITHACA_SERVICES", "ITHACA_CLIENT_ID", "ITHACA_CLIENT_SECRET"))
    app: Typer = APPS[name]
    result = CliRunner().invoke(app, WORDS[name], env={"ITHACA_HOME": str(tmp_path), **unset})
    assert result.exit_code == 1
    assert f"No system runs in {tmp_path}. Start one with `ithaca up`" in result.output


def test_a_refusal_says_what_is_wrong_in_which_field() -> None:
    problem = {"detail": "One field is wrong.", "errors": [{"field": "/email", "detail": "This is no address."}]}
    assert reason(Refused(422, problem)) == "One field is wrong.\n  /email: This is no address."
