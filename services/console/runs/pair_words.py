"""Why two were matched and what else there would have been, in the words of whoever looks."""

from collections.abc import Sequence

from services.console.frame.page import Page
from services.console.frame.texts import msgid
from services.console.reasons import say_criterion, say_fact
from services.console.runs.views import ExplainedPair, Run


def made_of(page: Page, pair: ExplainedPair) -> list[tuple[str, str, str, str]]:
    """Return what a score is made of: criterion, why, what it adds and could add. What is shown adds up to it."""
    whole = sum(reason.weight for reason in pair.reasons) or 1
    parts = [reason.contribution for reason in pair.reasons] + [pair.prior]
    shown = adding_up(parts, pair.score)
    rows = [
        (
            say_criterion(page, reason.criterion),
            say_fact(page, reason),
            page.texts.score(is_shown),
            page.texts.score(_most(pair, reason.weight / whole)),
        )
        for reason, is_shown in zip(pair.reasons, shown, strict=False)
    ]
    if pair.prior:
        unknown = page.say(msgid("Too little is known: half of what is missing counts"))
        rows.append(
            (page.say(msgid("Not stated")), unknown, page.texts.score(shown[-1]), page.texts.score(2 * pair.prior))
        )
    return rows


def _most(pair: ExplainedPair, share: float) -> float:
    """What a criterion adds if two fit wholly: its share of what counts besides what is not known."""
    return share * (1 - 2 * pair.prior)


def adding_up(parts: Sequence[float], total: float) -> list[float]:
    """Round parts to hundredths that add up to the rounded total: what is left goes where rounding took most."""
    hundredths = [round(part * 100) for part in parts]
    left = round(total * 100) - sum(hundredths)
    step = 1 if left > 0 else -1
    order = sorted(range(len(parts)), key=lambda at: step * (hundredths[at] - parts[at] * 100))
    for at in [at for at in order if hundredths[at] + step >= 0][: abs(left)]:
        hundredths[at] += step
    return [part / 100 for part in hundredths]


def alternative(page: Page, run: Run, pair: ExplainedPair) -> tuple[str, str] | None:
    """Return whom the mentee would rather have and why not; None if they have the best that is possible."""
    better = pair.better
    if better is None:
        return None
    mentor = pair.name(better.mentor_id or "", page.say(msgid("Another mentor")))
    what = page.say(msgid("%(mentor)s would be %(score)s."), mentor=mentor, score=page.texts.score(better.score))
    return what, _why_not(page, run, pair)


def _why_not(page: Page, run: Run, pair: ExplainedPair) -> str:
    better = pair.better
    assert better is not None
    if pair.pinned:
        return page.say(msgid("But this pair is pinned."))
    if better.price is None:
        fewer = msgid("But then fewer could be matched, or somebody else worse than anybody is now.")
        return page.say(fewer if run.strategy == "optimal" else msgid("This strategy knows no price for it."))
    price, gain = page.texts.score(better.price), page.texts.score(better.gain)
    if better.price > better.gain:
        return page.say(
            msgid("It would cost others %(price)s in all: more than the %(gain)s that the mentee gains."),
            price=price,
            gain=gain,
        )
    return page.say(
        msgid("It would cost others %(price)s in all, and weak pairs count more; the mentee would gain %(gain)s."),
        price=price,
        gain=gain,
    )
