"""The figures of a program, each with its formula and the events that it rests on."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from services.evaluation.figures.arithmetic import Wait, half_up, mean, median, percent, wilson
from services.evaluation.figures.model import (
    ApplicationFact,
    FeedbackFact,
    InvitationFact,
    Mark,
    MatchFact,
    SessionFact,
)
from shared.contracts.intake import Role


class KpiName(StrEnum):
    """The figures that there are."""

    MATCH_RATE = "match_rate"
    TIME_TO_MATCH = "time_to_match"
    ACCEPTANCE = "acceptance"
    SESSION_COMPLETION = "session_completion"
    SATISFACTION = "satisfaction"
    RESPONSE_RATE = "response_rate"


@dataclass(slots=True, frozen=True)
class Facts:
    """All that a program's figures count, as of the moment `at`."""

    at: datetime
    applications: Sequence[ApplicationFact] = ()
    matches: Sequence[MatchFact] = ()
    sessions: Sequence[SessionFact] = ()
    invitations: Sequence[InvitationFact] = ()
    feedback: Sequence[FeedbackFact] = ()


@dataclass(slots=True, frozen=True)
class Figure:
    """A value with what it is made of; `marks` are the events behind numerator and denominator, oldest first.

    The value is None where the denominator is 0, or where it cannot be known yet. `interval`, which every share has,
    holds the true value with 95 %. Of a figure that is `withheld`, only the denominator is known: it would tell what
    single people said.
    """

    value: float | None
    numerator: int | None
    denominator: int
    marks: Sequence[Mark]
    interval: tuple[float, float] | None = None

    @property
    def withheld(self) -> bool:
        """Whether it is known and not shown."""
        return self.numerator is None

    @property
    def is_of_few(self) -> bool:
        """Whether so few are behind it that its events would tell what single people have done."""
        return 0 < self.denominator < FEWEST


FEWEST = 5
"""With fewer, a mean, a sum or a distribution tells what somebody has answered, and events who has done what."""


@dataclass(slots=True, frozen=True)
class Kpi:
    """What a figure is called, its formula in words, its unit, and the function that works it out.

    Of one that is `confidential`, nobody sees the events: each of them is what a person has answered.
    """

    title: str
    formula: str
    unit: str
    measure: Callable[[Facts], Figure]
    confidential: bool = False

    def text(self, figure: Figure) -> str:
        """Write the value as people read it; "-" if there is none, and why if it is withheld."""
        if figure.withheld:
            return f"fewer than {FEWEST} answers"
        return "-" if figure.value is None else f"{figure.value:g} {self.unit}"


def match_rate(facts: Facts) -> Figure:
    """Measure which share of approved mentees is in a live match; one that was unwound is not live.

    Mentors are not counted: the seats used show their side.
    """
    accepted = _accepted(match for match in facts.matches if not match.unwound)
    mentees = [(id, approved) for id, approved, withdrawn in _mentees(facts) if withdrawn is None]
    live = [accepted[id] for id, _ in mentees if id in accepted]
    return _share(len(live), len(mentees), _marks(*live, *(approved for _, approved in mentees)))


def time_to_match(facts: Facts) -> Figure:
    """Measure how long approved mentees wait for a match, at the median; who has withdrawn waited until then.

    That a match ended early does not begin the wait anew.
    """
    accepted, waits, marks = _accepted(facts.matches), list[Wait](), list[Mark | None]()
    for id, approved, withdrawn in _mentees(facts):
        end = accepted.get(id)
        until = end.at if end else withdrawn.at if withdrawn else facts.at
        waits.append(Wait(max(until - approved.at, timedelta()), ended=end is not None))
        marks += [approved, end or withdrawn]
    half = median(waits)
    days = None if half is None else half_up(half / timedelta(days=1), 1)
    return Figure(days, sum(wait.ended for wait in waits), len(waits), _marks(*marks))


def acceptance(facts: Facts) -> Figure:
    """Measure which share of answered proposals was accepted; a match that was unwound had been.

    Proposals that are open, or were taken back, say nothing yet.
    """
    accepted = [match.accepted for match in facts.matches if match.accepted]
    others = [mark for match in facts.matches if not match.accepted and (mark := match.declined or match.expired)]
    return _share(len(accepted), len(accepted) + len(others), _marks(*accepted, *others))


def session_completion(facts: Facts) -> Figure:
    """Measure which share of sessions due was held; one that was held is due even before its end."""
    due = [
        session
        for session in facts.sessions
        if session.completed or (not session.cancelled and session.ends_at and session.ends_at <= facts.at)
    ]
    completed = [session.completed for session in due if session.completed]
    return _share(len(completed), len(due), _marks(*completed, *(session.scheduled for session in due)))


def satisfaction(facts: Facts) -> Figure:
    """Measure the mean of the ratings, of five at least; what was not observed is on neither side."""
    ratings = [fact.satisfaction for fact in facts.feedback if fact.satisfaction is not None]
    if 0 < len(ratings) < FEWEST:
        return Figure(None, None, len(ratings), ())
    return Figure(mean(ratings), sum(ratings), len(ratings), ())


def response_rate(facts: Facts) -> Figure:
    """Measure which share of invitations was answered, whatever the answer says."""
    asked = [fact for fact in facts.invitations if fact.invited]
    answers = [fact.answered for fact in asked if fact.answered]
    return _share(len(answers), len(asked), _marks(*answers, *(fact.invited for fact in asked)))


KPIS: Mapping[KpiName, Kpi] = {
    KpiName.MATCH_RATE: Kpi(
        "Match rate", "mentees in a live match / mentees approved who have not withdrawn or left", "%", match_rate
    ),
    KpiName.TIME_TO_MATCH: Kpi(
        "Median time to match",
        "median of the time from a mentee's approval to the first accepted match, with those who still wait "
        "(Kaplan-Meier); numerator: mentees matched, denominator: mentees approved",
        "days",
        time_to_match,
    ),
    KpiName.ACCEPTANCE: Kpi("Acceptance", "proposals accepted / (accepted + declined + expired)", "%", acceptance),
    KpiName.SESSION_COMPLETION: Kpi(
        "Session completion", "sessions completed / sessions due (over and not cancelled)", "%", session_completion
    ),
    KpiName.SATISFACTION: Kpi(
        "Satisfaction",
        f"sum of the ratings from 1 to 5 / ratings given, of {FEWEST} at least",
        "of 5",
        satisfaction,
        confidential=True,
    ),
    KpiName.RESPONSE_RATE: Kpi("Response rate", "invitations answered / invitations sent", "%", response_rate),
}


def _mentees(facts: Facts) -> list[tuple[str, Mark, Mark | None]]:
    """The applications of approved mentees: id, approval, withdrawal or leaving."""
    return [
        (fact.id, fact.approved, fact.withdrawn)
        for fact in facts.applications
        if fact.role is Role.MENTEE and fact.approved
    ]


def _accepted(matches: Iterable[MatchFact]) -> dict[str, Mark]:
    """The first accepted one of these for each mentee's application."""
    first: dict[str, Mark] = {}
    pairs = [(match.application_id, match.accepted) for match in matches if match.accepted]
    for application_id, mark in sorted(pairs, key=lambda pair: pair[1].at):
        first.setdefault(application_id, mark)
    return first


def _share(part: int, whole: int, marks: Sequence[Mark]) -> Figure:
    return Figure(percent(part, whole), part, whole, marks, wilson(part, whole))


def _marks(*marks: Mark | None) -> list[Mark]:
    return sorted((mark for mark in marks if mark), key=lambda mark: mark.event_id)
