import json

import pytest

from deploy.operate.events import app
from tests.deploy.operate.speaking import Speaking
from tests.deploy.operate.told import COMMAND, event, event_id


@pytest.fixture
def services(services: Speaking) -> Speaking:
    """A match was accepted: a relationship starts, a reminder goes out; and something else happens too."""
    services.journals["matching"] = [event(1), event(9, correlationid="another", causationid="another")]
    services.journals["sessions"] = [event(2, "sessions.RelationshipStarted", 0.018, causationid=event_id(1))]
    services.journals["intake"] = [
        event(3, "notify.ReminderFired", 1.5, causationid=event_id(2)),
        event(4, "matching.MatchExpired", 40, causationid="a timer"),
    ]
    return services


TREE = f"""\
4 events of northlight since 2027-01-19T19:22:00.000Z, correlation {COMMAND}
├── command {COMMAND}
│   └── +0ms matching MatchAccepted match/000001 000001
│       └── +18ms sessions RelationshipStarted match/000002 000002
│           └── +1.5s intake ReminderFired match/000003 000003
└── command, timer or outcome a timer
    └── +40s intake MatchExpired match/000004 000004
"""


@pytest.mark.parametrize("id", [COMMAND, event_id(3), "000002"])
def test_all_that_a_command_has_caused_is_a_tree_whichever_of_its_ids_is_known(services: Speaking, id: str) -> None:
    result = services.run(app, "--trace", id, width=120)
    assert result.exit_code == 0
    assert result.output == TREE


def test_a_command_is_found_by_its_own_id_though_it_was_given_a_correlation_id(services: Speaking) -> None:
    services.journals["matching"].append(event(5, correlationid="order-4711"))
    services.journals["matching"][0]["causationid"] = services.journals["matching"][0]["correlationid"] = "yet another"
    for each in services.journals["intake"]:
        each["correlationid"] = "yet another"
    services.journals["sessions"].clear()
    assert "1 event of northlight since 2027-01-19T19:22:00.000Z, correlation order-4711" in (
        services.run(app, "--trace", COMMAND, width=120).output
    )


def test_the_tree_fits_a_narrow_terminal(services: Speaking) -> None:
    output = services.run(app, "--trace", COMMAND, width=40).output
    assert max(map(len, output.splitlines())) <= 40


def test_programs_get_the_events(services: Speaking) -> None:
    shown = json.loads(services.run(app, "--trace", COMMAND, "--json").output)
    assert [each["id"] for each in shown] == [event_id(number) for number in (1, 2, 3, 4)]


@pytest.mark.parametrize(
    "id", ["nothing", "01a32f66-0000-7000-8000-000000000000", "ffffffff-ffff-ffff-ffff-ffffffffffff"]
)
def test_an_id_that_nothing_has_is_told(services: Speaking, id: str) -> None:
    result = services.run(app, "--trace", id)
    assert result.exit_code == 1
    assert f"There is no event, command or correlation {id}: `ithaca events` shows what there is." in result.stderr


def test_a_part_that_is_not_told_is_missed(services: Speaking) -> None:
    services.elsewhere["sessions"] = "http://127.0.0.1:1"
    result = services.run(app, "--trace", COMMAND, width=120)
    assert result.exit_code == 1
    assert "Its events are not shown: sessions does not answer" in result.stderr
