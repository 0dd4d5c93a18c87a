import json

import pytest
from starlette.responses import JSONResponse

from deploy.operate.deadletters import app
from tests.deploy.operate.speaking import NAMES, Speaking
from tests.deploy.operate.told import letter, page

ONE = "matching/northlight/letter-1"


@pytest.fixture
def services(services: Speaking) -> Speaking:
    """Nobody has a dead letter yet, and everything that is asked for is done."""
    for name in NAMES:
        services.say(name, "/dead-letters", page())
        for action in ("replay", "discard"):
            services.say(name, f"/dead-letters/{action}", done(), "POST")
    return services


def done(*ids: str, matched: int | None = None, refused: tuple[str, ...] = ()) -> dict[str, object]:
    """What became of dead letters."""
    return {
        "matched": len(ids) + len(refused) if matched is None else matched,
        "done": [{"tenant": "northlight", "id": id} for id in ids],
        "refused": [{"tenant": "northlight", "id": id, "reason": "enter_pool is gone."} for id in refused],
        "dry_run": False,
    }


def test_each_is_listed_with_the_name_that_the_other_commands_take(services: Speaking) -> None:
    services.say("matching", "/dead-letters", page(letter()))
    result = services.run(app, "list")
    assert result.exit_code == 0
    assert result.output == (f"{ONE}\n  2027-01-19 19:22:54  enter_pool  ApplicationApproved  failed\n  KeyError\n")


def test_the_oldest_is_first_whoever_has_it_and_pages_are_put_together(services: Speaking) -> None:
    pages = {None: page(letter("c"), next="2"), "2": page(letter("a", at="2027-01-18T00:00:00.000Z"))}
    services.say("matching", "/dead-letters", lambda asked: pages[asked.parameters.get("after")])
    services.say("intake", "/dead-letters", page(letter("b", at="2027-01-19T00:00:00.000Z")))
    shown = json.loads(services.run(app, "list", "--json").output)
    assert [(each["service"], each["id"]) for each in shown] == [("matching", "a"), ("intake", "b"), ("matching", "c")]


def test_that_there_is_none_is_said(services: Speaking) -> None:
    assert services.run(app, "list").output == "There is no dead letter.\n"
    assert services.run(app, "list", "--tenant", "northlight").output == "There is no such dead letter.\n"
    assert services.asked[-1].parameters["tenant"] == "northlight"


def test_one_is_shown_with_its_headers_and_data(services: Speaking) -> None:
    whole = letter() | {"headers": {"ce_id": "01a3"}, "data": {"person_id": "[x]"}, "data_base64": None}
    services.say("matching", "/dead-letters/northlight/letter-1", whole)
    output = services.run(app, "show", ONE).output
    assert "topic garden.intake, partition 3, offset 1204" in output
    assert "reactions.py:42 in enter_pool" in output
    assert "ce_id: 01a3" in output
    assert '"person_id": "[x]"' in output


def test_what_is_no_json_is_shown_in_base64(services: Speaking) -> None:
    services.say("matching", "/dead-letters/northlight/letter-1", letter() | {"data": None, "data_base64": "AP8="})
    assert "Data, which is no JSON (Base64)\n  AP8=" in services.run(app, "show", ONE).output


@pytest.mark.parametrize(
    "name", ["letter-1", "northlight/letter-1", "billing/northlight/letter-1", "matching/northlight/"]
)
def test_what_names_none_is_refused_with_the_form_of_a_name(services: Speaking, name: str) -> None:
    result = services.run(app, "replay", name)
    assert result.exit_code == 1
    assert f"{name} names no dead letter: give SERVICE/TENANT/ID, with a service of intake, matching" in result.stderr


def test_one_that_is_gone_is_told_with_the_services_own_sentence(services: Speaking) -> None:
    services.refuse("matching", "/dead-letters/northlight/letter-1", 404, "There is no dead letter letter-1 any more.")
    result = services.run(app, "show", ONE)
    assert (result.exit_code, result.stderr) == (1, "matching: There is no dead letter letter-1 any more.\n")


