"""What a run is, found and proved, in the words of whoever looks."""

from collections.abc import Mapping

from services.console.frame.page import Page
from services.console.frame.texts import msgid
from services.console.runs.views import Run

STATES: Mapping[str, tuple[str, str]] = {
    "requested": ("wait", msgid("Being computed")),
    "running": ("wait", msgid("Being computed")),
    "completed": ("act", msgid("Not published")),
    "published": ("good", msgid("Published")),
    "discarded": ("off", msgid("Discarded")),
    "cancelled": ("off", msgid("Cancelled")),
    "failed": ("stop", msgid("Failed")),
}
"""How a run stands: a kind of status, and its words."""

STRATEGIES = {
    "optimal": (
        msgid("Best for all"),
        msgid("The most mentees get a mentor; then the weakest pair is as good as can be; then all together. Proved."),
    ),
    "stable": (
        msgid("Stable"),
        msgid("No mentor and no mentee would rather have each other than whom they got."),
    ),
    "group": (msgid("Groups"), msgid("A mentor has no mentee, or two at least.")),
}

WORST = {
    "each": msgid("As good as can be, for each measured by the best that they could have"),
    "all": msgid("As good as can be, by one bar for all"),
    "any": msgid("It does not count"),
}

TOTALS = {
    "balanced": msgid("Weak pairs count more: what they gain is worth up to twice as much"),
    "plain": msgid("The sum of the scores as they are"),
}

PROBLEMS = {
    "pool-too-large": msgid("There are more people, or more possible pairs, than a run can take: split the program."),
    "time-limit": msgid(
        "It was not done within its time limit: ask for a run with a higher one, or split the program."
    ),
    "SolverEnded": msgid(
        "The process that computes has ended every time, perhaps for lack of memory: split the program."
    ),
    "not-proved": msgid("Its result was not proved, so it is not shown: ask for a run with another objective."),
}

ATTRIBUTES = {
    "region": msgid("Region"),
    "language": msgid("First language"),
    "experience": msgid("Experience"),
}

WHY_NOBODY = {
    "ad_hoc_only": msgid("single sessions only, so no part in this"),
    "no_seats": msgid("no long-term seat offered"),
    "no_common_language": msgid("no language in common with the other side"),
    "same_person": msgid("nobody on the other side but themselves"),
    "no_mentors": msgid("no mentor with a free seat"),
    "no_mentees": msgid("no mentee who looks for somebody"),
    "seats_taken": msgid("too few seats among the mentors who fit"),
    "matched_elsewhere": msgid("all mentees who fit have another mentor"),
    "others_preferred": msgid("all mentors who fit have mentees who fit better"),
    "seats_needed": msgid("all mentors who fit are needed so that nobody else is left out"),
    "no_group": msgid("all mentors who fit are in full groups, or too few for another one"),
    "score_too_low": msgid("nobody fits as well as the program asks for"),
    "pin_impossible": msgid("the pinned mentor cannot be given"),
    "everybody_asked": msgid("everybody who fits was asked before"),
    "profile_invalid": msgid("a profile that cannot be compared"),
}
"""Why some have nobody, however many they are; single people have their own figures."""


def state_of(page: Page, run: Run) -> tuple[str, str]:
    """Return how a run stands: the kind of its status, and the words."""
    kind, words = STATES.get(run.status, ("wait", run.status))
    if run.what_if and run.status == "completed":
        return "would", page.say(msgid("What if"))
    return kind, page.say(words)


def headline(page: Page, run: Run) -> str:
    """Say how a run is, in a sentence without its end."""
    if run.is_under_way:
        return page.say(msgid("The run is being computed"))
    if run.status == "failed":
        return page.say(msgid("The run has failed"))
    if run.status == "cancelled":
        return page.say(msgid("The run was cancelled"))
    if not run.size:
        return page.say(msgid("Nobody gets a mentor"))
    return page.say_number(
        "One of %(mentees)s mentees gets a mentor",
        "%(num)s of %(mentees)s mentees get a mentor",
        run.matched,
        mentees=page.texts.number(run.mentees),
    )


