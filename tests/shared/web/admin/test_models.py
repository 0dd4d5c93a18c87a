"""Rebuilds over HTTP: begun once, looked at while they go on, given up, and by whom."""

from typing import Any

import pytest

from shared.engine.consuming import rebuilds
from shared.engine.ports.store import Change
from tests.shared.engine.consuming.test_read_models import book
from tests.shared.web.admin.operating import Operating, operating

MODELS = "/v1/admin/models"


def only(api: Operating) -> dict[str, Any]:
    (model,) = api.get(MODELS).json()["items"]
    found: dict[str, Any] = model
    return found


def noted(api: Operating, **fields: object) -> None:
    """The job has come so far."""
    api.given(Change(rebuilds.COLLECTION, "tally", {}, fields))


def actions(api: Operating) -> list[str]:
    return [line["action"] for line in api.get("/v1/admin/audit").json()["items"]]


def test_a_model_that_was_never_rebuilt_is_live() -> None:
    with operating(book()) as api:
        assert only(api) == {
            "name": "tally",
            "generation": 0,
            "building": None,
            "state": "live",
            "phase": None,
            "done": 0,
            "expected": None,
            "error": None,
            "switched_at": None,
            "position": None,
        }


def test_a_rebuild_shows_how_far_it_is() -> None:
    with operating(book()) as api:
        begun = api.post(f"{MODELS}/tally/rebuild")
        assert (begun.status_code, begun.json()["state"], begun.json()["phase"]) == (202, "rebuilding", "replaying")
        replay = {"name": "r", "topic": "t", "ends": {"0": 70, "1": 30}, "positions": {"0": 9}}
        noted(api, generation=1, replays={"book": replay}, fed={"book": {"0": 40}})
        assert (only(api)["done"], only(api)["expected"]) == (40, 100)


def test_a_rebuild_that_is_over_says_when_and_where_readers_were_switched() -> None:
    with operating(book()) as api:
        api.post(f"{MODELS}/tally/rebuild")
        at = api.engine.executor.clock()
        noted(api, state="done", generation=1, switched_at=at, position={"book/0": 9}, phase=None)
        shown = only(api)
    assert (shown["state"], shown["phase"], shown["position"]) == ("live", None, {"book/0": 9})
    assert shown["switched_at"].endswith("Z")


def test_asked_for_while_it_runs_it_is_the_one_that_runs() -> None:
    with operating(book()) as api:
        api.post(f"{MODELS}/tally/rebuild")
        (first,) = api.runner.run(api.store.find(rebuilds.COLLECTION, {}))
        assert api.post(f"{MODELS}/tally/rebuild").status_code == 202
        assert api.runner.run(api.store.find(rebuilds.COLLECTION, {})) == [first]
        assert actions(api) == ["models.rebuild"]


def test_one_that_has_failed_says_why_and_begins_from_the_start_when_it_is_asked_for_again() -> None:
    with operating(book()) as api:
        api.post(f"{MODELS}/tally/rebuild")
        noted(api, state="failed", generation=1, error="tally could not apply the event e7: ValueError.")
        assert (only(api)["state"], only(api)["error"]) == ("failed", "tally could not apply the event e7: ValueError.")
        assert api.post(f"{MODELS}/tally/rebuild").json()["state"] == "rebuilding"
        (row,) = api.runner.run(api.store.find(rebuilds.COLLECTION, {}))
        assert row["generation"] is None
        assert actions(api) == ["models.rebuild"] * 2


@pytest.mark.parametrize("state", ["running", "failed"])
def test_a_rebuild_can_be_given_up(state: str) -> None:
    with operating(book()) as api:
        api.post(f"{MODELS}/tally/rebuild")
        noted(api, state=state)
        assert api.post(f"{MODELS}/tally/abandon").status_code == 200
        (row,) = api.runner.run(api.store.find(rebuilds.COLLECTION, {}))
        assert (row["state"], actions(api)) == ("abandoning", ["models.abandon", "models.rebuild"])


def test_what_is_not_being_rebuilt_cannot_be_given_up() -> None:
    with operating(book()) as api:
        answer = api.post(f"{MODELS}/tally/abandon")
        assert (answer.status_code, answer.json()["code"]) == (409, "not-rebuilding")
        assert actions(api) == []


@pytest.mark.parametrize("action", ["rebuild", "abandon"])
def test_a_model_that_does_not_exist_is_not_found_and_those_that_do_are_named(action: str) -> None:
    with operating(book()) as api:
        answer = api.post(f"{MODELS}/gone/{action}")
    assert (answer.status_code, answer.json()["detail"]) == (404, "There is no read model gone, but: tally.")


def test_a_service_without_read_models_has_none_to_show() -> None:
    with operating() as api:
        assert api.get(MODELS).json() == {"items": []}


@pytest.mark.parametrize("kind", ["person", "client"])
def test_nobody_but_an_operator_may(kind: str) -> None:
    with operating(book()) as api:
        api.token = api.issuer.token(kind=kind)
        for method, path in (("GET", MODELS), ("POST", f"{MODELS}/tally/rebuild"), ("POST", f"{MODELS}/tally/abandon")):
            assert api.send(method, path).status_code == 403
