"""What is compared in a program, by the weights that it has."""

from datetime import date

from services.matching.algorithm import problem
from services.matching.algorithm.both_sides import Pool
from services.matching.algorithm.people import Person
from services.matching.pool.model.program_criteria import ANSWERS, WEIGHTS, compared_on, scores, weights_of

DAY = date(2027, 3, 1)


def test_what_has_no_weight_does_not_count() -> None:
    program = compared_on(DAY, weights={"goals": 1.0})
    assert program.weights == {"goals": 1.0}
    assert {one.name: one.weight for one in program.questions} == dict.fromkeys(ANSWERS, 0)
    assert weights_of(program) == dict.fromkeys(WEIGHTS, 0) | {"goals": 1.0}


def test_the_languages_of_a_pair_are_those_that_both_speak() -> None:
    mentor, mentee = (Person(id=id, languages=spoken) for id, spoken in (("ada", ("en", "it")), ("eve", ("de", "en"))))
    stated = problem.of_profiles(Pool(mentors=(mentor,), mentees=(mentee,), program=compared_on(DAY)))
    (score,) = scores(stated, [(0, 0)])
    assert score.languages == ("en",)
