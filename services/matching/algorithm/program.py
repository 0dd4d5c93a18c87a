"""What a program decides about its matching."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from services.matching.algorithm.people import Id, Word, Words
from shared.moments import Day

Weight = Annotated[float, Field(ge=0, le=1000, allow_inf_nan=False)]
PairOfIds = tuple[Id, Id]
"""A mentee and a mentor."""

DEFAULT_WEIGHTS: dict[str, float] = {
    "skills": 35, "goals": 25, "availability": 15, "seniority": 10, "language": 5, "location": 5, "preference": 5,
}  # fmt: skip
FURTHER_CRITERIA = ("industry", "interests", "roles", "style", "zone")


class Question(BaseModel):
    """A question of the program's own form, found in `answers` under its name.

    `equal` compares single words, `overlap` takes the share of the mentee's words that the mentor has too, `scale`
    compares numbers between `lowest` and `highest`: the nearer, the better.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(min_length=1, max_length=100)
    kind: Literal["equal", "overlap", "scale"]
    weight: Weight
    lowest: float = Field(default=1, allow_inf_nan=False)
    highest: float = Field(default=5, allow_inf_nan=False)

    @model_validator(mode="after")
    def _scale_has_a_length(self) -> Self:
        if self.lowest >= self.highest:
            raise ValueError(f"highest must be more than {self.lowest:g}")
        return self


class Constraints(BaseModel):
    """What is never traded for a better score, besides role, capacity, not oneself and not one's reporting line.

    `overlap_hours` a week are needed where both stated when they can. `excluded` pairs, and pairs that have `failed`
    before, are a mentee and a mentor each. `competitors` are groups of organizations that are kept apart.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    common_language: bool = True
    place: bool = True
    same_region: bool = False
    overlap_hours: float = Field(default=0, ge=0, le=168)
    organizations: Literal["any", "same", "other"] = "any"
    competitors: tuple[Words, ...] = ()
    excluded: tuple[PairOfIds, ...] = ()
    failed: tuple[PairOfIds, ...] = ()
    minimum_score: float = Field(default=0, ge=0, le=1)


class Objective(BaseModel):
    """What counts after the number of mentees who are matched, and then of pairs.

    `count_mentors`: before the pairs, as many mentors as can be have a mentee.
    `worst`: first make the worst match as good as can be, for `all` by one bound, or for `each` measured against the
    best that the person could have, so that somebody with one bad option does not lower the bound of the others; or
    `any`. `total`: then the sum of the scores as they are (`plain`), or of a concave function of them (`balanced`), in
    which a gain of a weak match counts up to twice as much.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    worst: Literal["each", "all", "any"] = "each"
    total: Literal["balanced", "plain"] = "balanced"
    count_mentors: bool = False


class Program(BaseModel):
    """Weights of the criteria, own questions, constraints, and the words of a kind that count in part for each other.

    Clocks are compared over the weeks from `starts` to `ends`. `enough_hours` in common a week are as good as more.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    weights: Mapping[str, Weight] = DEFAULT_WEIGHTS
    questions: tuple[Question, ...] = ()
    kinds: Mapping[str, Mapping[Word, Words]] = {}
    constraints: Constraints = Constraints()
    objective: Objective = Objective()
    starts: Day = date(2027, 1, 11)
    ends: Day | None = None
    enough_hours: float = Field(default=4, ge=0.25, le=168)
    wished_gap_years: float = Field(default=5, ge=-50, le=50)

    @model_validator(mode="after")
    def _can_be_followed(self) -> Self:
        known = (*DEFAULT_WEIGHTS, *FURTHER_CRITERIA)
        if unknown := sorted(self.weights.keys() - {*known}):
            raise ValueError(f"weights name no criterion: {', '.join(unknown)}; use {', '.join(known)}")
        if sum(self.weights.values()) + sum(question.weight for question in self.questions) < 0.001:
            raise ValueError("weights add up to nothing: give at least one criterion a weight")
        if unknown := sorted(self.kinds.keys() - {*known}):
            raise ValueError(f"kinds name no criterion: {', '.join(unknown)}; use {', '.join(known)}")
        names = [question.name for question in self.questions]
        if repeated := sorted({name for name in names if names.count(name) > 1}):
            raise ValueError(f"questions repeat a name: {', '.join(repeated)}; name each once")
        if self.ends and not self.starts <= self.ends:
            raise ValueError(f"ends must not be before {self.starts}")
        return self
