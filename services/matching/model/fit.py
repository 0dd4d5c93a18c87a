"""How well two fit, as it is kept with a match."""

from datetime import date
from typing import Self

from pydantic import BaseModel, ConfigDict

from services.matching.candidate import Candidate
from services.matching.criteria import (
    AD_HOC_ONLY,
    CONSTRAINTS,
    NO_COMMON_LANGUAGE,
    NO_SEATS,
    SAME_PERSON,
    ScoringSettings,
    kept_out,
)
from services.matching.scoring import SCALE, Score, explain
from shared.contracts.matching import Contribution
from shared.errors import Refusal

REMEDIES = {
    AD_HOC_ONLY: "One of the two meets for single sessions only: choose two who want a long-term match.",
    NO_SEATS: "The mentor offers no long-term seat: choose another mentor.",
    NO_COMMON_LANGUAGE: "The two have no language in common: choose a mentor who speaks one of the mentee's.",
    SAME_PERSON: "Nobody is their own mentor: choose another one.",
}


class PairNotAllowed(Refusal):
    """A hard constraint forbids the pair. `constraint` says which."""


class Share(Contribution, extra="allow"):
    """A contribution as it is stored: what this version does not know is kept."""


class Fit(BaseModel):
    """A score in millionths, the share of the weights that both have data for, and the part of each criterion."""

    model_config = ConfigDict(frozen=True, extra="allow")

    points: int = 0
    coverage: float = 0
    reasons: tuple[Share, ...] = ()

    @classmethod
    def of(cls, score: Score) -> Self:
        """What a match keeps of its score: criteria without data on both sides have no part in it."""
        stated = [reason for reason in score.reasons if reason.value is not None]
        shares = tuple(Share.model_validate(reason.model_dump(exclude={"evidence"})) for reason in stated)
        return cls(points=score.points, coverage=score.coverage, reasons=shares)

    @property
    def score(self) -> float:
        """In [0, 1]."""
        return self.points / SCALE


def judge(mentor: Candidate, mentee: Candidate, day: date) -> Fit:
    """How well two fit whom somebody has chosen, scored as a run does; raises `PairNotAllowed`."""
    outside = [code for one in (mentor, mentee) if (code := kept_out(one))]
    broken = [code for code, are_allowed in CONSTRAINTS.items() if not are_allowed([mentee], [mentor]).item()]
    for code in outside + broken:
        raise PairNotAllowed(REMEDIES[code], constraint=code)
    return Fit.of(explain(mentee, mentor, ScoringSettings(reference_date=day)))
