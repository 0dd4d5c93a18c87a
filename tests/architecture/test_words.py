"""One word, one thing: names that were given up do not come back, and the glossary is true."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from shared.documents.glossary import meanings
from tests.architecture.test_tree import files

ROOT = Path(__file__).parents[2]

RETIRED = {
    "Ask": "SendCommand",
    "Asking": "CommandSender",
    "Bury": "KeepDeadLetter",
    "Held": "TrackedAggregate",
    "Own": "InternalMessage",
    "Place": "DocumentKey, Checkpoint, ShardCursor or ProcessOptions",
    "Safe": "ContentSealer",
    "Unit": "Batch",
    "bury": "dead_letter",
    "careful": "search for poison",
    "deadly": "poison",
    "go_on": "what happens next: resume, advance, handle_next",
    "held": "tracked, owned or paused",
    "hold": "track or load",
    "holds": "loaded",
    "place": "key, parked_number, cursor or checkpoint",
    "places": "keys or checkpoints",
    "safe": "sealer or still_leased",
    "settle": "complete or add_writes",
    "settled": "completed",
    "settles": "completion",
    "take_up": "unpark",
    "taken": "acquired, collected or handled",
    "tell": "report_progress, notify, announce or print",
    "told": "what was said: body, reason, outcome",
}
"""Names that had several meanings, with what is said instead."""

CHECKED = ("shared/", "deploy/cells/", "deploy/docs/", "deploy/local/", "deploy/manifests/", "deploy/operate/")
"""Where no meaning of theirs is left; in services, places are on maps, seats are taken and sessions are held."""

OF_PEOPLE = {"Place", "place", "places"}
"""What people write of where they are: a word of `shared.vocabulary`, as it is one of theirs."""

CLASS = re.compile(r"`([A-Z]\w+)`")


def names(source: str) -> Iterator[str]:
    """Every name that a module gives: of functions, classes, parameters, variables and attributes."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                yield name
            case ast.arg(arg=name):
                yield name
            case ast.Name(id=name, ctx=ast.Store()) | ast.Attribute(attr=name, ctx=ast.Store()):
                yield name


def retired(source: str) -> list[str]:
    """The names in a module that were given up, with what is said instead."""
    return [f"{name}: say {RETIRED[bare]}" for name in names(source) if (bare := name.lstrip("_")) in RETIRED]


def test_no_name_that_was_given_up_comes_back() -> None:
    modules = [name for name in files() if name.startswith(CHECKED) and name.endswith(".py")]
    assert modules
    found = {name: retired((ROOT / name).read_text()) for name in modules if not name.startswith("shared/vocabulary/")}
    assert {name: given for name, given in found.items() if given} == {}


def test_where_people_are_is_a_place_and_nothing_else_is() -> None:
    modules = (ROOT / "shared" / "vocabulary").glob("*.py")
    kept = {bare for module in modules for name in names(module.read_text()) if (bare := name.lstrip("_")) in RETIRED}
    assert kept <= OF_PEOPLE


@pytest.mark.parametrize(
    "planted",
    [
        "class Unit:\n    pass",
        "def tell(outcome):\n    pass",
        "async def _settle():\n    pass",
        "def free(held):\n    pass",
        "place = ('lanes', 'acme/l1')",
        "self.taken = []",
        "for told in answers:\n    pass",
    ],
)
def test_one_that_comes_back_is_found(planted: str) -> None:
    assert len(retired(planted)) == 1


def classes() -> set[str]:
    """Every class, and every type that has a name."""
    found = set[str]()
    for name in files():
        if name.startswith(("shared/", "services/")) and name.endswith(".py"):
            found |= set(re.findall(r"^(?:class )?([A-Z]\w+)\b(?=[(:]| = )", (ROOT / name).read_text(), re.MULTILINE))
    return found


def unknown(meaning: str) -> set[str]:
    """The classes that a meaning names and that do not exist."""
    return set(CLASS.findall(meaning)) - classes()


def test_the_classes_that_the_glossary_names_exist() -> None:
    assert unknown(" ".join(meanings().values())) == set()
    assert unknown("Messages that are handled in one transaction (`Unit`).") == {"Unit"}


def test_the_glossary_has_the_words_of_each_kind() -> None:
    assert meanings().keys() >= {"organization", "match run", "aggregate", "batch", "lane", "checkpoint"}
