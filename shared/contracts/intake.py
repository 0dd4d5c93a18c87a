"""What intake tells: organizations, programs, applications, and the people behind them."""

from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from shared.contracts.event import Event, State
from shared.contracts.fields import Application, Person, Program
from shared.ids import PersonId, ProgramId, TenantId


class Role(StrEnum):
    """The side on which a person takes part."""

    MENTOR = "mentor"
    MENTEE = "mentee"


class MeetingFormat(StrEnum):
    """How a person wants to meet: over months, for single sessions, or either."""

    LONG_TERM = "long_term"
    AD_HOC = "ad_hoc"
    BOTH = "both"


PROFILE_FACTS = (
    "meeting_format",
    "languages",
    "areas",
    "programming_languages",
    "goals",
    "experience",
    "years",
    "hours_per_month",
    "months_available",
    "time_zone",
)
"""What a participant has stated, and a program may show to whom they are matched with."""

SHOWN_FACTS = tuple(fact for fact in PROFILE_FACTS if fact != "years")
"""All but the years of experience, which tell an age."""


class OrganizationRegistered(Event, aggregate="organization", subject="organization_id"):
    """An organization has onboarded: from now on it is a tenant."""

    organization_id: TenantId
    """The organization, which is the tenant: its id is its slug."""
    name: str
    """As people call it."""
    locale: str
    """The language of those who state none, such as `de` or `it-CH`."""
    time_zone: str
    """Its IANA time zone, such as `Europe/Rome`."""


Day = Annotated[int, Field(ge=1, le=60)]


class ProgramRules(BaseModel):
    """The settings of a program that other services follow. Durations are in the unit that the name says."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    proposal_days: int = Field(default=7, ge=1, le=60)
    """Days until a proposal that not both have answered expires."""
    proposal_reminder_days: tuple[Day, ...] = Field(default=(2, 5), max_length=5)
    """Days after which who has not answered a proposal is reminded, those before it expires."""
    open_requests: int = Field(default=5, ge=1, le=20)
    """How many open proposals a mentee has at most."""
    minimum_score: float = Field(default=0.2, ge=0, le=1, allow_inf_nan=False)
    """How well two fit at least, from 0 to 1: nobody is suggested to anybody with a lower score."""
    session_minutes: int = Field(default=60, ge=15, le=480)
    """How long a session lasts if nothing else is said."""
    first_session_days: int = Field(default=14, ge=1, le=90)
    """Days after its start by which a relationship should have held its first session."""
    nothing_booked_days: int = Field(default=10, ge=1, le=90)
    """Days after its start after which a relationship without a booked session is at risk."""
    feedback_reminder_hours: int = Field(default=24, ge=1, le=336)
    """Hours after which a request for feedback that is not answered is repeated."""
    shown_facts: tuple[str, ...] = Field(default=SHOWN_FACTS, max_length=50)
    """Fields of `Profile` that the two of a match see of each other, beside the name; never how to reach each other."""


class ProgramPublished(Event, aggregate="program", subject="program_id"):
    """A program is open for applications. Its dates of `cadence` are weekly, biweekly or monthly."""

    program_id: ProgramId
    """The program."""
    title: str
    """As people see it."""
    cadence: str
    """How often a pair meets: `weekly`, `biweekly` or `monthly`."""
    months: int
    """How long a relationship lasts."""
    rules: ProgramRules
    """The settings that all services follow."""


class ApplicationSubmitted(Event, aggregate="application", subject="application_id"):
    """A person asks to take part in a program in one role."""

    application_id: Application
    program_id: Program
    person_id: Person
    role: Role
    """The side on which the person takes part."""


class ApplicationApproved(Event, aggregate="application", subject="application_id"):
    """The person takes part: matching may consider them, once the profile has come by the people topic."""

    application_id: Application
    program_id: Program
    person_id: Person
    role: Role
    """The side on which the person takes part."""


class ApplicationWithdrawn(Event, aggregate="application", subject="application_id"):
    """The person no longer wants to take part in this role. A new application is possible."""

    application_id: Application
    program_id: Program
    person_id: Person
    role: Role
    """The side on which the person takes part."""


class ParticipantPaused(Event, aggregate="application", subject="application_id"):
    """The person is not to be matched for a while; what is agreed already goes on."""

    application_id: Application
    program_id: Program
    person_id: Person
    role: Role
    """The side on which the person takes part."""


class ParticipantResumed(Event, aggregate="application", subject="application_id"):
    """The person can be matched again."""

    application_id: Application
    program_id: Program
    person_id: Person
    role: Role
    """The side on which the person takes part."""


class ParticipantLeft(Event, aggregate="application", subject="application_id"):
    """Who took part has left the program in this role: what was agreed has ended too. A new application is possible."""

    application_id: Application
    program_id: Program
    person_id: Person
    role: Role
    """The side on which the person takes part."""


class CapacityChanged(Event, aggregate="application", subject="application_id"):
    """A mentor has more or fewer seats, or a mentee looks for more or fewer mentors; the profile says so as well."""

    application_id: Application
    program_id: Program
    person_id: Person
    role: Role
    """The side on which the person takes part."""
    capacity: int
    """How many matches the person can have at once."""


class ExpectedAddress(BaseModel):
    """An address that a person is to have, from when that is asked for until its time is over."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    number: int
    """How often another address was asked for, this time included."""
    old: str = ""
    """The address until then; empty when it is over."""
    new: str = ""
    """The address that the person is to have; empty when it is over."""


