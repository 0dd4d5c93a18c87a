import os
import signal
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from deploy.operate import rebuild, replay, topics
from tests.deploy.operate.speaking import NAMES, Asked, Json, Speaking
from tests.deploy.operate.told import gap, page


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("deploy.operate.progress.PERIOD", 0.01)


def in_turn(*answers: Json) -> Callable[[Asked], Json]:
    """Says one after the other; the last one again and again."""
    left: Iterator[Json] = iter(answers)
    return lambda _: next(left, answers[-1])


def replayed(**changed: Any) -> Json:
    told = {
        "name": "warehouse-1",
        "topic": "garden.matching.replay.warehouse",
        "group": "warehouse",
        "state": "running",
        "published": 0,
        "expected": 1200,
        "error": None,
        "started_at": "2027-01-19T19:22:54.090Z",
        "ended_at": None,
    }
    return told | changed


def model(**changed: Any) -> Json:
    told = {
        "name": "facts",
        "generation": 1,
        "building": 2,
        "state": "rebuilding",
        "phase": "replaying",
        "done": 10,
        "expected": 1200,
        "error": None,
        "switched_at": None,
        "position": None,
    }
    return told | changed


LIVE = model(generation=2, building=None, state="live", phase=None, done=1200, switched_at="2027-01-19T19:22:54.090Z")


def growth(state: str, sentence: str) -> Json:
    return {"topic": "garden.matching", "from": 12, "to": 24, "state": state, "sentence": sentence}


def test_a_replay_is_watched_until_it_is_done(services: Speaking) -> None:
    services.say("matching", "/replays", replayed(), "POST")
    services.say(
        "matching", "/replays/warehouse-1", in_turn(replayed(published=600), replayed(state="done", published=1200))
    )
    result = services.run(
        replay.app, "matching", "--group", "warehouse", "--type", "MatchAccepted", "--tenant", "northlight"
    )
    assert result.exit_code == 0
    assert "garden.matching.replay.warehouse: 1,200 events" in result.output
    assert services.posted()[0].body == {"group": "warehouse", "tenant": "northlight", "types": ["MatchAccepted"]}


def test_a_replay_that_fails_says_why(services: Speaking) -> None:
    services.say("matching", "/replays", replayed(state="failed", error="The broker went away: ask again."), "POST")
    result = services.run(replay.app, "matching", "--group", "warehouse")
    assert result.exit_code == 1
    assert "It was not done: The broker went away: ask again." in result.stderr


def test_a_group_that_is_live_is_refused_with_the_services_sentence(services: Speaking) -> None:
    services.refuse("matching", "/replays", 409, "The group warehouse has 3 members now: stop them first.", "POST")
    result = services.run(replay.app, "matching", "--group", "warehouse")
    assert result.stderr == "matching: The group warehouse has 3 members now: stop them first.\n"


def test_interrupted_the_replay_goes_on_and_the_command_to_come_back_has_fixed_times(services: Speaking) -> None:
    def interrupted(_: Asked) -> Json:
        os.kill(os.getpid(), signal.SIGINT)
        return replayed()

    services.say("matching", "/replays", replayed(), "POST")
    services.say("matching", "/replays/warehouse-1", interrupted)
    words = ["matching", "--group", "ware house", "--type", "A", "--type", "B", "--since", "7d"]
    result = services.run(replay.app, *words)
    assert result.exit_code == 130
    since = services.posted()[0].body["since"]
    assert since.endswith("Z")
    back = f"ithaca replay matching --group 'ware house' --type A --type B --since {since}"
    assert f"It goes on. Come back with: {back}\n" in result.stderr


def test_replays_are_listed_without_a_group(services: Speaking) -> None:
    for name in NAMES:
        services.say(name, "/replays", page())
    assert services.run(replay.app).output == "There is no replay.\n"
    services.say("matching", "/replays", page(replayed(published=600)))
    assert "warehouse" in services.run(replay.app, "matching").output
    assert services.asked[-1].service == "matching"


def test_a_rebuild_is_watched_through_its_phases(services: Speaking) -> None:
    services.say("matching", "/models/facts/rebuild", model(), "POST")
    stages = [model(done=600), model(phase="catching-up", done=1200), LIVE]
    services.say("matching", "/models", in_turn(*[page(each) for each in stages]))
    result = services.run(rebuild.app, "matching", "facts")
    assert result.exit_code == 0
    assert result.output.splitlines() == [
        "facts takes the journal",
        "facts catches up with what came meanwhile",
        "facts is read at generation 2; events: 1,200",
    ]


def test_a_terminal_shows_how_far_a_rebuild_is(services: Speaking) -> None:
    services.say("matching", "/models/facts/rebuild", model(done=600), "POST")
    services.say("matching", "/models", page(LIVE))
    result = services.run(rebuild.app, "matching", "facts", FORCE_COLOR="1", NO_COLOR="1", TERM="xterm", width=100)
    assert "1200/1200" in result.output


