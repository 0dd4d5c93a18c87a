"""What is seen of an organization."""

from tests.services.intake.over_http import as_client
from tests.shared.web.api import Api


def test_an_organization_sees_itself_and_no_other(api: Api) -> None:
    found = api.get("/v1/organizations/acme")
    assert found.json() == {
        "id": "acme",
        "version": 1,
        "name": "Acme Labs",
        "locale": "en",
        "time_zone": "Europe/Berlin",
        "status": "registered",
    }
    as_client(api, tenant="globex")
    assert api.get("/v1/organizations/acme").status_code == 404


def test_an_organization_with_a_bad_slug_or_time_zone_is_told_which_field_and_what_to_write(api: Api) -> None:
    api.token = api.issuer.token(kind="operator", tenant=None, sub="root")
    refused = api.post("/v1/organizations", {"slug": "Acme Labs", "name": "Acme", "time_zone": "Europe/Berlinn"})
    found = {error["field"]: error["detail"] for error in refused.json()["errors"]}
    assert refused.status_code == 422
    assert "such as acme-labs" in found["/slug"]
    assert "such as Europe/Rome" in found["/time_zone"]


def test_an_operator_lists_all_organizations_page_by_page(api: Api) -> None:
    api.token = api.issuer.token(kind="operator", tenant=None, sub="root")
    for slug in ("birch", "cedar"):
        api.post("/v1/organizations", {"slug": slug, "name": slug.title(), "time_zone": "Europe/Rome"})
    first = api.get("/v1/organizations?limit=2").json()
    second = api.get(f"/v1/organizations?limit=2&after={first['next']}").json()
    assert [one["id"] for one in first["items"]] == ["acme", "birch"]
    assert ([one["name"] for one in second["items"]], second["next"]) == (["Cedar"], None)


def test_nobody_else_learns_which_organizations_there_are(api: Api) -> None:
    as_client(api)
    assert api.get("/v1/organizations").status_code == 403
