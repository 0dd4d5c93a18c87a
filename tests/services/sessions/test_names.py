"""Members of a relationship are named to people who see it, and to no system."""

from collections.abc import Iterator

import pytest

from tests.cards import card
from tests.services.sessions.test_queries import ADAS_AND_BENS, as_client, as_person, with_two_relationships
from tests.shared.web.api import Api, asking

BOTH = {"ada": "Ada Okafor", "ben": "Ben Weiß"}


@pytest.fixture(scope="module")
def api() -> Iterator[Api]:
    """Ada mentors Ben and Cleo, of whom no card has come."""
    scenario = with_two_relationships()
    for id, name in BOTH.items():
        scenario.when(card(id, name))
    with asking(scenario) as found:
        yield found


@pytest.mark.parametrize("path", ["", "/sessions"])
def test_a_member_sees_the_names_of_the_members(api: Api, path: str) -> None:
    as_person(api, "ben")
    answer = api.get(f"/v1/relationships/{ADAS_AND_BENS}{path}")
    rows = answer.json().get("items", [answer.json()])
    assert [row["names"] for row in rows] == [BOTH] * len(rows)
    assert "secret.example.org" not in answer.text
    as_client(api)
    answer = api.get(f"/v1/relationships/{ADAS_AND_BENS}{path}")
    assert [row["names"] for row in answer.json().get("items", [answer.json()])] == [{}] * len(rows)


def test_who_is_to_do_something_is_named(api: Api) -> None:
    as_person(api, "ada")
    (action,) = api.get(f"/v1/relationships/{ADAS_AND_BENS}/actions").json()["items"]
    assert action["names"] == {"ben": "Ben Weiß"}


def test_who_is_not_known_by_name_has_none(api: Api) -> None:
    api.token = api.issuer.token(sub="lea", roles=["lead:p1"])
    rows = api.get("/v1/programs/p1/relationships").json()["items"]
    assert sorted(sorted(row["names"].items()) for row in rows) == [[("ada", "Ada Okafor")], sorted(BOTH.items())]
