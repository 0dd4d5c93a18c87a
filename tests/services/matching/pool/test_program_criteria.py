"""What is compared in a program, by the weights that it has."""

from datetime import date

from services.matching.pool.model.program_criteria import ANSWERS, compared_on


def test_what_has_no_weight_does_not_count() -> None:
    program = compared_on(date(2027, 3, 1), weights={"goals": 1.0})
    assert program.weights == {"goals": 1.0}
    assert {one.name: one.weight for one in program.questions} == dict.fromkeys(ANSWERS, 0)
