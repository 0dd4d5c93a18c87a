"""Log lines have constant names, say which message they are about, and nothing that is not on the list."""

import ast
import asyncio
import logging
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import structlog
from prometheus_client import REGISTRY
from pydantic import BaseModel

from shared.engine.authoring.context import Context, NotYet
from shared.engine.authoring.grants import PERSON
from shared.engine.batch.message import Origin
from shared.observe.failures import describe
from shared.observe.logs import KNOWN
from tests.shared.engine.shop import Sell, Shop, Sold, noting
from tests.shared.observe.lines import logged
from tests.shared.web.api import running
from tests.shared.web.garden import garden

ROOT = Path(__file__).parents[3]
SECRET = "the name of Ada"
TRACEPARENT = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"

log = structlog.get_logger()


def dropped() -> float:
    return REGISTRY.get_sample_value("ithaca_log_fields_dropped_total") or 0.0


def test_a_line_has_its_name_its_level_and_a_time_in_utc() -> None:
    with logged() as lines:
        log.warning("shop.closed", reason="late")
    (line,) = lines.parsed
    assert (line["event"], line["level"], line["reason"]) == ("shop.closed", "warning", "late")
    assert line["timestamp"].endswith("Z")


def test_a_field_that_is_not_known_is_dropped_and_counted() -> None:
    before = dropped()
    with logged() as lines:
        log.info("shop.closed", email=SECRET, name=SECRET, count=3)
    assert lines.of("shop.closed").keys() == {"event", "level", "timestamp", "count"}
    assert SECRET not in lines.getvalue()
    assert dropped() == before + 2


def test_an_exception_shows_by_type_and_frames_and_not_by_its_values() -> None:
    with logged() as lines:
        try:
            raise RuntimeError(SECRET)
        except RuntimeError:
            log.exception("shop.burned")
    told = lines.of("shop.burned")["exception"]
    assert re.fullmatch(r"tests/shared/observe/test_logs\.py:\d+ in test_an_exception_\w+\nRuntimeError", told)
    assert SECRET not in lines.getvalue()


class Nested(BaseModel):
    by_name: dict[str, int]


def test_what_does_not_fit_a_model_shows_by_the_models_own_fields() -> None:
    with pytest.raises(ValueError, match="by_name") as raised:
        Nested.model_validate({"by_name": {SECRET: SECRET}})
    assert describe(raised.value) == "by_name: int_parsing"


def test_a_terminal_gets_the_same_for_people_to_read() -> None:
    with logged(in_terminal=True) as lines:
        log.error("shop.burned", count=3, email=SECRET, exc_info=RuntimeError(SECRET))
    assert "shop.burned" in lines.getvalue()
    assert "RuntimeError" in lines.getvalue()
    assert SECRET not in lines.getvalue()


def test_a_librarys_line_is_kept_without_its_values() -> None:
    with logged() as lines:
        logging.getLogger("aiokafka").error("Heartbeat failed for %s", SECRET, exc_info=RuntimeError(SECRET))
    line = lines.of("library.told")
    assert (line["logger"], line["template"], line["level"]) == ("aiokafka", "Heartbeat failed for %s", "error")
    assert line["exception"] == "RuntimeError"
    assert SECRET not in lines.getvalue()


def test_a_task_that_nobody_waited_for_tells_its_failure_without_values() -> None:
    async def fail() -> None:
        raise RuntimeError(SECRET)

    async def scenario() -> None:
        asyncio.get_running_loop().call_exception_handler(
            {"message": "Task exception was never retrieved", "exception": RuntimeError(SECRET), "text": SECRET}
        )

    with logged() as lines:
        asyncio.run(scenario())
    assert lines.of("library.told")["template"] == "Task exception was never retrieved"
    assert SECRET not in lines.getvalue()


def shop() -> Shop:
    handlers = noting()

    @handlers.post("/sell", allow=(PERSON,))
    def sell(_: Sell) -> None:
        log.info("till.opened")
        raise RuntimeError(SECRET)

    @handlers.on("wait")
    def wait(_: Sold, ctx: Context) -> None:
        raise NotYet("something")

    return Shop(handlers)