class ContactCard(State, aggregate="person", subject="person_id"):
    """How to address and reach a person. Personal data: on the people topic only."""

    person_id: PersonId
    """The person."""
    name: str
    """The whole name, as the person writes it."""
    email: str
    """The address to write to."""
    locale: str
    """The language to write in, such as `de` or `it-CH`."""
    time_zone: str
    """The person's IANA time zone."""
    pronouns: str = ""
    """How to speak of the person, as they write it, such as `she/her`; empty if they have not said it."""
    shows_email: bool = True
    """Whether the address is told to those with whom the person is matched, once both have accepted."""
    address_change: ExpectedAddress | None = None
    """The latest change of the address, if there was one: nobody writes to the new one but to have it confirmed."""


class PersonCorrected(Event, aggregate="person", subject="person_id"):
    """What a person's card says was corrected, by the person or by somebody who looks after the program."""

    person_id: Person
    corrected: tuple[str, ...]
    """Which fields of the contact card; what they say now is on the people topic."""


class PersonMerged(Event, aggregate="person", subject="person_id"):
    """Cards that were made for one person by mistake are one: what is told of the others is about this one."""

    person_id: Person
    merged_ids: tuple[PersonId, ...]
    """The cards that have gone, the latest first: their ids are this person's from now on."""
    times: int
    """How many cards of the person have gone, these included."""
    passkeys_ended: int = 0
    """How many passkeys of the card that has gone sign nobody in any longer."""


class Profile(State, aggregate="application", subject="application_id"):
    """What matching needs to know of a participant. What a person did not state is None or empty: no data.

    `seats` counts the long-term places that a mentor offers; `languages` are ISO 639 codes; `hours_per_month` and
    `years` (of experience) are numbers as stated; `goals` are wished by a mentee and supported by a mentor.
    """

    application_id: Application
    program_id: Program
    person_id: Person
    role: Role
    """The side on which the person takes part."""
    meeting_format: MeetingFormat = MeetingFormat.BOTH
    """How the person wants to meet."""
    seats: int = 1
    """How many long-term places a mentor offers; 0 for who meets ad hoc only."""
    mentors: int = 1
    """How many mentors a mentee wants at once, 1 to 3."""
    languages: tuple[str, ...] = ()
    """ISO 639 codes of the languages to meet in."""
    areas: tuple[str, ...] = ()
    """Fields of work."""
    programming_languages: tuple[str, ...] = ()
    """Languages that a mentor knows, or a mentee wants to learn."""
    goals: tuple[str, ...] = ()
    """What a mentee wishes for, or a mentor supports."""
    experience: str | None = None
    """A band of experience, such as `2-4 years`."""
    years: float | None = None
    """Years of experience."""
    hours_per_month: float | None = None
    """Hours a month for mentoring."""
    months_available: tuple[int, ...] = ()
    """Months of the year in which the person has time, 1 to 12."""
    time_zone: str | None = None
    """The person's IANA time zone."""
