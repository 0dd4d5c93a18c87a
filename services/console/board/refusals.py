"""The words of the board for what matching says in codes."""

from services.console.board.views import Candidate, Preview
from services.console.frame.page import Page
from services.console.frame.texts import msgid
from services.console.reasons import say_criterion, say_fact

OBJECTIONS = {
    "seats_promised": msgid("asked about all free seats"),
    "asked_lately": msgid("asked not long ago"),
    "score_too_low": msgid("less than the program asks for"),
}
"""Why no run would propose the two."""

REFUSALS = {
    "seats-taken": msgid("All seats of this mentor are taken: choose another one."),
    "mentor-asked-enough": msgid("This mentor has many proposals to answer: choose another one, or wait."),
    "mentor-paused": msgid("The mentor has paused: choose another one, or wait."),
    "mentee-paused": msgid("The mentee has paused: wait until they go on."),
    "mentor-not-in-pool": msgid("The mentor does not take part any more."),
    "mentee-not-in-pool": msgid("The mentee does not take part any more."),
    "mentee-matched": msgid("The mentee has all the mentors that they want."),
    "requests-exhausted": msgid("The mentee is asked about as many mentors as the program allows: wait for an answer."),
    "pair-excluded": msgid("These two are kept apart."),
    "already-asked": msgid("These two are asked about each other now, were matched before, or one has said no."),
    "already-pinned": msgid("A mentor is pinned to this mentee already: unpin first."),
    "not-pinned": msgid("Nobody is pinned to this mentee any more: somebody else has unpinned them."),
    "already-excluded": msgid("These two are kept apart already."),
    "not-excluded": msgid("These two are kept apart no longer: somebody else has seen to it."),
    "pair-matched": msgid("These two are matched: end their match first."),
    "pair-not-allowed": msgid(
        "A rule forbids it: they share no language, are one person, or one wants no long-term match."
    ),
    "mentee-changed": msgid(
        "Somebody else has moved this mentee, or an answer has come, since you looked. Here is how it stands now."
    ),
}
"""Why something was not done."""


def say_refusal(page: Page, code: str | None, otherwise: str | None) -> str:
    """Return why something cannot be, in the language of whoever looks."""
    return page.say(REFUSALS[code]) if code in REFUSALS else otherwise or ""


def say_candidate(page: Page, candidate: Candidate) -> str:
    """Return what has to be known of a mentor before choosing: room, what speaks against it, the weakest point."""
    free = max(candidate.seats - candidate.matched - candidate.open, 0)
    found = [page.say_number("1 free seat", "%(num)s free seats", free)] if free else []
    found += [page.say(OBJECTIONS[one]) for one in candidate.objections if one in OBJECTIONS]
    weakest = min(candidate.reasons, key=lambda reason: reason.value, default=None)
    if weakest is not None and weakest.value < 1 and (words := say_fact(page, weakest)):
        found.append(f"{say_criterion(page, weakest.criterion)}: {words}")
    return " · ".join(found)


def reason_rows(page: Page, preview: Preview) -> list[tuple[str, str, str, str]]:
    """Return what a score is made of: criterion, why, what it adds and what it could add."""
    whole = sum(reason.weight for reason in preview.reasons) or 1
    return [
        (
            say_criterion(page, reason.criterion),
            say_fact(page, reason),
            page.texts.score(reason.contribution),
            page.texts.score(reason.weight / whole),
        )
        for reason in preview.reasons
    ]
