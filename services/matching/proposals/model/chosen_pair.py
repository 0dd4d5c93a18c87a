"""Two participants whom somebody has chosen for each other."""

from datetime import date
from typing import Annotated

from services.matching.pool.model.participant import Participant
from services.matching.pool.model.profile import ProfileCopy
from services.matching.proposals.model.fit import Fit, judge
from shared.contracts.intake import Role
from shared.engine.authoring.loads import Bundle, require


class ChosenPair(Bundle):
    """A mentor and a mentee of a program with what they stated, in the order of the roles."""

    participants: Annotated[list[Participant], require("applications")]
    profiles: Annotated[list[ProfileCopy], require("applications")]

    @property
    def mentor_capacity(self) -> int:
        """How many seats the mentor offers."""
        return self.profiles[0].capacity

    def check(self, program_id: str) -> None:
        """Raises a `MentorUnavailable` or a `MenteeUnavailable` if one of the two cannot be asked."""
        for participant, role in zip(self.participants, Role, strict=True):
            participant.check(program_id, role)

    def judge(self, day: date) -> Fit:
        """Score the two as a run does; raises `PairNotAllowed`, `ProfileInvalid`."""
        mentor, mentee = (profile.person() for profile in self.profiles)
        return judge(mentor, mentee, day)
