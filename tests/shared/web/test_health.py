"""What starts a process learns whether it lives, whether it can work, and what it has done; in every role."""

import asyncio
import re
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from functools import cache

import httpx

from shared.clock import system_clock
from shared.engine.authoring.service import Service
from shared.engine.memory.bus import MemoryBus
from shared.engine.memory.consumer import MemoryConsumer
from shared.engine.memory.store import MemoryStore
from shared.engine.ports.store import Document, Id, Unavailable
from shared.settings import Role, Settings
from shared.web.app import create_app, create_monitor
from tests.shared.engine.contract.brokers import Receiving
from tests.shared.engine.shop import Sold, noting
from tests.shared.web.admin.operating import Operating, operating
from tests.shared.web.garden import garden
from tests.waiting import until


@cache
def shop() -> Service:
    return Service("shop", "Shop", [Sold], [noting()])


class Away(MemoryStore):
    """A database that nobody reaches."""

    async def get(self, collection: str, ids: Sequence[Id]) -> dict[Id, Document]:  # noqa: ARG002 - whatever is asked
        raise Unavailable("mongodb://ada:secret@database.test cannot be reached")


class Silent(MemoryStore):
    """A database that never answers."""

    async def get(self, collection: str, ids: Sequence[Id]) -> dict[Id, Document]:  # noqa: ARG002 - whatever is asked
        await asyncio.Event().wait()
        raise AssertionError


def problem(answer: httpx.Response) -> str:
    assert (answer.status_code, answer.headers["content-type"]) == (503, "application/problem+json")
    return str(answer.json()["detail"])


def wait(api: Operating, holds: Callable[[], bool]) -> None:
    async def asked() -> bool:
        return holds()

    api.runner.run(until(asked))


def is_ready(api: Operating) -> Callable[[], Awaitable[bool]]:
    async def asked() -> bool:
        return (await api.request("GET", "/readyz")).status_code == 200

    return asked


def test_a_process_whose_parts_run_lives_and_is_ready() -> None:
    with operating(shop(), worker=True) as api:
        api.token = None
        assert api.get("/livez").json() == {"status": "ok"}
        api.runner.run(until(is_ready(api)))


def test_a_process_that_takes_commands_only_is_ready_without_a_group() -> None:
    with operating(shop(), worker=False) as api:
        assert api.get("/readyz").status_code == 200


def test_a_process_without_its_database_is_not_ready_and_lives_all_the_same() -> None:
    with operating(shop()) as api:
        api.app.state.store = Away()
        answer = api.get("/readyz")
        assert problem(answer) == "The database cannot be reached: look at ITHACA_MONGO_URL, and whether it runs."
        assert "secret" not in answer.text
        assert api.get("/livez").status_code == 200


def test_a_database_that_does_not_answer_is_not_waited_for_long() -> None:
    with operating(shop()) as api:
        api.app.state.store = Silent()
        assert "The database cannot be reached" in problem(api.get("/readyz"))


def test_a_worker_is_ready_when_its_group_has_taken_it_in() -> None:
    bus = MemoryBus(rebalance_timeout=3600)

    async def member_that_stalls() -> MemoryConsumer:
        await bus.prepare({})
        consumer = await bus.consume([], "local.shop", Receiving(), 1)
        assert isinstance(consumer, MemoryConsumer)
        consumer.task.cancel()
        return consumer

    with asyncio.Runner() as runner:
        stalled = runner.run(member_that_stalls())
    with operating(shop(), worker=True, bus=bus) as api:
        assert "has not joined its group yet" in problem(api.get("/readyz"))
        assert api.get("/livez").status_code == 200
        bus.expire(stalled)
        api.runner.run(until(is_ready(api)))


def test_a_process_whose_machine_has_a_wrong_clock_is_not_ready_until_it_is_right_again() -> None:
    with operating(shop(), worker=True) as api:
        api.runner.run(until(is_ready(api)))
        api.engine.time.machine = lambda: system_clock() + timedelta(days=1)
        assert re.match(
            r"This machine's clock is 86[34]\d\d\.\d s ahead of the database's. Let both", problem(api.get("/readyz"))
        )
        assert api.get("/livez").status_code == 200
        api.engine.time.machine = system_clock
        assert api.get("/readyz").status_code == 200


def test_a_process_that_takes_commands_only_looks_at_its_clock_too() -> None:
    with operating(shop(), worker=False) as api:
        api.engine.time.machine = lambda: system_clock() - timedelta(seconds=6)
        assert "s behind the database's" in problem(api.get("/readyz"))


def test_a_process_whose_consumer_has_ended_does_not_live() -> None:
    with operating(shop(), worker=True) as api:
        consumer = api.engine.consumer
        assert isinstance(consumer, MemoryConsumer)
        consumer.task.cancel()
        wait(api, consumer.task.done)
        assert "A part of this process has ended by itself" in problem(api.get("/livez"))
        assert api.get("/readyz").status_code == 200
        api.engine.consumer = None


def test_a_process_one_of_whose_loops_has_ended_does_not_live() -> None:
    with operating(shop(), worker=True) as api:
        api.engine.tasks[0].cancel()
        wait(api, api.engine.tasks[0].done)
        assert "start the process anew" in problem(api.get("/livez"))


def test_metrics_need_no_token_and_are_not_in_the_document() -> None:
    with operating(garden) as api:
        api.post("/v1/plots/a/water", {"liters": 5}, headers={"Authorization": f"Bearer {api.issuer.token()}"})
        api.token = None
        answer = api.get("/metrics")
        assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
        assert 'ithaca_command_duration_seconds_count{command="WaterPlot",status="200"}' in answer.text
        assert "/metrics" not in api.get("/openapi.json").json()["paths"]


def test_metrics_with_an_address_of_their_own_are_there_with_the_probes_and_nowhere_else() -> None:
    with operating(shop(), worker=True) as api:
        settings = Settings(metrics_port=0)
        app = create_app(shop(), api.engine.submit, api.store, settings, api.issuer.verifier())
        app.state.engine = api.engine
        api.app = app
        assert [api.get(path).status_code for path in ("/livez", "/metrics")] == [200, 404]
        api.app, api.token = create_monitor(app), None
        assert [api.get(path).status_code for path in ("/livez", "/readyz", "/metrics")] == [200] * 3
        assert (api.get("/v1/admin/audit").status_code, api.get("/openapi.json").status_code) == (404, 404)
        app.state.store = Away()
        assert "The database cannot be reached" in problem(api.get("/readyz"))


def test_a_worker_serves_those_who_look_after_it_and_nobody_else() -> None:
    with operating(garden, worker=True) as api:
        settings = Settings(role=Role.WORKER)
        api.app = create_app(garden, api.engine.submit, api.store, settings, api.issuer.verifier())
        api.app.state.engine = api.engine
        assert [api.get(path).status_code for path in ("/livez", "/metrics", "/v1/admin/audit")] == [200] * 3
        assert api.post("/v1/plots/a/water", {"liters": 5}).status_code == 404
        assert api.get("/v1/plots").status_code == 404
