"""What is shown of those who wait."""

from shared.contracts.intake import Role
from tests.services.matching.over_http import as_client, as_person
from tests.services.matching.program import paused
from tests.services.matching.waitlist.left_over import after_run, told
from tests.shared.web.api import Api, asking


def test_those_who_wait_are_shown_with_the_reason_since_when_and_the_next_look(api: Api) -> None:
    as_client(api)
    waiting = {one["application_id"]: one for one in api.get("/v1/programs/p1/waiting").json()["items"]}
    assert {id: one["words"] for id, one in waiting.items()} == {
        "cleo": "All free seats are promised: 1 mentor could still be asked.",
        "gus": "Shares no language with 2 of the others.",
    }
    gus = waiting["gus"]
    assert (gus["person_id"], gus["role"], gus["reason"], gus["told"]) == ("p-gus", "mentee", "no_common_language", 1)
    assert (gus["since"], gus["told_at"], gus["next_look_at"]) == (
        "2027-01-04T09:00:00.100000Z",
        "2027-01-04T09:00:00.100000Z",
        "2027-02-03T09:00:00.100000Z",
    )


def test_the_mentors_who_wait_are_shown_too() -> None:
    scenario = after_run({"ada": 1, "eve": 1}, ["ben"])
    with asking(scenario) as api:
        as_client(api)
        assert api.get("/v1/programs/p1/waiting").json()["items"] == []
        (idle,) = api.get("/v1/programs/p1/waiting?role=mentor").json()["items"]
    assert (idle["role"], idle["reason"], idle["told"]) == ("mentor", "matched_elsewhere", 1)
    assert idle["words"] == "Everybody who fits has another mentor: 1 mentee."


def test_who_has_paused_is_shown_without_a_next_look() -> None:
    scenario = after_run({"ada": 1}, ["ben", "cleo"])
    (name,) = told(scenario)
    scenario.when(paused(name, Role.MENTEE))
    with asking(scenario) as api:
        as_client(api)
        (waits,) = api.get("/v1/programs/p1/waiting").json()["items"]
    assert (waits["reason"], waits["told"], waits["next_look_at"]) == ("paused", 1, None)


def test_who_waits_is_shown_to_those_who_run_the_program_only(api: Api) -> None:
    as_person(api, "gus")
    assert api.get("/v1/programs/p1/waiting").status_code == 403
