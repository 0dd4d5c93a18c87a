"""What is seen of programs."""

from tests.services.intake.over_http import ids, program
from tests.shared.web.api import Api


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


def test_lists_come_in_pages(api: Api) -> None:
    first, second = program(api), program(api, "Another")
    page = api.get("/v1/programs", params={"limit": 1}).json()
    rest = api.get("/v1/programs", params={"limit": 1, "after": page["next"]}).json()
    assert ([page["items"][0]["id"], rest["items"][0]["id"]], rest["next"]) == ([first, second], None)


def test_nothing_is_shown_without_a_token(api: Api) -> None:
    program(api)
    api.token = None
    assert api.get("/v1/programs").status_code == 401


def test_a_draft_says_what_it_lacks_and_takes_changes(api: Api) -> None:
    id = api.post("/v1/programs", {"title": "Not named yet"}).json()["id"]
    assert api.get(f"/v1/programs/{id}").json()["lacks"] == []
    api.post(f"/v1/programs/{id}/design", {"title": ""})
    assert [one["field"] for one in api.get(f"/v1/programs/{id}").json()["lacks"]] == ["/title"]
    refused = api.post(f"/v1/programs/{id}/publish")
    assert (refused.status_code, refused.json()["code"]) == (422, "program-incomplete")
    assert refused.json()["errors"][0]["field"] == "/title"
    assert api.post(f"/v1/programs/{id}/design", {"title": "Named", "cadence": "weekly"}).status_code == 200
    assert api.post(f"/v1/programs/{id}/publish").status_code == 200
    assert api.post(f"/v1/programs/{id}/design", {"title": "Late"}).status_code == 409
    assert api.get(f"/v1/programs/{id}").json()["cadence"] == "weekly"
