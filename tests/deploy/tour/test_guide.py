import asyncio
from contextlib import suppress
from datetime import UTC, datetime
from io import StringIO

import httpx
from rich.console import Console

from deploy.tour.api import DidNotHappen, Services
from deploy.tour.guide import WIDTH, Guide
from deploy.tour.observer import Observer, Seen

NOW = datetime(2027, 3, 1, tzinfo=UTC)
LONG = "Somebody says something that is much longer than one line of a terminal, and goes on and on about it. " * 2


def guided(output: StringIO, problem: str = "") -> Guide:
    """A guide after two steps, of which the first has caused three events, and the second perhaps had a problem."""

    async def lead() -> Guide:
        observer = Observer("127.0.0.1:1", "garden", ["intake"], "tour-1/")
        async with httpx.AsyncClient() as http:
            guide = Guide(Console(file=output, width=120), Services(http, {}), observer)
            async with guide.step("People come in") as step:
                for type in ("ApplicationSubmitted", "ApplicationApproved", "ApplicationApproved"):
                    observer.seen.append(Seen("intake", type, "e1", step.correlation, NOW, {}))
                step.say(LONG)
                step.figures["people"] = 2
            with suppress(DidNotHappen):
                async with guide.step("They are matched"):
                    if problem:
                        raise DidNotHappen(problem)
        return guide

    return asyncio.run(lead())


def test_each_step_ends_with_the_events_that_it_has_caused() -> None:
    output = StringIO()
    guided(output)
    first, second = output.getvalue().split("2  They are matched")
    assert "→ intake     ApplicationSubmitted, ApplicationApproved (2)" in first
    assert "→" not in second


def test_no_line_is_longer_than_a_small_terminal() -> None:
    output = StringIO()
    guided(output)
    assert max(len(line.rstrip()) for line in output.getvalue().splitlines()) <= WIDTH


def test_the_summary_tells_the_events_and_the_figures_of_each_step() -> None:
    summary = guided(StringIO()).summary(seconds=3.0, problem=None)
    assert summary.ok
    assert summary.steps[0].events == {"ApplicationSubmitted": 1, "ApplicationApproved": 2}
    assert summary.steps[0].figures == {"people": 2}
    assert [step.ok for step in summary.steps] == [True, True]


def test_while_time_passes_all_that_is_seen_belongs_to_the_step_and_nothing_later() -> None:
    async def lead() -> Guide:
        observer = Observer("127.0.0.1:1", "garden", ["intake"], "tour-1/")
        async with httpx.AsyncClient() as http:
            guide = Guide(Console(file=StringIO()), Services(http, {}), observer)
            async with guide.stretch("A day goes by"):
                observer.seen.append(Seen("matching", "MatchExpired", "e1", "tour-1/00", NOW, {}))
            observer.seen.append(Seen("matching", "MatchProposed", "e2", "tour-1/00", NOW, {}))
        return guide

    (step,) = asyncio.run(lead()).summary(seconds=1.0, problem=None).steps
    assert step.events == {"MatchExpired": 1}


def test_a_step_in_which_something_did_not_happen_is_not_done() -> None:
    guide = guided(StringIO(), problem="Nobody was matched.")
    assert [step.ok for step in guide.summary(seconds=3.0, problem="Nobody was matched.").steps] == [True, False]


def test_a_tour_with_a_problem_has_not_happened() -> None:
    summary = guided(StringIO()).summary(seconds=3.0, problem="Nobody was matched.")
    assert (summary.ok, summary.problem) == (False, "Nobody was matched.")
