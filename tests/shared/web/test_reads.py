"""Reads over HTTP: the tenant's own, with versions, in pages."""

from tests.shared.web.api import Api, running
from tests.shared.web.garden import garden


def water(api: Api, *plots: str) -> None:
    for plot in plots:
        api.post(f"/v1/plots/{plot}/water", {"liters": 5})


def test_a_read_has_the_version_as_its_etag() -> None:
    with running(garden) as api:
        water(api, "a", "a")
        answer = api.get("/v1/plots/a")
        assert (answer.json(), answer.headers["etag"]) == ({"id": "a", "liters": 10}, '"2"')


def test_another_tenants_things_do_not_exist() -> None:
    with running(garden) as api:
        water(api, "a")
        api.token = api.issuer.token(tenant="beta")
        assert api.get("/v1/plots/a").status_code == 404
        assert api.get("/v1/plots").json() == {"items": [], "next": None}
        assert api.get("/v1/plots?after=../acme/").json() == {"items": [], "next": None}


def test_a_list_is_read_page_by_page() -> None:
    with running(garden) as api:
        water(api, "a", "b", "c")
        first = api.get("/v1/plots?limit=2").json()
        assert [plot["id"] for plot in first["items"]] == ["a", "b"]
        second = api.get(f"/v1/plots?limit=2&after={first['next']}").json()
        assert ([plot["id"] for plot in second["items"]], second["next"]) == (["c"], None)


def test_a_read_knows_who_asks() -> None:
    with running(garden) as api:
        assert api.get("/v1/whoami").json() == {"tenant": "acme", "actor": "person/p1", "person_id": "p1"}
        api.token = api.issuer.token(kind="client", sub="c1")
        assert api.get("/v1/whoami").json() == {"tenant": "acme", "actor": "client/c1", "person_id": None}
