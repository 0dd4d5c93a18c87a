"""People are listed and found: by name, address, program and role, page by page."""

from collections.abc import Iterator

import pytest

from services.intake.service import service
from tests.services.intake.over_http import application, as_client, program
from tests.shared.web.api import Api, running

PEOPLE = {"Jörg Müller": "jm@north.example.org", "Łukasz Żółć": "lz@south.example.org", "山田太郎": "ty@example.org"}


@pytest.fixture(scope="module")
def api() -> Iterator[Api]:
    """Jörg has applied to north as a mentor, Łukasz to south as a mentee, and Taro to both."""
    with running(service) as api:
        api.token = api.issuer.token(kind="operator", tenant=None, sub="root")
        api.post("/v1/organizations", {"slug": "acme", "name": "Acme Labs", "time_zone": "Europe/Berlin"})
        as_client(api)
        ids = {name: added(api, name, email) for name, email in PEOPLE.items()}
        api.programs = north, south = program(api, "North"), program(api, "South")  # type: ignore[attr-defined]  # of this module
        applied = [("Jörg Müller", north, "mentor"), ("Łukasz Żółć", south, "mentee")]
        for name, to, role in [*applied, ("山田太郎", north, "mentee"), ("山田太郎", south, "mentor")]:
            application(api, to, ids[name], role)
        yield api


def added(api: Api, name: str, email: str) -> str:
    asked = {"name": name, "email": email, "time_zone": "Europe/Rome"}
    return str(api.post("/v1/people", asked).json()["id"])


def programs(api: Api) -> tuple[str, str]:
    found: tuple[str, str] = api.programs  # type: ignore[attr-defined]  # of this module
    return found


def found(api: Api, **asked: str) -> list[str]:
    answer = api.get("/v1/people", params=asked)
    assert answer.status_code == 200, answer.text
    return [one["name"] for one in answer.json()["items"]]


def as_manager(api: Api, program_id: str) -> None:
    api.token = api.issuer.token(sub="max", roles=[f"manager:{program_id}"])


@pytest.mark.parametrize(
    ("search", "names"),
    [
        ("mueller", ["Jörg Müller"]),
        ("MUL jor", ["Jörg Müller"]),
        ("lukasz", ["Łukasz Żółć"]),
        ("太郎", ["山田太郎"]),
        ("JM@North.example.org", ["Jörg Müller"]),
        ("lz@", ["Łukasz Żółć"]),
        ("nobody", []),
        ("example.org", []),
        ("", ["Jörg Müller", "Łukasz Żółć", "山田太郎"]),
    ],
)
def test_an_admin_finds_people_by_name_and_address(api: Api, search: str, names: list[str]) -> None:
    api.token = api.issuer.token(sub="zoe", roles=["admin"])
    assert found(api, search=search) == names


def test_a_manager_finds_the_people_of_the_program_and_nobody_else(api: Api) -> None:
    north, south = programs(api)
    as_manager(api, north)
    assert found(api, program_id=north) == ["Jörg Müller", "山田太郎"]
    assert found(api, program_id=north, role="mentee") == ["山田太郎"]
    assert found(api, program_id=north, search="lukasz") == []
    assert api.get("/v1/people", params={"program_id": south}).status_code == 404
    refused = api.get("/v1/people")
    assert (refused.status_code, "say for which one" in refused.json()["detail"]) == (403, True)


def test_people_are_listed_by_role_across_programs(api: Api) -> None:
    as_client(api)
    assert found(api, role="mentor") == ["Jörg Müller", "山田太郎"]


def test_pages_follow_each_other_whatever_is_searched(api: Api) -> None:
    as_client(api)
    for asked, every in (({}, [*PEOPLE]), ({"role": "mentor"}, ["Jörg Müller", "山田太郎"])):
        names, after = [], None
        while True:
            page = api.get("/v1/people", params=asked | {"limit": "1"} | ({"after": after} if after else {})).json()
            names += [one["name"] for one in page["items"]]
            after = page["next"]
            if after is None:
                break
        assert names == every


def test_who_is_no_manager_lists_nobody(api: Api) -> None:
    north, _ = programs(api)
    for roles in ([], [f"lead:{north}"], [f"reviewer:{north}"]):
        api.token = api.issuer.token(sub="max", roles=roles)
        assert api.get("/v1/people", params={"program_id": north}).status_code == 403


def test_a_manager_sees_and_corrects_the_card_of_somebody_in_one_of_several_programs(api: Api) -> None:
    as_client(api)
    (taro,) = api.get("/v1/people", params={"search": "太郎"}).json()["items"]
    (lukasz,) = api.get("/v1/people", params={"search": "lukasz"}).json()["items"]
    as_manager(api, programs(api)[0])
    assert api.get(f"/v1/people/{taro['id']}").json()["email"] == "ty@example.org"
    assert api.post(f"/v1/people/{taro['id']}/correct", {"locale": "ja"}).status_code == 200
    assert api.get(f"/v1/people/{lukasz['id']}").status_code == 404
    assert api.post(f"/v1/people/{lukasz['id']}/correct", {"locale": "pl"}).status_code == 404
