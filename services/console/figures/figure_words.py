"""The words of figures: what each is called, how it is counted, and what the events behind it are."""

from services.console.figures.views import Kpi
from services.console.frame.page import Page
from services.console.frame.texts import msgid

TITLES = {
    "match_rate": msgid("Match rate"),
    "time_to_match": msgid("Median time to match"),
    "acceptance": msgid("Acceptance"),
    "session_completion": msgid("Sessions held"),
    "satisfaction": msgid("Satisfaction"),
    "response_rate": msgid("Response rate"),
}

FORMULAS = {
    "match_rate": msgid("mentees in a live match / mentees approved who have not withdrawn or left"),
    "time_to_match": msgid(
        "median of the time from a mentee's approval to the first match that both accept; who still waits counts with "
        "the time so far (Kaplan-Meier)"
    ),
    "acceptance": msgid("proposals that both accepted / proposals accepted, declined or ended without an answer"),
    "session_completion": msgid("sessions held / sessions due: over, and not cancelled"),
    "satisfaction": msgid("sum of the ratings from 1 to 5 / ratings given, of five at least"),
    "response_rate": msgid("requests for feedback answered / requests sent"),
}

EVENTS = {
    "ApplicationApproved": msgid("A mentee was approved"),
    "ApplicationWithdrawn": msgid("An application was withdrawn"),
    "ParticipantLeft": msgid("Somebody has left"),
    "MatchProposed": msgid("Two were proposed to each other"),
    "MatchAccepted": msgid("Both have said yes"),
    "MatchDeclined": msgid("A proposal was declined"),
    "MatchExpired": msgid("A proposal ended without an answer"),
    "MatchUnwound": msgid("A match has ended early"),
    "SessionScheduled": msgid("A session was planned"),
    "SessionRescheduled": msgid("A session was moved"),
    "SessionCompleted": msgid("A session was held"),
    "SessionCancelled": msgid("A session was cancelled"),
    "SurveyInvited": msgid("Somebody was asked for feedback"),
    "SurveyAnswered": msgid("A request for feedback was answered"),
}


def say_title(page: Page, kpi: Kpi) -> str:
    """Return what a figure is called."""
    return page.say(TITLES[kpi.name]) if kpi.name in TITLES else kpi.title


def say_formula(page: Page, kpi: Kpi) -> str:
    """Return how a figure is counted."""
    return page.say(FORMULAS[kpi.name]) if kpi.name in FORMULAS else kpi.formula


def say_event(page: Page, type: str) -> str:
    """Return what has happened."""
    return page.say(EVENTS[type]) if type in EVENTS else type


def say_value(page: Page, kpi: Kpi) -> str:
    """Return the value as people read it; nothing if there is none."""
    if kpi.value is None:
        return ""
    number = page.texts.number(kpi.value)
    match kpi.unit:
        case "%":
            return page.texts.percent(kpi.value / 100)
        case "days":
            return page.say_number("1 day", "%(num)s days", 1 if kpi.value == 1 else 2, num=number)
    return page.say(msgid("%(value)s of 5"), value=number)


def say_headline(page: Page, kpi: Kpi) -> str:
    """Return what a figure is called, and its value if it has one."""
    title, value = say_title(page, kpi), say_value(page, kpi)
    return page.say(msgid("%(figure)s: %(value)s"), figure=title, value=value) if value else title


def say_base(page: Page, kpi: Kpi) -> str:
    """Return what a figure is of, and between which values the true one lies; or why there is no value."""
    if not kpi.denominator:
        return page.say(msgid("nothing to count yet"))
    if kpi.numerator is None:
        return page.say(msgid("fewer than five answers: not shown"))
    of, whole = page.texts.number(kpi.numerator), page.texts.number(kpi.denominator)
    if kpi.value is None:
        return page.say(msgid("%(of)s of %(whole)s: not half of them have come so far"), of=of, whole=whole)
    if kpi.interval is None:
        return page.say(msgid("%(of)s of %(whole)s"), of=of, whole=whole)
    low, high = (page.texts.percent(one / 100) for one in kpi.interval)
    return page.say(msgid("%(of)s of %(whole)s, between %(low)s and %(high)s"), of=of, whole=whole, low=low, high=high)
