"""A person as a row of a file describes them."""

from pydantic import BaseModel, ConfigDict

from shared.contracts.intake import MeetingFormat


class ImportedPerson(BaseModel):
    """What one accepted row says. What nobody stated is None or empty, never zero.

    `email_key` compares addresses, `email` keeps the spelling. `country` is an ISO 3166 code, `time_zone` an IANA name
    as chosen (compare with `canonical_zone`), `languages` are ISO 639 codes, `language_levels` how well each is spoken
    by its code, `months_available` are 1 to 12. `seats` are a mentor's long-term places, 0 for who only meets ad hoc;
    `mentors` is how many a mentee looks for, 1 to 3. `experience` is a band such as `2-4 years`.
    """

    model_config = ConfigDict(frozen=True)

    line: int
    name: str
    email: str
    email_key: str
    location: str | None = None
    country: str | None = None
    time_zone: str | None = None
    languages: tuple[str, ...] = ()
    language_levels: dict[str, str] | None = None
    meeting_format: MeetingFormat | None = None
    seats: int | None = None
    mentors: int | None = None
    hours_per_month: float | None = None
    months_available: tuple[int, ...] = ()
    experience: str | None = None
    years: float | None = None
    areas: tuple[str, ...] = ()
    programming_languages: tuple[str, ...] = ()
    goals: tuple[str, ...] = ()
