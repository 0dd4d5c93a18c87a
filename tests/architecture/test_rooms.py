"""What the rule on capabilities finds, on graphs of a few modules."""

from collections.abc import Sequence

import pytest
from grimp import ImportGraph

from tests.architecture.rooms import RoomsContract

MODULES = (
    *(f"services.shop.{room}.{part}" for room in ("tills", "sales") for part in ("model", "commands", "queries")),
    "services.shop.service",
    "services.shop.tills.drawer",
    "services.shop.times",
)
USE = "services.shop.sales -> services.shop.tills"


def broken(*imports: str, uses: Sequence[str] = (), open_parts: Sequence[str] = ()) -> list[str]:
    """What the rule says of these imports, without their lines."""
    graph = ImportGraph()
    for module in MODULES:
        graph.add_module(module)
    for one in imports:
        importer, imported = (f"services.shop.{end}" for end in one.split(" -> "))
        graph.add_import(importer=importer, imported=imported, line_number=1, line_contents="")
    options = {"uses": list(uses), "open_parts": list(open_parts)}
    found = RoomsContract("rooms", {}, options).check(graph, verbose=False).metadata["broken"]
    return [line.replace("services.shop.", "") for line in found]


def test_a_model_is_used_where_that_is_declared() -> None:
    assert broken("sales.commands -> tills.model", uses=[USE]) == []
    assert broken("sales.commands -> tills.model") == ["sales.commands -> tills.model (l.1): not among `uses`"]


@pytest.mark.parametrize("part", ["commands", "queries"])
def test_nothing_else_of_a_room_is_used_though_its_model_may_be(part: str) -> None:
    found = broken("sales.commands -> tills.model", f"sales.commands -> tills.{part}", uses=[USE])
    assert found == [f"sales.commands -> tills.{part} (l.1): not its model"]


def test_what_stands_between_the_rooms_uses_models_undeclared() -> None:
    assert broken("times -> tills.model", "sales.model -> times") == []
    assert broken("times -> tills.commands") == ["times -> tills.commands (l.1): not its model"]


def test_the_assembly_takes_everything_and_is_taken_by_nobody() -> None:
    assert broken("service -> tills.commands", "service -> sales.queries") == []
    (found,) = broken("times -> service")
    assert found.startswith("times -> service (l.1): a service is assembled of its rooms")


def test_a_part_that_is_open_is_used_beside_the_model() -> None:
    assert broken("sales.commands -> tills.drawer", open_parts=["services.shop.tills.drawer"]) == []
    assert broken("sales.commands -> tills.drawer") == ["sales.commands -> tills.drawer (l.1): not its model"]


def test_commands_are_never_open() -> None:
    found = broken("sales.queries -> tills.commands", open_parts=["services.shop.tills.commands"])
    assert found == ["tills.commands: never open to others"]


def test_a_declaration_that_nothing_needs_is_broken() -> None:
    assert broken(uses=[USE]) == ["sales -> tills: nothing needs this line"]
    assert broken(open_parts=["services.shop.tills.drawer"]) == ["tills.drawer: nothing needs this line"]