def test_a_rebuild_that_fails_leaves_the_old_one_and_says_why(services: Speaking) -> None:
    services.say("matching", "/models/facts/rebuild", model(), "POST")
    services.say("matching", "/models", page(model(state="failed", building=None, error="Event 42 cannot be applied.")))
    result = services.run(rebuild.app, "matching", "facts")
    assert result.exit_code == 1
    assert "It was not done: Event 42 cannot be applied." in result.stderr


def test_a_service_that_goes_away_meanwhile_is_told_with_the_way_back(services: Speaking) -> None:
    services.say("matching", "/models/facts/rebuild", model(), "POST")
    services.refuse("matching", "/models", 503, "The database did not answer in time.")
    result = services.run(rebuild.app, "matching", "facts")
    assert result.exit_code == 1
    assert "What was begun goes on. Come back with: ithaca rebuild matching facts" in result.stderr


def test_a_rebuild_can_be_given_up(services: Speaking) -> None:
    services.say("matching", "/models/facts/abandon", model(building=None, state="live"), "POST")
    assert services.run(rebuild.app, "matching", "facts", "--abandon").output == "facts stays at generation 1.\n"


def test_read_models_are_listed_without_a_name(services: Speaking) -> None:
    services.say("matching", "/models", page(LIVE))
    output = services.run(rebuild.app, "matching").output
    assert output.splitlines()[1].split() == ["matching", "facts", "2", "live", "2027-01-19", "19:22:54"]


def test_a_service_that_there_is_not_is_told_with_those_that_there_are(services: Speaking) -> None:
    for app, words in ((rebuild.app, ["billing", "facts"]), (topics.app, ["grow", "billing", "24"])):
        result = services.run(app, *words, "--yes" if "grow" in words else "--abandon")
        assert (result.exit_code, result.stderr) == (
            1,
            "There is no service billing: there are intake, matching, sessions.\n",
        )


def test_a_topic_grows_after_a_confirmation_told_step_by_step(services: Speaking) -> None:
    services.say("matching", "/topics/grow", growth("stopping", "Waits for the relay."), "POST")
    last = growth("done", "garden.matching has 24 partitions.")
    services.say("matching", "/topics/grow", in_turn(growth("draining", "3 events are to be read."), last))
    assert services.run(topics.app, "grow", "matching", "24", typed="n\n").exit_code == 1
    assert not services.posted()
    result = services.run(topics.app, "grow", "matching", "24", "--yes")
    assert result.exit_code == 0
    assert result.output.splitlines() == [
        "Waits for the relay.",
        "3 events are to be read.",
        "garden.matching has 24 partitions.",
    ]


def test_topics_are_shown_beside_what_they_should_be(services: Speaking) -> None:
    for name in NAMES:
        services.say(name, "/topics", page())
    topic = {"name": "garden.matching", "partitions": 12, "compacted": False, "found_partitions": 6}
    differences = ["It has 6 partitions instead of 12: `ithaca topics grow matching 12`."]
    for name in ("matching", "sessions"):
        services.say(name, "/topics", page(topic | {"found_compacted": False, "differences": differences}))
    output = services.run(topics.app, width=120).output
    assert "garden.matching  6, not 12   for a time  matching, sessions" in output
    assert output.count("▲ garden.matching: It has 6 partitions instead of 12") == 1


def test_what_is_missing_in_topics_is_listed_with_what_its_repair_waits_for(services: Speaking) -> None:
    for name in NAMES:
        services.say(name, "/gaps", page())
    assert services.run(topics.app, "gaps").output == "Nothing is missing in any topic.\n"
    services.say("matching", "/gaps", page(gap(error="It waits for intake.")))
    output = services.run(topics.app, "gaps", width=200).output
    (line,) = [line for line in output.splitlines() if "garden.intake" in line]
    assert line.split()[:6] == ["matching", "garden.intake", "3", "120", "to", "479"]
    assert "▲ matching: It waits for intake." in output


def test_to_go_on_without_what_is_missing_is_confirmed_before(services: Speaking) -> None:
    services.say("matching", "/gaps/skip", page(), "POST")
    words = ("skip", "matching", "garden.intake", "--partition", "3")
    assert services.run(topics.app, *words, typed="n\n").exit_code == 1
    assert not services.posted()
    result = services.run(topics.app, *words, "--yes")
    assert (result.exit_code, result.output) == (0, "matching lacks nothing any more.\n")
    (asked,) = services.posted()
    assert asked.body == {"topic": "garden.intake", "partition": 3}


def test_a_repair_that_has_failed_is_asked_for_again(services: Speaking) -> None:
    services.say("matching", "/gaps/repair", page(gap()), "POST")
    result = services.run(topics.app, "repair", "matching", "garden.intake")
    assert (result.exit_code, result.output) == (0, "garden.intake: its publishers are asked for what is missing\n")
