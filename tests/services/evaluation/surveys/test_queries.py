"""What people can read of what they are asked."""

from tests.services.evaluation.small_program import as_person
from tests.shared.web.api import Api


def test_people_see_what_they_have_not_answered(api: Api) -> None:
    as_person(api, "ada")
    (invitation,) = api.get("/v1/people/ada/invitations").json()["items"]
    assert invitation == {
        "id": "s1-ada",
        "version": 2,
        "program_id": "p1",
        "relationship_id": "ada-ben",
        "session_id": "s1",
        "members": [{"person_id": "ada", "role": "mentor"}, {"person_id": "ben", "role": "mentee"}],
        "role": "mentor",
        "status": "reminded",
        "names": {},
    }
    assert api.get("/v1/people/ben/invitations").status_code == 404
    as_person(api, "ben")
    assert api.get("/v1/people/ben/invitations").json() == {"items": [], "next": None}
