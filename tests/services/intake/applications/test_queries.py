"""What is seen of applications and of who applied, and by whom."""

from tests.services.intake.over_http import application, as_person, ids, person, program
from tests.shared.web.api import Api


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


def test_people_see_their_own_card_and_applications_only(api: Api) -> None:
    program_id, ada, grace = program(api), person(api, "ada"), person(api, "grace")
    of_ada, of_grace = application(api, program_id, ada), application(api, program_id, grace)
    as_person(api, ada)
    assert api.get(f"/v1/people/{ada}").json()["email"] == "ada@example.org"
    assert api.get(f"/v1/people/{grace}").status_code == 404
    assert api.get(f"/v1/applications/{of_ada}").json()["profile"]["languages"] == ["en"]
    assert api.get(f"/v1/applications/{of_grace}").status_code == 404
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
