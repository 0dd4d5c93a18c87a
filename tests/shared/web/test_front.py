"""What a service says of itself at its address."""

from tests.shared.web.api import running
from tests.shared.web.garden import garden


def test_a_service_says_which_it_is_and_where_it_is_described() -> None:
    with running(garden) as api:
        api.token = None
        said = api.get("/").json()
        assert said["service"] == garden.title
        assert api.get(said["openapi"]).json()["info"]["title"] == garden.title
