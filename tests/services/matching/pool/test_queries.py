"""What is shown of the pool."""

from tests.services.matching.over_http import as_client
from tests.shared.web.api import Api


def test_the_pool_shows_who_takes_part_with_their_places(api: Api) -> None:
    as_client(api)
    items = {one["id"]: one for one in api.get("/v1/programs/p1/pool").json()["items"]}
    assert set(items) == {"ada", "ben", "eve", "cleo", "dan", "gus"}
    assert items["ada"] == {
        "id": "ada",
        "person_id": "p-ada",
        "role": "mentor",
        "entered_at": "2027-01-04T09:00:00Z",
        "meeting_format": "both",
        "seats": 1,
        "matched": 1,
        "open": 0,
        "is_paused": False,
        "pinned": None,
        "names": {},
    }
    assert [items["ben"][field] for field in ("seats", "matched", "open")] == [1, 1, 0]
    mentors = api.get("/v1/programs/p1/pool?role=mentor&limit=1").json()
    assert ([one["id"] for one in mentors["items"]], mentors["next"]) == (["ada"], "ada")
