"""What a row of an import does to the person in it and to their application."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from pydantic import BaseModel, ConfigDict

from services.intake.applications.model.application import Application, ApplicationStatus
from services.intake.applications.model.profile import MatchingProfile, Participation
from services.intake.applications.model.slot import ParticipantSlot
from services.intake.people.model import EmailAddress, Person
from shared.contracts.event import Event
from shared.contracts.intake import Role


class Outcome(StrEnum):
    """What became of a row; `left` if the person has withdrawn or left before: an import brings nobody back."""

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    LEFT = "left"
    REFUSED = "refused"


class Terms(BaseModel):
    """What applies to all rows. `locale` and `time_zone` are for new people who state none."""

    model_config = ConfigDict(frozen=True)

    program_id: str = ""
    role: Role = Role.MENTEE
    approve: bool = False
    locale: str = "en"
    time_zone: str = "UTC"

    def slot_id(self, person_id: str) -> str:
        """The id of the slot that a person of the file is going to occupy."""
        return ParticipantSlot.key(self.program_id, person_id, self.role)


class Row(BaseModel):
    """One person of a file. `line` is where the row begins."""

    model_config = ConfigDict(frozen=True)

    line: int
    name: str
    email: str
    time_zone: str | None = None
    profile: MatchingProfile = MatchingProfile()


class Result(BaseModel):
    """What became of the row on a line."""

    model_config = ConfigDict(frozen=True)

    line: int
    outcome: Outcome
    person_id: str | None = None
    application_id: str | None = None


@dataclass(slots=True)
class Enrollment:
    """Everything that one row is about: aggregates that exist, or blank ones."""

    address: EmailAddress
    person: Person
    slot: ParticipantSlot
    application: Application

    def apply(self, row: Row, terms: Terms, at: datetime) -> tuple[Outcome, list[Event]]:
        """Create or update what the row says. An import does not bring back people who withdrew or left."""
        if self.application.has_ended or self.person.gone:
            return Outcome.LEFT, []
        is_new = self.application.status is ApplicationStatus.DRAFT
        profile = row.profile.with_zone(self.person.time_zone)
        before = self.person.model_copy(), self.application.model_copy()
        events = self._update_person(row, terms)
        events += self._submit(profile, terms, at) if is_new else self.application.revise(row.profile)
        if terms.approve and self.application.status is ApplicationStatus.SUBMITTED:
            events += self.application.approve(at)
        if is_new:
            return Outcome.CREATED, events
        is_same = before == (self.person, self.application)
        return Outcome.UNCHANGED if is_same else Outcome.UPDATED, events

    def _update_person(self, row: Row, terms: Terms) -> list[Event]:
        self.address.claim(self.person.id)
        if self.person.is_new:
            self.person.introduce(row.name, row.email, terms.locale, row.time_zone or terms.time_zone)
            return []
        return self.person.correct(name=row.name, time_zone=row.time_zone)

    def _submit(self, profile: MatchingProfile, terms: Terms, at: datetime) -> list[Event]:
        wanted = Participation(program_id=terms.program_id, person_id=self.person.id, role=terms.role)
        events = self.application.submit(wanted, profile, self.slot, at)
        self.person.apply(terms.program_id, terms.role, self.application.id)
        return events
