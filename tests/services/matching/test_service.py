"""What people and other tenants do not see of a program, whatever it is of."""

import pytest

from tests.services.matching.over_http import Pool, as_client, as_person
from tests.shared.web.api import Api


@pytest.mark.parametrize("path", ["pool", "waiting", "runs", "matches"])
def test_people_do_not_see_the_program_of_others(api: Api, path: str) -> None:
    as_person(api, "ben")
    assert api.get(f"/v1/programs/p1/{path}").status_code == 403


def test_another_tenant_finds_nothing(api: Api, pool: Pool) -> None:
    as_client(api, tenant="globex")
    for path in (f"runs/{pool.run_id}", f"runs/{pool.run_id}/pairs", f"matches/{pool.of_ben}"):
        assert api.get(f"/v1/{path}").status_code == 404
    for path in ("pool", "waiting", "runs", "matches"):
        assert api.get(f"/v1/programs/p1/{path}").json() == {"items": [], "next": None}