def rests_on(page: Page, run: Run) -> str:
    """Say what it rests on, and who knows of it."""
    if run.status == "failed":
        return why_failed(page, run)
    if run.is_under_way:
        return page.say(msgid("You can leave this page: it goes on without you."))
    if not run.has_result:
        return page.say(msgid("Nobody was told of anything."))
    return f"{_how_sure(page, run)} {_who_knows(page, run)}"


def _how_sure(page: Page, run: Run) -> str:
    if not run.certificate:
        return page.say(msgid("It is what this strategy promises, and not proved to be the most."))
    if run.matched == run.mentees:
        return page.say(msgid("That is all of them; it is proved."))
    return page.say(msgid("More is not possible with these seats; it is proved."))


def _who_knows(page: Page, run: Run) -> str:
    if run.what_if:
        return page.say(msgid("This only shows what would be."))
    if run.is_proposing:
        return page.say(msgid("They are being asked just now."))
    if run.status == "published":
        return page.say(msgid("Those of these pairs who could still be asked were."))
    if run.status == "discarded":
        return page.say(msgid("It was discarded."))
    return page.say(msgid("Nobody has been told yet."))


def why_failed(page: Page, run: Run) -> str:
    """Say why a run has failed, and what to do."""
    code = run.problem_code or ""
    return page.say(PROBLEMS[code]) if code in PROBLEMS else run.problem or ""


def proofs(page: Page, run: Run) -> list[tuple[str, str, str, str]]:
    """Return what came of a run and what is proved of it: a figure, its words, and whether it is proved."""
    number, score = page.texts.number, page.texts.score
    size = page.say_number("One pair", "%(num)s pairs", run.size)
    people = page.say(
        msgid("%(mentees)s mentees, %(seats)s seats of %(mentors)s mentors."),
        mentees=number(run.mentees),
        seats=number(run.seats),
        mentors=number(run.mentors),
    )
    proved = page.say(msgid("No other choice of pairs reaches more people.")) if run.certificate else ""
    mean = page.say(msgid("On average a pair has %(mean)s."), mean=score(run.mean or 0))
    found = [
        (size, f"{people} {proved}".strip(), *_proved(page, bool(run.certificate))),
        (
            page.say(msgid("%(score)s the worst"), score=score(run.worst or 0)),
            _worst(page, run),
            *_proved(page, bool(run.certificate and run.certificate.worst)),
        ),
        (
            page.say(msgid("%(score)s in all"), score=score(run.total)),
            f"{_total(page, run)} {mean}",
            *_proved(page, bool(run.certificate)),
        ),
    ]
    return found if run.size else found[:1]


def _worst(page: Page, run: Run) -> str:
    if run.certificate and run.certificate.worst:
        return page.say(msgid("With so many pairs, the weakest cannot be better."))
    return page.say(msgid("Nothing was asked of the weakest pair."))


def _total(page: Page, run: Run) -> str:
    if run.certificate:
        return page.say(msgid("With both kept, the scores together cannot be higher."))
    return page.say(
        msgid("At most %(gap)s less than the most that so many pairs could have."), gap=page.texts.percent(run.gap)
    )


def _proved(page: Page, is_proved: bool) -> tuple[str, str]:
    return ("good", page.say(msgid("Proved"))) if is_proved else ("off", page.say(msgid("Not proved")))


def histogram(page: Page, run: Run) -> list[tuple[str, str, int]]:
    """Return how many pairs have which score: from, to and how many."""
    step = 1 / max(len(run.histogram), 1)
    ends = [page.texts.number(round(at * step, 3)) for at in range(len(run.histogram) + 1)]
    return [(ends[at], ends[at + 1], count) for at, count in enumerate(run.histogram)]


def spread(page: Page, run: Run) -> str:
    """Say how the scores lie."""
    good = sum(run.histogram[8:])
    weak = sum(run.histogram[:5])
    return page.say(
        msgid("%(good)s of %(all)s pairs have %(high)s or more, %(weak)s have less than %(low)s."),
        high=page.texts.number(0.8),
        low=page.texts.number(0.5),
        good=page.texts.number(good),
        all=page.texts.number(run.size),
        weak=page.texts.number(weak),
    )
