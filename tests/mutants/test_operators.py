"""Which changes are made, and that a changed rule is the one that everybody calls."""

import gc
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from tests.mutants.groups import ROOT, groups
from tests.mutants.operators import mutants
from tests.mutants.run import EXCUSED, excuses, wrong
from tests.mutants.trial import change


def changes(body: str) -> set[str]:
    """What may become of the body of a function."""
    return {one.change.removeprefix("rule: ") for one in mutants("rules.py", f"def rule(self, a, b):\n    {body}\n")}


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("return a < b", {"a < b -> a <= b", "return a < b -> return None"}),
        ("yield a in b and not a", {"a in b -> a not in b", "a in b and (not a) -> a in b or not a", "not a -> a"}),
        ("yield a + 1", {"a + 1 -> a - 1", "1 -> 2"}),
        ("yield True", {"True -> False"}),
        ("yield a if b else 0", {"a if b else 0 -> a if not b else 0", "0 -> 1"}),
        ("yield [x for x in a if x]", {"if x -> no condition"}),
        ("if a: raise b", {"if a -> if not a", "if a -> if False", "raise b -> pass"}),
        ("self.a = a", {"self.a = a -> pass"}),
        ("self.a = self.b = a", {"self.a = self.b = a -> self.a = a", "self.a = self.b = a -> self.b = a"}),
        ("c, self.b = a, b", {"c, self.b = (a, b) -> c, = (a,)"}),
        ("self.a += a", {"self.a += a -> pass"}),
        ("a.append(b)", {"a.append(b) -> pass"}),
        ("del self.a[b]", {"del self.a[b] -> pass"}),
        ("return ()", set()),
        ("c: a | b = a; return c", {"return c -> return None"}),
    ],
)
def test_each_change_is_made_once(body: str, expected: set[str]) -> None:
    assert changes(body) == expected


RULES = """
class Seats:
    taken = 0

    @property
    def is_free(self):
        return self.taken < 2

    @classmethod
    def full(cls):
        made = cls()
        made.taken = 2
        return made
"""


def test_a_change_is_seen_by_those_who_have_the_rule_already() -> None:
    module: Any = ModuleType("rules")
    exec(compile(RULES, "rules.py", "exec"), module.__dict__)  # noqa: S102
    full = module.Seats.full()
    gc.freeze()  # as the tests are, once they are loaded
    boundary = next(one for one in mutants("rules.py", RULES) if "<=" in one.change)
    assert not full.is_free
    change(boundary)
    assert full.is_free
    assert boundary.lines == range(7, 8)


def test_the_models_of_every_service_and_the_engines_batch_are_changed() -> None:
    services = {path.parent.name for path in ROOT.glob("services/*/service.py")}
    found = {group.name: group.files() for group in groups()}
    assert set(found) == services | {"engine"}
    assert all(found.values())
    assert all((ROOT / folder).is_dir() for group in groups() for folder in group.tests)


def test_what_survives_needs_a_reason_and_a_reason_what_survives() -> None:
    excused = {"services/a/model.py::f: 1 -> 2": "why", "services/b/model.py::g: 1 -> 2": "why"}
    assert wrong(["services/a/model.py::f: 1 -> 2"], excused, "a") == []
    assert wrong(["services/a/model.py::h: 1 -> 2"], excused, "a") == [
        "survives: services/a/model.py::h: 1 -> 2",
        f"does not survive, and is excused in {EXCUSED.name}: services/a/model.py::f: 1 -> 2",
    ]


def test_what_is_excused_is_a_change_that_is_made() -> None:
    excused = set(excuses())
    files = {file for group in groups() for file in group.files()} & {change.partition("::")[0] for change in excused}
    made = {f"{file}::{one.change}" for file in files for one in mutants(file, Path(ROOT / file).read_text())}
    assert excused <= made
