"""What intake tells: organizations, programs, applications, and the people behind them."""

from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field

from shared.contracts.event import Event, State
from shared.ids import ApplicationId, PersonId, ProgramId, TenantId


class Role(StrEnum):
    """The side on which a person takes part."""

    MENTOR = "mentor"
    MENTEE = "mentee"


class MeetingFormat(StrEnum):
    """How a person wants to meet: over months, for single sessions, or either."""

    LONG_TERM = "long_term"
    AD_HOC = "ad_hoc"
    BOTH = "both"


class OrganizationRegistered(Event, aggregate="organization", subject="organization_id"):
    """An organization has onboarded: from now on it is a tenant."""

    organization_id: TenantId
    name: str
    locale: str
    time_zone: str


class ProgramRules(BaseModel):
    """The settings of a program that other services follow. Durations are in the unit that the name says."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    proposal_days: int = Field(default=7, ge=1, le=60)
    open_requests: int = Field(default=5, ge=1, le=20)
    session_minutes: int = Field(default=60, ge=15, le=480)
    first_session_days: int = Field(default=14, ge=1, le=90)
    nothing_booked_days: int = Field(default=10, ge=1, le=90)
    feedback_reminder_hours: int = Field(default=24, ge=1, le=336)


class ProgramPublished(Event, aggregate="program", subject="program_id"):
    """A program is open for applications. Its dates of `cadence` are weekly, biweekly or monthly."""

    program_id: ProgramId
    title: str
    cadence: str
    months: int
    rules: ProgramRules


class ApplicationSubmitted(Event, aggregate="application", subject="application_id"):
    """A person asks to take part in a program in one role."""

    application_id: ApplicationId
    program_id: ProgramId
    person_id: PersonId
    role: Role


class ApplicationApproved(Event, aggregate="application", subject="application_id"):
    """The person takes part: matching may consider them, once the profile has come by the people topic."""

    application_id: ApplicationId
    program_id: ProgramId
    person_id: PersonId
    role: Role


class ApplicationWithdrawn(Event, aggregate="application", subject="application_id"):
    """The person no longer wants to take part in this role. A new application is possible."""

    application_id: ApplicationId
    program_id: ProgramId
    person_id: PersonId
    role: Role


class ContactCard(State, aggregate="person", subject="person_id"):
    """How to address and reach a person. Personal data: on the people topic only."""

    person_id: PersonId
    name: str
    email: str
    locale: str
    time_zone: str


class Profile(State, aggregate="application", subject="application_id"):
    """What matching needs to know of a participant. What a person did not state is None or empty: no data.

    `seats` counts the long-term places that a mentor offers; `languages` are ISO 639 codes; `hours_per_month` and
    `years` (of experience) are numbers as stated; `goals` are wished by a mentee and supported by a mentor.
    """

    application_id: ApplicationId
    program_id: ProgramId
    person_id: PersonId
    role: Role
    meeting_format: MeetingFormat = MeetingFormat.BOTH
    seats: int = 1
    languages: tuple[str, ...] = ()
    areas: tuple[str, ...] = ()
    programming_languages: tuple[str, ...] = ()
    goals: tuple[str, ...] = ()
    experience: str | None = None
    years: float | None = None
    hours_per_month: float | None = None
    months_available: tuple[int, ...] = ()
    time_zone: str | None = None
