"""What is shown of those who wait."""

from tests.services.matching.over_http import as_client
from tests.shared.web.api import Api


def test_a_mentee_without_a_match_waits_with_the_reason_in_words(api: Api) -> None:
    as_client(api)
    (waiting,) = api.get("/v1/programs/p1/waiting").json()["items"]
    assert (waiting["application_id"], waiting["reason"]) == ("cleo", "seats_taken")
    assert waiting["words"] == "All free seats are promised: 1 mentor could still be asked."
