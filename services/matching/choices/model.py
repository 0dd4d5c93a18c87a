"""Two who are never to be proposed to each other."""

from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from services.matching.pool.model.applications import Pair
from services.matching.proposals.model.unavailable import AlreadyExcluded, NotExcluded
from shared.contracts.matching import ExclusionAdded, ExclusionLifted
from shared.engine.authoring.aggregate import Aggregate
from shared.ids import ApplicationId, ProgramId


class ExclusionReason(StrEnum):
    """Why two are kept apart."""

    REPORTING_LINE = "reporting_line"
    CONFLICT_OF_INTEREST = "conflict_of_interest"
    ACQUAINTED = "acquainted"
    WORKED_TOGETHER = "worked_together"
    OTHER = "other"


class Exclusion(Aggregate, name="exclusion"):
    """Who keeps which two apart, since when and why; its id is made of the ids of their applications.

    It is blank before that, and again once they may be proposed to each other: nothing says then what had been.
    """

    indexes: ClassVar = (("program_id",),)

    program_id: ProgramId = ProgramId("")
    mentor_application_id: ApplicationId = ApplicationId("")
    mentee_application_id: ApplicationId = ApplicationId("")
    reason: ExclusionReason | None = None
    added_by: str = ""
    added_at: datetime | None = None

    @property
    def holds(self) -> bool:
        """Whether the two are kept apart now."""
        return self.added_at is not None

    def keep_apart(self, pair: Pair, reason: ExclusionReason | None, by: str, at: datetime) -> ExclusionAdded:
        """Keep a mentor and a mentee apart from now on; raises `AlreadyExcluded`."""
        if self.holds:
            raise AlreadyExcluded("These two are kept apart already: nothing is left to do.")
        self.program_id, self.reason, self.added_by, self.added_at = pair.program_id, reason, by, at
        self.mentor_application_id, self.mentee_application_id = pair.applications
        return ExclusionAdded(
            program_id=pair.program_id,
            mentor_application_id=self.mentor_application_id,
            mentee_application_id=self.mentee_application_id,
        )

    def lift(self) -> ExclusionLifted:
        """Let the two be proposed to each other again; raises `NotExcluded`."""
        if not self.holds:
            raise NotExcluded("These two are not kept apart in this program: nothing is left to do.")
        lifted = ExclusionLifted(
            program_id=self.program_id,
            mentor_application_id=self.mentor_application_id,
            mentee_application_id=self.mentee_application_id,
        )
        self.program_id, self.reason, self.added_by, self.added_at = ProgramId(""), None, "", None
        self.mentor_application_id, self.mentee_application_id = ApplicationId(""), ApplicationId("")
        return lifted


def exclusion_id(mentor: ApplicationId, mentee: ApplicationId) -> str:
    """Name the exclusion of two; there is one at most."""
    return f"{mentee}/{mentor}"
