import json
import os
import signal

import pytest
from rich.text import Text

from deploy.operate.events import app
from tests.deploy.operate.speaking import Asked, Json, Speaking
from tests.deploy.operate.told import event, event_id


def numbers(output: str) -> list[int]:
    """Of the events that are shown, in that order."""
    return [int(line.split()[-1][-6:]) for line in output.splitlines() if line.startswith("2027")]


def test_events_of_all_services_are_in_order_of_time(services: Speaking) -> None:
    services.journals["intake"] = [event(1), event(4)]
    services.journals["matching"] = [event(2), event(3)]
    result = services.run(app)
    assert result.exit_code == 0
    assert numbers(result.output) == [1, 2, 3, 4]


def test_piped_a_line_has_all_that_a_program_wants(services: Speaking) -> None:
    services.journals["matching"] = [event(1)]
    assert services.run(app, width=40).output == (
        "2027-01-19T19:22:00.000Z northlight matching ithaca.matching.MatchAccepted.v1 "
        f"match/01a327d0-c2cb-70d4-bbea-000000000001 {event_id(1)}\n"
    )


@pytest.mark.parametrize("width", [80, 100])
def test_in_a_terminal_an_event_takes_one_line_that_fits(services: Speaking, width: int) -> None:
    services.journals["sessions"] = [
        event(123456, "sessions.RelationshipStarted", subject="relationship/01a327d0-c2cb")
    ]
    result = services.run(app, width=width, FORCE_COLOR="1", NO_COLOR="1", TERM="xterm")
    (shown,) = [Text.from_ansi(line).plain for line in result.output.splitlines() if "19:22:00.000" in line]
    assert shown.startswith("19:22:00.000 123456 northlight   sessions   RelationshipStarted relationship/")
    assert len(shown) <= width


def test_the_latest_are_shown_without_a_time(services: Speaking) -> None:
    services.journals["intake"] = [event(number) for number in range(1, 10, 2)]
    services.journals["matching"] = [event(8)]
    assert numbers(services.run(app, "--limit", "3").output) == [7, 8, 9]


def test_since_a_time_all_are_shown_page_by_page(services: Speaking) -> None:
    services.journals["intake"] = [event(number, seconds=number % 60) for number in range(1, 1200)]
    services.journals["matching"] = [event(number) for number in range(1, 700)]
    assert len(numbers(services.run(app, "--since", "2027-01-19T19:00Z").output)) == 1199 + 699


def test_filters_are_the_services_own(services: Speaking) -> None:
    services.journals["intake"] = [event(1), event(2, tenant="elsewhere"), event(3, "matching.MatchDeclined")]
    assert numbers(services.run(app, "--tenant", "northlight", "--type", "MatchAccepted").output) == [1]


@pytest.mark.parametrize("time", ["yesterday", "2027-01-19T19:00", "10 m"])
def test_a_time_that_is_none_is_told_with_what_is_understood(services: Speaking, time: str) -> None:
    result = services.run(app, "--since", time, width=200)
    assert result.exit_code == 2
    assert "Invalid value for '--since'" in result.output
    assert "say 10m, 2h or 7d ago, or 2026-01-31T12:00Z" in result.output


def test_the_data_is_shown_when_asked_for(services: Speaking) -> None:
    services.journals["matching"] = [event(1)]
    output = services.run(app, "--full").output
    assert '"note": "[bold] is no markup"' in output
    assert '"actor": "person/01a2ef97-7bcb-7239-a9ee-9e4b0378f603"' in output


def test_an_event_of_800_kilobytes_is_shown_whole(services: Speaking) -> None:
    services.journals["matching"] = [event(1, data={"text": "x" * 800_000})]
    assert "x" * 800_000 in services.run(app, "--full").output


def test_a_tenant_without_events_shows_nothing(services: Speaking) -> None:
    result = services.run(app, "--tenant", "nobody")
    assert (result.exit_code, result.output) == (0, "")


def test_programs_get_each_event_as_a_line_of_json(services: Speaking) -> None:
    services.journals["matching"] = [event(1), event(2)]
    shown = [json.loads(line) for line in services.run(app, "--json").output.splitlines()]
    assert [each["id"] for each in shown] == [event_id(1), event_id(2)]
    assert {"service": "matching", "sequence": "2"}.items() <= shown[0].items()


def test_a_service_that_is_down_is_told_and_the_others_are_shown(services: Speaking) -> None:
    services.journals["matching"] = [event(1)]
    services.elsewhere["sessions"] = "http://127.0.0.1:1"
    result = services.run(app)
    assert result.exit_code == 1
    assert numbers(result.stdout) == [1]
    assert "sessions does not answer" in result.stderr


def test_following_shows_each_event_once_as_it_comes(services: Speaking, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("deploy.operate.events.PERIOD", 0.01)
    services.journals["matching"] = [event(1)]
    asked = list[str | None]()

    def then_more(request: Asked) -> Json:
        asked.append(request.parameters.get("after"))
        if len(asked) == 3:
            services.journals["matching"].append(event(2, seconds=1))
        if len(asked) == 6:
            os.kill(os.getpid(), signal.SIGINT)
        return services.page(request)

    services.say("matching", "/events", then_more)
    result = services.run(app, "--follow")
    assert result.exit_code == 0
    assert numbers(result.output) == [1, 2]
    assert asked[1:6] == ["1", "1", "2", "2", "2"]


def test_following_goes_on_without_a_service_and_says_when_it_is_back(
    services: Speaking, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("deploy.operate.events.PERIOD", 0.01)
    asked = list[str]()

    def now_and_then(request: Asked) -> Json:
        asked.append(request.path)
        if len(asked) == 6:
            os.kill(os.getpid(), signal.SIGINT)
        return services.page(request) if len(asked) not in (2, 3) else {"no": "page"}

    services.say("matching", "/events", now_and_then)
    result = services.run(app, "--follow")
    assert result.exit_code == 0
    assert result.stderr.count("matching answers something else") == 1
    assert "matching answers again." in result.stderr
