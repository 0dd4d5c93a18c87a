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