def test_every_line_about_a_message_says_which_one_it_is() -> None:
    made = shop()
    origin = Origin("client/test", correlation="c1", traceparent=TRACEPARENT)
    command = made.command(Sell(), origin=origin)
    with logged() as lines:
        asyncio.run(made.handle(command))
        log.info("shop.closed")
    told = {
        "tenant": "acme",
        "handler": "Sell",
        "message_id": command.id,
        "correlation_id": "c1",
        "trace_id": "4bf92f3577b34da6a3ce929d0e0e4736",
    }
    assert lines.of("till.opened").items() >= told.items()
    assert lines.of("message.failed").items() >= told.items()
    assert lines.of("shop.closed").keys() == {"event", "level", "timestamp"}


def test_what_is_parked_and_given_up_says_so_and_what_waits_for_something_else_does_not() -> None:
    made = shop()

    async def scenario() -> None:
        await made.handle(made.event(Sold(till_id="t1", number=-1)), made.event(Sold(till_id="t1"), "wait"))

    with logged() as lines:
        asyncio.run(scenario())
    assert lines.of("message.parked")["handler"] == "note"
    assert "in note\nRuntimeError" in lines.of("message.parked")["exception"]
    assert lines.names == {"message.parked"}


def test_a_failure_of_a_read_says_whose_request_it_was() -> None:
    with logged() as lines, running(garden) as api:
        instance = api.get("/v1/thorns", headers={"traceparent": TRACEPARENT}).json()["instance"]
    line = lines.of("http.failed")
    assert (line["instance"], line["tenant"], line["trace_id"]) == (instance, "acme", TRACEPARENT[3:35])
    assert "secret name" not in lines.getvalue()


SET_UP = f"""
import structlog
from shared.observe import logs
logs.set_up("shop")
structlog.get_logger().info("shop.opened", port=80, email={SECRET!r})
raise RuntimeError({SECRET!r})
"""


@pytest.mark.real
def test_a_process_logs_json_to_standard_error_with_its_service_to_the_last() -> None:
    ran = subprocess.run([sys.executable, "-c", SET_UP], cwd=ROOT, capture_output=True, text=True, check=False)
    opened, failed = ran.stderr.splitlines()
    assert '"event": "shop.opened"' in opened
    assert '"service": "shop"' in opened
    assert '"event": "process.failed"' in failed
    assert SECRET not in ran.stdout + ran.stderr


LEVELS = {"debug", "info", "warning", "error", "exception", "critical"}
OWN = {"exc_info"}


def calls(source: str) -> Iterator[ast.Call]:
    """The calls of a logger's methods."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Call(ast.Attribute(ast.Name("log"), method)) if method in LEVELS:
                yield node


def faults(source: str) -> list[str]:
    """What is wrong with the log lines of a module."""
    found = []
    for call in calls(source):
        name = call.args[0].value if call.args and isinstance(call.args[0], ast.Constant) else ""
        if len(call.args) != 1 or not re.fullmatch(r"[a-z_]+(\.[a-z_]+)+", str(name)):
            found.append(f"line {call.lineno}: a name must be constant and dotted")
        for keyword in call.keywords:
            if keyword.arg is not None and keyword.arg not in KNOWN | OWN:
                found.append(f"line {call.lineno}: {keyword.arg} is not known")
            if ast.unparse(keyword.value).startswith(("str(", "repr(", "f'")) and "error" in ast.unparse(keyword.value):
                found.append(f"line {call.lineno}: {keyword.arg} may quote a value")
    return found


def test_every_line_in_the_code_has_a_constant_name_and_known_fields() -> None:
    modules = [path for folder in ("shared", "services", "deploy") for path in (ROOT / folder).rglob("*.py")]
    found: dict[str, Any] = {str(path): faults(path.read_text()) for path in modules}
    assert {path: wrong for path, wrong in found.items() if wrong} == {}
    assert sum(len(list(calls(path.read_text()))) for path in modules) > 30


PLANTED = ['log.info(f"sold {x}")', 'log.info("sold")', 'log.info("a.b", email=x)', 'log.info("a.b", error=str(error))']


@pytest.mark.parametrize("planted", PLANTED)
def test_a_line_with_a_changing_name_or_an_unknown_field_is_found(planted: str) -> None:
    assert faults(planted)
