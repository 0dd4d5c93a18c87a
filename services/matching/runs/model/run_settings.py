"""What can be asked of a match run."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

from services.matching.algorithm.program import Objective, Weight
from services.matching.pool.model.program_criteria import WEIGHTS

RunStrategy = Literal["optimal", "stable", "group"]


class RunObjective(Objective, extra="allow"):
    """An objective as it is stored: what this version does not know is kept."""


class RunSettings(BaseModel):
    """How a run matches; all that the result follows from, besides the people."""

    model_config = ConfigDict(frozen=True, extra="allow")

    strategy: RunStrategy = Field(
        default="optimal",
        description=(
            "`optimal`: the most mentees with a mentor, in the most pairs, then the worst match, then all together; "
            "`stable`: no two prefer each other to whom they got; `group`: a mentor has no mentee, or two at least"
        ),
    )
    weights: dict[str, Weight] = Field(
        default=WEIGHTS, description="How much each criterion counts; one that is not named does not"
    )
    objective: RunObjective = Field(
        default=RunObjective(), description="What counts after the number of people and pairs"
    )
    minimum_score: Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)] = Field(
        default=0, description="No pair has a lower score; the program's own minimum holds where it is higher"
    )
    what_if: bool = Field(default=False, description="Only to be looked at: nothing is ever proposed of it")
    time_limit: int = Field(default=600, ge=1, le=3600, description="Seconds after which the computation is given up")

    @field_validator("weights")
    @classmethod
    def _can_be_followed(cls, weights: dict[str, float]) -> dict[str, float]:
        if unknown := sorted(weights.keys() - WEIGHTS.keys()):
            raise ValueError(f"weights name no criterion: {', '.join(unknown)}; use {', '.join(WEIGHTS)}")
        if sum(weights.values()) < 0.001:
            raise ValueError("weights add up to nothing: give at least one criterion a weight")
        return weights


USUAL = RunSettings()
