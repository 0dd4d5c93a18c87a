"""Two results can be laid side by side."""

from services.matching.algorithm.changes import compare
from services.matching.algorithm.strategies import Options, match
from tests.services.matching.algorithm.instances import Instance

SCORES = {("a", "X"): 0.9, ("b", "X"): 0.8, ("a", "Y"): 0.85, ("b", "Y"): 0.1}
GIVEN = Instance(SCORES, {"a": 1, "b": 1}, {"X": 1, "Y": 1}).problem()


def test_who_loses_most_comes_first() -> None:
    found = compare(match(GIVEN), match(GIVEN, Options(strategy="stable")))
    assert (found.size, found.total, found.worst, found.blocking_pairs) == (0, -0.65, -0.7, -1)
    assert [(one.mentee, one.before, one.after) for one in found.changes] == [
        ("b", ("X",), ("Y",)),
        ("a", ("Y",), ("X",)),
    ]
    assert found.is_same_input


def test_a_result_does_not_differ_from_itself() -> None:
    assert compare(match(GIVEN), match(GIVEN)).changes == ()
