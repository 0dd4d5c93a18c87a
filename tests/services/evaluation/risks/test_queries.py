"""What can be read of relationships at risk, and by whom."""

from tests.services.evaluation.small_program import as_client, as_person
from tests.shared.web.api import Api


def test_a_relationship_at_risk_is_shown_with_its_evidence(api: Api) -> None:
    as_client(api)
    (risk,) = api.get("/v1/programs/p1/risks").json()["items"]
    assert (risk["id"], risk["rule"]) == ("ada-cleo-nothing-booked", "nothing_booked_10_days")
    assert risk["members"] == [{"person_id": "ada", "role": "mentor"}, {"person_id": "cleo", "role": "mentee"}]
    assert (risk["raised_at"], len(risk["evidence"])) == ("2027-01-14T09:00:00Z", 1)


def test_risks_are_for_those_who_run_the_program(api: Api) -> None:
    as_person(api, "ada")
    assert api.get("/v1/programs/p1/risks").status_code == 403


def test_another_tenant_finds_no_risks(api: Api) -> None:
    as_client(api, tenant="globex")
    assert api.get("/v1/programs/p1/risks").json() == {"items": [], "next": None}
