"""What the two of a match see of each other: names, and of profiles what the program shows."""

from typing import Any

from services.matching.proposals.commands import DeclineMatch
from services.matching.proposals.model.match_status import DeclineReason
from shared.contracts.intake import Role
from shared.engine.authoring.person_names import PersonName
from shared.ids import MatchId
from tests.cards import card
from tests.scenario import Scenario
from tests.services.matching.over_http import as_client, as_person
from tests.services.matching.program import accept_both, program, propose, remove_state, take_part
from tests.shared.web.api import Api, asking


def proposed(**rules: Any) -> tuple[Scenario, MatchId]:
    """Ada and Ben are proposed to each other, and their cards are known."""
    scenario = program(**rules)
    for name, role, years in (("ada", Role.MENTOR, 9), ("ben", Role.MENTEE, 2)):
        take_part(scenario, name, role, years=years, languages=("en",), areas=("cloud",), time_zone="Europe/Rome")
    scenario.when(card("p-ada", "Ada Okafor", pronouns="she/her"))
    scenario.when(card("p-ben", "Ben Weiß"))
    return scenario, propose(scenario, "ada", "ben")


def partner(api: Api, match: str, name: str) -> dict[str, Any]:
    as_person(api, name)
    answer = api.get(f"/v1/matches/{match}/partner")
    assert answer.status_code == 200, answer.text
    assert "secret.example.org" not in answer.text
    found: dict[str, Any] = answer.json()
    return found


def test_the_two_see_each_others_names_and_what_the_program_shows_and_no_address() -> None:
    scenario, match = proposed()
    with asking(scenario) as api:
        ada = partner(api, match, "ben")
        assert (ada["person_id"], ada["role"], ada["name"], ada["pronouns"]) == (
            "p-ada",
            "mentor",
            "Ada Okafor",
            "she/her",
        )
        assert (ada["profile"]["areas"], ada["profile"]["languages"]) == (["cloud"], ["en"])
        assert ada["profile"]["years"] is None
        ben = partner(api, match, "ada")
        assert (ben["person_id"], ben["role"], ben["name"], ben["pronouns"]) == ("p-ben", "mentee", "Ben Weiß", None)


def test_a_program_that_shows_less_hides_it_in_profiles_and_in_the_words_of_reasons() -> None:
    scenario, match = proposed(shown_facts=("languages", "years"))
    with asking(scenario) as api:
        profile = partner(api, match, "ben")["profile"]
        assert {name for name, value in profile.items() if value is not None} == {"languages", "years"}
        own = api.get(f"/v1/matches/{match}").json()
        assert {reason["words"] for reason in own["reasons"]} == {None}
        as_client(api)
        assert "Areas: in common: cloud." in {one["words"] for one in api.get(f"/v1/matches/{match}").json()["reasons"]}


def test_others_do_not_see_a_partner_and_staff_ask_elsewhere() -> None:
    scenario, match = proposed()
    with asking(scenario) as api:
        as_person(api, "cleo")
        assert api.get(f"/v1/matches/{match}/partner").status_code == 404
        as_client(api)
        assert api.get(f"/v1/matches/{match}/partner").status_code == 403


def test_a_profile_is_seen_while_the_match_is_open_or_accepted_and_the_name_afterwards_too() -> None:
    scenario, match = proposed()
    accept_both(scenario, match)
    with asking(scenario) as api:
        assert partner(api, match, "ben")["profile"] is not None
    scenario, match = proposed()
    scenario.when(DeclineMatch(match_id=match, reason=DeclineReason.NO_TIME), "person/p-ben")
    with asking(scenario) as api:
        assert (partner(api, match, "ben")["name"], partner(api, match, "ben")["profile"]) == ("Ada Okafor", None)


def test_lists_name_people_to_people_and_not_to_systems() -> None:
    scenario, match = proposed()
    both = {"p-ada": "Ada Okafor", "p-ben": "Ben Weiß"}
    with asking(scenario) as api:
        api.token = api.issuer.token(sub="max", roles=["manager:p1"])
        assert api.get("/v1/programs/p1/matches").json()["items"][0]["names"] == both
        assert {
            k: v for one in api.get("/v1/programs/p1/pool").json()["items"] for k, v in one["names"].items()
        } == both
        as_person(api, "ben")
        assert api.get(f"/v1/matches/{match}").json()["names"] == both
        assert api.get("/v1/people/p-ben/matches?role=mentee").json()["items"][0]["names"] == both
        as_client(api)
        assert api.get("/v1/programs/p1/matches").json()["items"][0]["names"] == {}


def test_a_name_is_all_that_is_kept_of_a_card_and_it_goes_with_the_card() -> None:
    scenario, match = proposed()
    stored = b"".join(raw for rows in scenario.store.collections.values() for raw in rows.values())
    assert b"Okafor" in stored
    assert b"secret.example.org" not in stored
    remove_state(scenario, "person_name", "p-ada")
    assert scenario.get(PersonName, "p-ada").name == ""
    with asking(scenario) as api:
        assert partner(api, match, "ben")["name"] is None
        assert api.get(f"/v1/matches/{match}").json()["names"] == {"p-ben": "Ben Weiß"}
