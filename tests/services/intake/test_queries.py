"""What can be read of intake, and by whom."""

from collections.abc import Iterator

import pytest

from services.intake.service import service
from tests.shared.web.api import Api, running


@pytest.fixture
def api() -> Iterator[Api]:
    """Requests are an HR system's of acme, which has onboarded."""
    with running(service) as api:
        api.token = api.issuer.token(kind="operator", tenant=None, sub="root")
        api.post("/v1/organizations", {"slug": "acme", "name": "Acme Labs", "time_zone": "Europe/Berlin"})
        as_client(api)
        yield api


def as_client(api: Api, tenant: str = "acme") -> None:
    api.token = api.issuer.token(kind="client", sub="hr", tenant=tenant)


def as_person(api: Api, id: str) -> None:
    api.token = api.issuer.token(kind="person", sub=id)


def program(api: Api, title: str = "Women in tech") -> str:
    id = str(api.post("/v1/programs", {"title": title}).json()["id"])
    api.post(f"/v1/programs/{id}/publish")
    return id


def person(api: Api, name: str) -> str:
    added = api.post("/v1/people", {"name": name, "email": f"{name}@example.org", "time_zone": "Europe/Rome"})
    return str(added.json()["id"])


def application(api: Api, program_id: str, person_id: str, role: str = "mentor") -> str:
    asked = {"program_id": program_id, "person_id": person_id, "role": role, "profile": {"languages": ["en"]}}
    return str(api.post("/v1/applications", asked).json()["id"])


def ids(api: Api, path: str, **params: str) -> list[str]:
    return [item["id"] for item in api.get(path, params=params).json()["items"]]


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


def test_what_is_read_has_the_version_as_its_etag(api: Api) -> None:
    program_id = program(api)
    found = api.get(f"/v1/programs/{program_id}")
    assert (found.headers["ETag"], found.json()["version"], found.json()["status"]) == ('"2"', 2, "open")
    assert found.json()["rules"]["proposal_days"] == 7


def test_programs_are_listed_by_status(api: Api) -> None:
    opened = program(api)
    draft = api.post("/v1/programs", {"title": "Not yet"}).json()["id"]
    assert ids(api, "/v1/programs") == [opened, draft]
    assert ids(api, "/v1/programs", status="draft") == [draft]


def test_applications_are_listed_by_program_person_status_and_role(api: Api) -> None:
    one, other = program(api), program(api, "Another")
    ada, grace = person(api, "ada"), person(api, "grace")
    first, second = application(api, one, ada), application(api, one, grace, role="mentee")
    third = application(api, other, ada)
    api.post(f"/v1/applications/{second}/approve")
    assert ids(api, "/v1/applications", program_id=one) == [first, second]
    assert ids(api, "/v1/applications", program_id=one, status="approved") == [second]
    assert ids(api, "/v1/applications", person_id=ada) == [first, third]
    assert ids(api, "/v1/applications", program_id=one, role="mentor") == [first]


def test_lists_come_in_pages(api: Api) -> None:
    first, second = program(api), program(api, "Another")
    page = api.get("/v1/programs", params={"limit": 1}).json()
    rest = api.get("/v1/programs", params={"limit": 1, "after": page["next"]}).json()
    assert ([page["items"][0]["id"], rest["items"][0]["id"]], rest["next"]) == ([first, second], None)


def test_people_see_their_own_card_and_applications_only(api: Api) -> None:
    program_id, ada, grace = program(api), person(api, "ada"), person(api, "grace")
    of_ada, of_grace = application(api, program_id, ada), application(api, program_id, grace)
    as_person(api, ada)
    assert api.get(f"/v1/people/{ada}").json()["email"] == "ada@example.org"
    assert api.get(f"/v1/people/{grace}").status_code == 403
    assert api.get(f"/v1/applications/{of_ada}").json()["profile"]["languages"] == ["en"]
    assert api.get(f"/v1/applications/{of_grace}").status_code == 403
    assert ids(api, "/v1/applications") == [of_ada]
    assert ids(api, "/v1/applications", person_id=grace) == [of_ada]


def test_a_pause_is_seen_and_so_is_leaving(api: Api) -> None:
    ada = application(api, program(api), person(api, "ada"))
    api.post(f"/v1/applications/{ada}/approve")
    api.post(f"/v1/applications/{ada}/pause")
    assert api.get(f"/v1/applications/{ada}").json()["is_paused"] is True
    api.post(f"/v1/applications/{ada}/leave")
    assert ids(api, "/v1/applications", status="left") == [ada]
    assert api.get(f"/v1/applications/{ada}").json()["left_at"]


def test_a_capacity_out_of_range_is_told_with_the_field(api: Api) -> None:
    ada = application(api, program(api), person(api, "ada"), role="mentee")
    api.post(f"/v1/applications/{ada}/approve")
    refused = api.post(f"/v1/applications/{ada}/capacity", {"capacity": 4})
    assert (refused.status_code, refused.json()["field"]) == (422, "capacity")
    assert api.post(f"/v1/applications/{ada}/capacity", {"capacity": 3}).status_code == 200
    assert api.get(f"/v1/applications/{ada}").json()["profile"]["mentors"] == 3


def test_a_person_may_not_approve_themselves(api: Api) -> None:
    program_id, ada = program(api), person(api, "ada")
    as_person(api, ada)
    mine = application(api, program_id, ada)
    assert api.post(f"/v1/applications/{mine}/approve").status_code == 403
    assert api.post(f"/v1/applications/{mine}/withdraw").status_code == 200


def test_nothing_is_shown_without_a_token(api: Api) -> None:
    program(api)
    api.token = None
    assert api.get("/v1/programs").status_code == 401


def test_an_organization_with_a_bad_slug_or_time_zone_is_told_which_field_and_what_to_write(api: Api) -> None:
    api.token = api.issuer.token(kind="operator", tenant=None, sub="root")
    refused = api.post("/v1/organizations", {"slug": "Acme Labs", "name": "Acme", "time_zone": "Europe/Berlinn"})
    found = {error["field"]: error["detail"] for error in refused.json()["errors"]}
    assert refused.status_code == 422
    assert "such as acme-labs" in found["/slug"]
    assert "such as Europe/Rome" in found["/time_zone"]