def test_those_that_are_named_are_replayed_by_the_services_that_have_them(services: Speaking) -> None:
    services.say("matching", "/dead-letters/replay", done("letter-1", "letter-2"), "POST")
    services.say("intake", "/dead-letters/replay", done("letter-3"), "POST")
    result = services.run(app, "replay", ONE, "matching/northlight/letter-2", "intake/northlight/letter-3")
    assert (result.exit_code, result.output) == (0, "3 replayed.\n")
    bodies = {asked.service: asked.body for asked in services.posted()}
    letters = [{"tenant": "northlight", "id": "letter-1"}, {"tenant": "northlight", "id": "letter-2"}]
    assert bodies["matching"] == {"letters": letters, "dry_run": False}
    assert "sessions" not in bodies


def test_those_that_pass_the_filters_are_asked_of_all_services(services: Speaking) -> None:
    services.run(app, "replay", "--handler", "enter_pool", "--tenant", "northlight", "--dry-run")
    assert {asked.service for asked in services.posted()} == set(NAMES)
    assert services.posted()[0].body == {"handler": "enter_pool", "tenant": "northlight", "dry_run": True}


def test_a_dry_run_tells_what_would_be_done(services: Speaking) -> None:
    services.say("matching", "/dead-letters/discard", done("letter-1", matched=1), "POST")
    result = services.run(app, "discard", "--handler", "enter_pool", "--dry-run")
    assert (result.exit_code, result.output) == (0, "1 would be discarded; nothing was done.\n")


def test_what_is_refused_is_told_with_the_reason(services: Speaking) -> None:
    services.say("matching", "/dead-letters/replay", done("letter-2", refused=("letter-1",)), "POST")
    result = services.run(app, "replay", "--tenant", "northlight")
    assert result.exit_code == 1
    assert result.stderr == f"{ONE} is not replayed: enter_pool is gone.\n"
    assert result.stdout == "1 replayed.\n"


def test_contents_that_are_not_kept_are_told_as_such(services: Speaking) -> None:
    closed = {"data": None, "data_base64": None, "closed": "Its key is not among the settings."}
    services.say("matching", "/dead-letters/northlight/letter-1", letter() | closed)
    assert "Contents\n  Its key is not among the settings." in services.run(app, "show", ONE).output


@pytest.mark.parametrize("words", [[], [ONE, "--tenant", "northlight"]])
def test_without_a_clear_choice_nothing_is_done(services: Speaking, words: list[str]) -> None:
    result = services.run(app, "discard", *words)
    assert result.exit_code == 1
    assert "Name the dead letters, or choose them by --tenant, --handler or --type." in result.stderr
    assert not services.posted()


def test_many_are_discarded_only_when_that_is_confirmed(services: Speaking) -> None:
    services.say("matching", "/dead-letters/discard", done("letter-1", "letter-2"), "POST")
    result = services.run(app, "discard", "--tenant", "northlight", typed="n\n")
    assert result.exit_code == 1
    assert "Discard 2 dead letters for good?" in result.output
    assert all(asked.body["dry_run"] for asked in services.posted())
    assert services.run(app, "discard", "--tenant", "northlight", typed="y\n").output.endswith("2 discarded.\n")


@pytest.mark.parametrize("words", [["--tenant", "northlight", "--yes"], [ONE]])
def test_one_or_what_is_taken_as_confirmed_is_discarded_at_once(services: Speaking, words: list[str]) -> None:
    result = services.run(app, "discard", *words)
    assert result.exit_code == 0
    assert not any(asked.body["dry_run"] for asked in services.posted())


def test_a_service_that_does_not_answer_is_told_and_the_others_do_it(services: Speaking) -> None:
    services.say(
        "matching", "/dead-letters/replay", JSONResponse({"detail": "Try later.", "code": "try-later"}, 503), "POST"
    )
    services.say("intake", "/dead-letters/replay", done("letter-3"), "POST")
    result = services.run(app, "replay", "--tenant", "northlight")
    assert result.exit_code == 1
    assert (result.stdout, result.stderr) == ("1 replayed.\n", "matching: Try later.\n")
