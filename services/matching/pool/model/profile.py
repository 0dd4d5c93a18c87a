"""What the participants of a program stated, kept from the compacted topic."""

from collections.abc import Iterable
from typing import ClassVar

from pydantic import ValidationError

from services.matching.algorithm.people import Person
from services.matching.pool.model.program_criteria import ANSWERS
from shared.contracts.intake import MeetingFormat, Role
from shared.engine.authoring.aggregate import LocalCopy
from shared.errors import Refusal
from shared.ids import ApplicationId, PersonId, ProgramId


class ProfileInvalid(Refusal):
    """A profile has values that cannot be compared."""


FIELDS = {"capacity": "seats", "person": "person_id"}
"""Fields for which profiles have another name than the matching library."""


class ProfileCopy(LocalCopy, name="profile"):
    """What an approved applicant stated; its id is that of the application."""

    indexes: ClassVar = (("program_id", "role"),)

    program_id: ProgramId = ProgramId("")
    person_id: PersonId = PersonId("")
    role: Role = Role.MENTEE
    meeting_format: MeetingFormat = MeetingFormat.BOTH
    seats: int = 0
    mentors: int = 1
    languages: tuple[str, ...] = ()
    areas: tuple[str, ...] = ()
    programming_languages: tuple[str, ...] = ()
    goals: tuple[str, ...] = ()
    experience: str | None = None
    years: float | None = None
    hours_per_month: float | None = None
    months_available: tuple[int, ...] = ()
    time_zone: str | None = None

    @property
    def capacity(self) -> int:
        """How many of the other side the person may have."""
        return self.seats if self.role is Role.MENTOR else self.mentors

    @property
    def groups(self) -> dict[str, str]:
        """To which groups the person belongs whose fortunes are compared: where, of which language and experience."""
        continent, slash, _ = (self.time_zone or "").partition("/")
        stated = {
            "region": continent if slash and continent != "Etc" else "",
            "language": next(iter(self.languages), ""),
            "experience": self.experience or "",
        }
        return {attribute: group for attribute, group in stated.items() if group}

    def person(self, promised: int = 0, excludes: Iterable[ApplicationId] = ()) -> Person:
        """Make the person to compare: without the seats that are `promised`, and with nobody of `excludes`.

        Raises `ProfileInvalid`.
        """
        try:
            return Person(
                id=self.id,
                person=self.person_id,
                capacity=self.capacity - promised,
                has_somebody=promised > 0,
                is_eligible=self.meeting_format is not MeetingFormat.AD_HOC,
                languages=self.languages,
                goals=self.goals,
                years=self.years,
                time_zone=self.time_zone,
                excludes=tuple(sorted(excludes)),
                answers={name: getattr(self, name) for name in ANSWERS},
            )
        except ValidationError as error:
            fields = sorted({FIELDS.get(name, name) for one in error.errors() if (name := str(one["loc"][0]))})
            raise ProfileInvalid(
                f"The profile of {self.id} cannot be compared: correct its {', '.join(fields)}."
            ) from error
