"""What people are asked who apply: each answer may be written as one says it, and may be left open."""

from collections.abc import Mapping
from dataclasses import dataclass

from services.console.frame.texts import msgid

ROLES = ("mentee", "mentor")

FACTS = {
    "seats": msgid("Seats"),
    "mentors": msgid("Mentors wanted"),
    "meeting_format": msgid("How they want to meet"),
    "languages": msgid("Languages"),
    "areas": msgid("Areas"),
    "programming_languages": msgid("Programming languages"),
    "goals": msgid("Goals"),
    "experience": msgid("Experience"),
    "years": msgid("Years of experience"),
    "hours_per_month": msgid("Hours a month"),
    "months_available": msgid("Months"),
    "time_zone": msgid("Time zone"),
}
"""What is stated in an application, as people call it."""


@dataclass(frozen=True, slots=True)
class Question:
    """One question; a hint says what an answer may be. Those with choices are answered by one of them."""

    name: str
    words: Mapping[str, str]
    """By role: those who are not named are not asked."""
    hint: str = ""
    choices: Mapping[str, str] | None = None
    is_long: bool = False

    @property
    def roles(self) -> tuple[str, ...]:
        """Who is asked."""
        return tuple(self.words)


def _both(words: str) -> Mapping[str, str]:
    return dict.fromkeys(ROLES, words)


QUESTIONS = (
    Question(
        "goals",
        {"mentee": msgid("What do you want to reach?"), "mentor": msgid("What can you help with?")},
        msgid("Such as: switch career, move to a management position; one on each line"),
        is_long=True,
    ),
    Question(
        "areas",
        {
            "mentee": msgid("In which fields do you look for somebody?"),
            "mentor": msgid("Which fields do you know well?"),
        },
        msgid("Such as: back end, data science; with commas between them"),
    ),
    Question(
        "programming_languages",
        {
            "mentee": msgid("Which programming languages do you want to learn?"),
            "mentor": msgid("Which programming languages do you know?"),
        },
        msgid("With commas between them"),
    ),
    Question("languages", _both(msgid("In which languages can you meet?")), msgid("Such as: English, German")),
    Question("experience", _both(msgid("For how long have you worked in your field?")), msgid("Such as: 2-4 years")),
    Question(
        "meeting_format",
        _both(msgid("How do you want to meet?")),
        choices={
            "": msgid("Left open"),
            "long_term": msgid("Over months, with the same person"),
            "ad_hoc": msgid("For single sessions"),
            "both": msgid("Either"),
        },
    ),
    Question(
        "seats",
        {"mentor": msgid("For how many mentees have you room at once?")},
        msgid("0 if you take single sessions only"),
    ),
    Question("mentors", {"mentee": msgid("How many mentors do you look for?")}, msgid("1 to 3")),
    Question("hours_per_month", _both(msgid("How many hours a month have you for it?"))),
    Question("months_available", _both(msgid("In which months have you time?")), msgid("Such as: January to June")),
    Question(
        "time_zone",
        _both(msgid("In which time zone are you?")),
        msgid("Such as Europe/Rome; that of your card if you leave it open"),
    ),
)


def profile(role: str, said: Mapping[str, str]) -> dict[str, str]:
    """Return what somebody in a role has answered, without what they have left open."""
    asked = (one.name for one in QUESTIONS if role in one.roles)
    return {name: said[name].strip() for name in asked if said.get(name, "").strip()}
