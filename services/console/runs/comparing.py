"""What one run does otherwise than another, in the words of whoever looks."""

from services.console.frame.page import Page
from services.console.frame.texts import msgid
from services.console.runs.views import Comparison, Figures


def what_differs(page: Page, found: Comparison) -> str:
    """Say what differs most between two runs, in a sentence without its end."""
    if not (found.pairs_in_first_only or found.pairs_in_second_only):
        return page.say(msgid("Both runs match the same people"))
    by = found.second.matched - found.first.matched
    if by > 0:
        return page.say_number(
            "The later run matches one mentee more", "The later run matches %(num)s mentees more", by
        )
    if by < 0:
        return page.say_number(
            "The later run matches one mentee fewer", "The later run matches %(num)s mentees fewer", -by
        )
    return page.say_number("One pair differs", "%(num)s pairs differ", found.pairs_in_second_only)


def difference(page: Page, before: float, after: float, *, is_score: bool = False) -> str:
    """Write how much a figure differs, with its sign."""
    by = after - before
    written = page.texts.score(abs(by)) if is_score else page.texts.number(abs(by))
    return "=" if abs(by) < (0.005 if is_score else 0.5) else f"{'+' if by > 0 else '−'}{written}"  # noqa: RUF001


def side_by_side(page: Page, first: Figures, second: Figures) -> list[tuple[str, str, str, str]]:
    """Return the figures of two runs: what it is, the first, the second, and by how much they differ."""
    counts = [
        (msgid("Mentees with a mentor"), first.matched, second.matched),
        (msgid("Mentors with a mentee"), first.matched_mentors, second.matched_mentors),
        (msgid("Pairs"), first.size, second.size),
        (msgid("Pairs who would rather have each other"), first.blocking_pairs or 0, second.blocking_pairs or 0),
    ]
    scores = [
        (msgid("The worst score"), first.worst or 0, second.worst or 0),
        (msgid("All scores together"), first.total, second.total),
    ]
    number, score = page.texts.number, page.texts.score
    rows = [(page.say(what), number(one), number(two), difference(page, one, two)) for what, one, two in counts]
    return rows + [
        (page.say(what), score(one), score(two), difference(page, one, two, is_score=True)) for what, one, two in scores
    ]
