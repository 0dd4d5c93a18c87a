"""A service has no clock of its own: what time it is, the context of a command or `Now` of a query says."""

import ast
from collections.abc import Iterator

import pytest

from tests.architecture.test_tree import ROOT, files

CLOCKS = {"now", "utcnow", "today", "time", "time_ns", "system_clock", "localtime", "gmtime"}


def clocks_read(source: str) -> Iterator[int]:
    """The lines in which a module asks the machine for the time."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Call(func=ast.Attribute(value=ast.Name(id="datetime" | "date" | "time" | "dt"), attr=name)):
                if name in CLOCKS:
                    yield node.lineno
            case ast.Name(id="system_clock") | ast.alias(name="system_clock"):
                yield node.lineno


def test_no_service_asks_the_machine_what_time_it_is() -> None:
    found = [
        f"{path}:{line}"
        for path in files()
        if path.startswith("services/") and path.endswith(".py")
        for line in clocks_read((ROOT / path).read_text())
    ]
    assert not found, f"take the time of the context, or Now: {', '.join(found)}"


@pytest.mark.parametrize(
    "source",
    [
        "from shared.clock import system_clock",
        "at = datetime.now(UTC)",
        "day = date.today()",
        "import time\nat = time.time()",
        "def query(now=Depends(system_clock)): ...",
    ],
)
def test_a_clock_of_the_machine_is_found(source: str) -> None:
    assert [*clocks_read(source)]
