import json
import os
import signal

import pytest
from starlette.responses import Response

from deploy.operate.status import app
from tests.deploy.operate.speaking import NAMES, Asked, Json, Speaking
from tests.deploy.operate.told import gap, replica, status


def all_well(services: Speaking, **changed: Json) -> None:
    for name in NAMES:
        services.say(name, "/status", status(name, **changed.get(name, {})))


def line(output: str, *words: str) -> str:
    """The one line that has all the words."""
    (found,) = (each for each in output.splitlines() if all(word in each for word in words))
    return found


def test_every_service_has_a_line_with_its_figures(services: Speaking) -> None:
    all_well(services, matching={"lag": {"total": 1204, "partitions": []}, "dead_letters": 10_000})
    result = services.run(app)
    assert result.exit_code == 0
    assert " ".join(line(result.output, "● intake").split()[2:]) == "12 1.2k 0 0 0 0 0 0 0 50 4.2 12"
    assert " ".join(line(result.output, "▲ matching ").split()[2:]) == "12 1.2k 1.2k 0 0 0 0 0 10k+ 50 4.2 12"
    assert "matching: dead letters (10,000+), `ithaca deadletters list --service matching`" in result.output


@pytest.mark.parametrize("width", [40, 80])
def test_it_fits_the_terminal_and_is_plain_text_when_piped(services: Speaking, width: int) -> None:
    two = [replica("host-1-0000000a", role="api"), replica("host-2-0000000b", role="worker", command_p95_ms=99_999)]
    many = {"chunks": 9999, "oldest_seconds": 3500.0}
    all_well(services, matching={"replicas": two, "outbox": many, "effects": {"waiting": 9999, "failing": 9999}})
    result = services.run(app, width=width)
    assert max(map(len, result.output.splitlines())) <= width
    assert "\x1b" not in result.output
    assert all(name in result.output for name in NAMES)
    assert "worker" in result.output


def test_a_terminal_has_color_unless_that_is_not_wanted(services: Speaking) -> None:
    all_well(services)
    assert "\x1b[32m●" in services.run(app, FORCE_COLOR="1", TERM="xterm-256color").output
    assert "\x1b[32m" not in services.run(app, FORCE_COLOR="1", TERM="xterm-256color", NO_COLOR="1").output


def test_a_service_that_is_down_takes_a_line_and_the_others_are_shown(services: Speaking) -> None:
    all_well(services)
    services.elsewhere["sessions"] = "http://127.0.0.1:1"
    result = services.run(app, width=200)
    assert result.exit_code == 1
    assert line(result.output, "● matching")
    assert line(result.output, "✗ sessions", "gives no answer")
    assert "sessions does not answer at 127.0.0.1:1 (" in result.output
    assert "Look whether it runs there" in result.output


def test_a_service_that_is_slow_is_not_waited_for(services: Speaking, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("deploy.operate.status.PATIENCE", 0.3)
    all_well(services)
    services.slow.add("sessions")
    result = services.run(app, width=200)
    assert result.exit_code == 1
    assert line(result.output, "● intake")
    assert "sessions gives no answer in 0.3 s" in result.output


def test_without_tokens_it_is_still_told_who_is_ready(services: Speaking) -> None:
    services.elsewhere["intake"] = "http://127.0.0.1:1"
    result = services.run(app, width=200)
    assert result.exit_code == 1
    assert "intake does not answer at 127.0.0.1:1" in result.output
    assert "matching is ready; its figures take a token, which intake does not give." in result.output


def test_a_service_that_does_not_reach_its_database_says_so(services: Speaking) -> None:
    all_well(services, sessions={"database": "The database cannot be reached: look at ITHACA_MONGO_URL."})
    result = services.run(app, width=200)
    assert result.exit_code == 1
    assert "▲ sessions's database: The database cannot be reached: look at ITHACA_MONGO_URL." in result.output


def test_what_the_broker_does_not_tell_is_not_taken_for_zero(services: Speaking) -> None:
    all_well(services, sessions={"lag": None, "broker": "The broker cannot be reached."})
    assert line(services.run(app).output, "▲ sessions ").split()[4] == "-"


def test_handlers_that_are_held_back_are_named(services: Speaking) -> None:
    all_well(services, matching={"replicas": [replica(paused_handlers=["enter_pool"])]})
    assert "matching has paused enter_pool" in services.run(app, width=200).output


def test_a_topic_in_which_something_is_missing_is_named_with_what_shows_more(services: Speaking) -> None:
    all_well(services, matching={"gaps": [gap(), gap(topic="garden.people", state="failed")]})
    output = services.run(app, width=200).output
    assert "▲ matching lacks records of garden.intake, reads no partition 3, and asks its publishers for it" in output
    assert "▲ matching lacks records of garden.people, reads no partition 3, and waits for you" in output
    assert output.count("`ithaca topics gaps --service matching`") == 2


def test_programs_get_what_the_services_said(services: Speaking) -> None:
    all_well(services)
    services.elsewhere["sessions"] = "http://127.0.0.1:1"
    result = services.run(app, "--json")
    said = json.loads(result.output)
    assert result.exit_code == 1
    assert said["matching"] == status("matching")
    assert said["sessions"]["problem"].startswith("sessions does not answer")


def test_watching_looks_again_until_it_is_interrupted(services: Speaking, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("deploy.operate.status.PERIOD", 0.01)
    all_well(services)

    def third(_: Asked) -> Json | Response:
        if len(services.asked) >= 3 * len(NAMES):
            os.kill(os.getpid(), signal.SIGINT)
        return status("intake")

    services.say("intake", "/status", third)
    result = services.run(app, "--watch")
    assert result.exit_code == 0
    assert "● matching" in result.output
