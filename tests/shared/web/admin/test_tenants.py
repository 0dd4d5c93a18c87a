"""What each tenant has of a service is shown, and limited by an operator's word, in all replicas."""

from datetime import timedelta
from typing import Any

import pytest

from shared.clock import system_clock
from shared.engine.coordination.tenants import Limit, Tenants
from shared.engine.deferred import effects
from shared.engine.failures import lanes
from shared.engine.ports.store import Insert
from shared.engine.process.samples import Sampling
from tests.shared.web.admin.operating import Operating, operating

TENANTS = "/v1/admin/tenants"
USUAL = {"weight": 1, "queued": None, "running": None}


def shown(api: Operating, query: str = "") -> dict[str, Any]:
    answer = api.get(f"{TENANTS}{query}")
    assert answer.status_code == 200, answer.text
    return {item.pop("tenant"): item for item in answer.json()["items"]}


def limit(api: Operating, **asked: Any) -> dict[str, Any]:
    answer = api.post(f"{TENANTS}/limit", asked)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def sample(api: Operating) -> None:
    """What every process does every two seconds."""
    api.runner.run(Sampling(api.engine, "all").look())


def test_nobody_has_anything_at_first() -> None:
    with operating() as api:
        assert api.get(TENANTS).json() == {"items": [], "handled": 0}


def test_what_was_handled_and_what_waits_is_told_of_each_tenant() -> None:
    with operating() as api:
        later = system_clock() + timedelta(hours=1)
        parked = [{"_id": f"{tenant}/note/t1#{n}"} for tenant, n in (("acme", 1), ("acme", 2), ("a", 3))]
        failed = {"_id": "beta/mail/1", "tenant": "beta", "shard": 0, "due": later, "failed": True}
        waits = {"_id": "beta/mail/2", "tenant": "beta", "shard": 0, "due": later}
        api.given(*(Insert(lanes.ROWS, row) for row in parked))
        api.given(*(Insert(effects.COLLECTION, row) for row in (failed, waits)))

        async def handle() -> None:
            api.engine.tenants.count(["acme", "acme", "acme", "beta"])

        api.runner.run(handle())
        sample(api)
        found = shown(api)
        assert list(shown(api, "?tenant=beta")) == ["beta"]
        assert list(shown(api, "?limit=1")) == ["acme"]
    of_all = {"limit": USUAL, "is_usual": True, "running": 0}
    assert found == {
        "acme": {"queued": 0, "retrying": 2, "handled": 3, "share": 0.75, **of_all},
        "beta": {"queued": 1, "retrying": 1, "handled": 1, "share": 0.25, **of_all},
        "a": {"queued": 0, "retrying": 1, "handled": 0, "share": 0.0, **of_all},
    }


def test_a_limit_holds_at_once_and_leaves_a_line_and_what_is_not_said_stays() -> None:
    with operating() as api:
        answer = limit(api, tenant="acme", weight=2)
        assert answer == {"tenant": "acme", "limit": USUAL | {"weight": 2}, "is_usual": False}
        assert limit(api, tenant="acme", queued=500)["limit"] == {"weight": 2, "queued": 500, "running": None}
        assert api.engine.executor.queue.tenants.of("acme") == Limit(weight=2, queued=500)
        assert shown(api)["acme"]["limit"] == {"weight": 2, "queued": 500, "running": None}
        lines = api.get("/v1/admin/audit").json()["items"]
    told = [(line["actor"], line["action"], line["tenant"], line["details"]) for line in lines]
    assert told == [
        ("operator/ann", "tenants.limit", "acme", {"queued": 500}),
        ("operator/ann", "tenants.limit", "acme", {"weight": 2}),
    ]


def test_other_replicas_know_it_when_they_look_next() -> None:
    with operating() as api:
        limit(api, tenant="acme", running=3)
        other = Tenants()
        api.runner.run(other.read(api.store))
        assert other.of("acme") == Limit(running=3)
        limit(api, tenant="acme", default=True)
        api.runner.run(other.read(api.store))
        assert other.of("acme") == Limit()


def test_all_is_put_back_though_nothing_was_set() -> None:
    with operating() as api:
        limit(api, tenant="acme", weight=9)
        for _ in range(2):
            assert limit(api, tenant="acme", default=True) == {"tenant": "acme", "limit": USUAL, "is_usual": True}
        assert shown(api) == {}


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({"tenant": "acme"}, "default alone"),
        ({"tenant": "acme", "weight": 2, "default": True}, "default alone"),
        ({"tenant": "acme", "weight": 0}, "weight"),
        ({"tenant": "acme", "running": "many"}, "running"),
        ({"tenant": "No Such Name", "weight": 2}, "tenant"),
        ({"tenant": "acme", "wait": 2}, "wait"),
    ],
)
def test_what_cannot_hold_is_refused_at_its_field(asked: dict[str, Any], field: str) -> None:
    with operating() as api:
        answer = api.post(f"{TENANTS}/limit", asked)
        assert answer.status_code == 422
        assert field in answer.text
        assert shown(api) == {}


def test_nobody_but_an_operator_may_look_or_limit() -> None:
    with operating() as api:
        api.token = api.issuer.token()
        assert api.get(TENANTS).status_code == 403
        assert api.post(f"{TENANTS}/limit", {"tenant": "acme", "weight": 2}).status_code == 403
