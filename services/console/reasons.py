"""Why two fit, and why somebody has nobody: what matching says in codes, in the words of whoever reads it."""

from collections.abc import Callable, Mapping, Sequence

from services.console.api import Shown
from services.console.frame.reader import Reader
from services.console.frame.texts import msgid

Figures = Mapping[str, int]

CRITERIA = {
    "goals": msgid("Goals"),
    "areas": msgid("Areas"),
    "programming_languages": msgid("Programming languages"),
    "experience": msgid("Experience"),
    "zone": msgid("Clocks"),
}
"""What is compared, by code; a new one is called by its code until it has words here."""


class Fact(Shown):
    """What two people state: a code, and what it names."""

    code: str
    values: Mapping[str, Sequence[str] | float] = {}

    def words(self, name: str) -> str:
        """Return the words that a value is."""
        found = self.values.get(name, ())
        return ", ".join(found) if isinstance(found, Sequence) else ""

    def number(self, name: str) -> float:
        """Return the number that a value is."""
        found = self.values.get(name, 0)
        return found if isinstance(found, float) else 0.0


class Reason(Shown):
    """One criterion's part in a score, and what the two state."""

    criterion: str
    value: float
    weight: float
    contribution: float
    words: str | None = None
    fact: Fact | None = None


def say_criterion(page: Reader, criterion: str) -> str:
    """Return what is compared."""
    return page.say(CRITERIA[criterion]) if criterion in CRITERIA else criterion


def say_fact(page: Reader, reason: Reason) -> str:
    """Return what two people state about a criterion, in the language of whoever looks."""
    fact = reason.fact
    say = FACTS.get(fact.code) if fact else None
    return say(page, fact) if fact and say else reason.words or ""


def _years(page: Reader, fact: Fact) -> str:
    return page.say_number(
        "One year of experience, the mentee %(mentee)s",
        "%(num)s years of experience, the mentee %(mentee)s",
        _counted(fact.number("mentor")),
        num=page.texts.number(fact.number("mentor")),
        mentee=page.texts.number(fact.number("mentee")),
    )


def _hours(page: Reader, fact: Fact) -> str:
    hours = fact.number("hours")
    return page.say_number("1 hour apart", "%(num)s hours apart", _counted(hours), num=page.texts.number(hours))


def _counted(number: float) -> int:
    """The whole number whose plural a number has: only 1 itself is one."""
    return 1 if number == 1 else 2


FACTS: Mapping[str, Callable[[Reader, Fact], str]] = {
    "all_in_common": lambda page, fact: page.say(msgid("In common: %(common)s"), common=fact.words("common")),
    "in_common": lambda page, fact: page.say(
        msgid("In common: %(common)s. Also wanted: %(wanted)s"),
        common=fact.words("common"),
        wanted=fact.words("wanted"),
    ),
    "nothing_in_common": lambda page, fact: page.say(
        msgid("Nothing in common. Wanted: %(wanted)s"), wanted=fact.words("wanted")
    ),
    "years": _years,
    "same_clock": lambda page, _: page.say(msgid("The same time of day")),
    "hours_apart": _hours,
}


def say_unmatched(page: Reader, reason: str, figures: Figures, otherwise: str) -> str:
    """Return why somebody has nobody, in the language of whoever looks."""
    say = UNMATCHED.get(reason)
    return say(page, figures) if say else otherwise


def _mentors(page: Reader, figures: Figures) -> str:
    return page.say_number("one mentor", "%(num)s mentors", figures.get("mentors", 0))


def _mentees(page: Reader, figures: Figures) -> str:
    return page.say_number("one mentee", "%(num)s mentees", figures.get("mentees", 0))


def _others(page: Reader, figures: Figures) -> str:
    return _mentees(page, figures) if "mentees" in figures else _mentors(page, figures)


def _seats_taken(page: Reader, figures: Figures) -> str:
    if "mentees" not in figures:
        return page.say(
            msgid("All free seats are promised: %(people)s could still be asked."), people=_mentors(page, figures)
        )
    return page.say_number(
        "There is one seat for %(people)s who compete.",
        "There are %(num)s seats for %(people)s who compete.",
        figures.get("seats", 0),
        people=_mentees(page, figures),
    )


def _plain(words: str) -> Callable[[Reader, Figures], str]:
    return lambda page, _: page.say(words)


def _naming_others(words: str) -> Callable[[Reader, Figures], str]:
    return lambda page, figures: page.say(words, people=_others(page, figures))


UNMATCHED: Mapping[str, Callable[[Reader, Figures], str]] = {
    "ad_hoc_only": _plain(msgid("Meets for single sessions only, so takes no part in long-term matching.")),
    "no_seats": _plain(msgid("Offers no long-term seat.")),
    "no_common_language": lambda page, figures: page.say_number(
        "Shares no language with one of the others.",
        "Shares no language with %(num)s of the others.",
        figures.get("no_common_language", 0),
    ),
    "same_person": _plain(msgid("Is the only one on the other side, too.")),
    "no_mentors": _plain(msgid("There is no mentor with a free seat.")),
    "no_mentees": _plain(msgid("There is no mentee who waits.")),
    "seats_taken": _seats_taken,
    "matched_elsewhere": _naming_others(msgid("Everybody who fits has another mentor: %(people)s.")),
    "others_preferred": _naming_others(msgid("Everybody who fits has mentees who fit better: %(people)s.")),
    "seats_needed": _naming_others(
        msgid("Everybody who fits is kept for somebody else, or needed so that nobody else is left out: %(people)s.")
    ),
    "no_group": _naming_others(msgid("Everybody who fits is in a full group, or too few for another one: %(people)s.")),
    "score_too_low": lambda page, figures: page.say_number(
        "Fits less well than the program asks for with one of the others.",
        "Fits less well than the program asks for with %(num)s of the others.",
        figures.get("score_too_low", 0),
    ),
    "pin_impossible": _plain(
        msgid("The pinned mentor cannot be given: take the pin back, or check seats and languages.")
    ),
    "everybody_asked": _naming_others(msgid("Everybody who fits was asked: %(people)s.")),
    "profile_invalid": _plain(msgid("The profile has values that cannot be compared: correct it.")),
    "searching": _plain(msgid("The next best mentor is being looked for.")),
    "paused": _plain(msgid("Has paused, and is looked for again after that.")),
    "wants_another": _plain(msgid("Has a mentor, and takes part in the next run for another one.")),
    "search_failed": _plain(msgid("The search for the next best mentor has failed: request another run.")),
}
