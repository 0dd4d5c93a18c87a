"""Matching: a run over the pool, its proposals, and what people answer."""

import asyncio
from collections import Counter
from collections.abc import Sequence

from deploy.tour.api import Read, refusal
from deploy.tour.community import Community
from deploy.tour.conditions import eventually
from deploy.tour.guide import Step

ACTING = 10
"""Pairs that go on; the others are left to think about it."""

HEADINGS = ("matched", "pairs", "total", "worst")
"""Of two runs that are compared."""


class InPool(Read):
    """Somebody who can be matched; `id` is the application's."""

    id: str


class Run(Read):
    """A run that was computed."""

    size: int
    total: float
    mentors: int
    mentees: int
    seats: int
    worst: float
    gap: float


class Outcome(Read):
    """What came of a run."""

    size: int
    total: float
    worst: float


class Comparison(Read):
    """Two runs, side by side."""

    first: Outcome
    second: Outcome
    pairs_in_both: int


class LeftOver(Read):
    """Somebody whom a run has not matched, and why."""

    application_id: str
    role: str
    reason: str
    words: str


class Match(Read):
    """A proposal, or what has become of it."""

    id: str
    mentor_id: str
    mentee_id: str
    mentor_application_id: str
    mentee_application_id: str
    score: float


class Reason(Read):
    """One criterion's part in a score."""

    criterion: str
    contribution: float
    words: str | None


class Explained(Match):
    """A match with its reasons."""

    reasons: list[Reason]


async def match_everybody(step: Step, community: Community) -> tuple[str, list[LeftOver]]:
    """One computation over the whole pool; returns the run's id, and whom it has not matched."""
    pool = await eventually(
        "all who were approved are in the pool, and nobody who has withdrawn",
        lambda: community.client.every("matching", f"/programs/{community.program_id}/pool", InPool, limit=500),
        lambda pool: {one.id for one in pool} == community.applications,
    )
    requested = await community.client.post("matching", f"/programs/{community.program_id}/runs")
    await step.observer.wait_for("MatchRunCompleted", run_id=requested.id)
    run = await community.client.get("matching", f"/runs/{requested.id}", Run)
    left_over = await community.client.every("matching", f"/runs/{requested.id}/unmatched", LeftOver)
    await step.observer.wait_for("NoMatchFound", len(left_over), run_id=requested.id)
    step.say(
        f"""
        Matching has kept the pool from the events: {len(pool)} people. A run finds {run.size} pairs for
        {run.mentees} mentees and {run.seats} seats of {run.mentors} mentors. It proves three things: nobody can match
        more; with as many, no worst pair can be better ({run.worst:.2f}); and with that, all together cannot be better
        off ({run.total:.2f}, gap {run.gap:g}). Who has nobody is told why:
        """
    )
    reasons = Counter((one.role, one.words) for one in left_over)
    step.table((str(count), f"{role}s", words) for (role, words), count in reasons.most_common())
    step.figures.update(pairs=run.size, mentees=run.mentees, seats=run.seats, total=run.total)
    return requested.id, left_over


async def ask_what_if(step: Step, community: Community, run_id: str) -> None:
    """Another way to match is looked at, and compared with the run; it changes nothing."""
    wanted = {"strategy": "stable", "what_if": True}
    other = await community.client.post("matching", f"/programs/{community.program_id}/runs", wanted)
    await step.observer.wait_for("MatchRunCompleted", run_id=other.id)
    refused = await refusal(community.client.post("matching", f"/runs/{other.id}/publish"))
    compared = await community.client.get("matching", f"/runs/{run_id}/compare/{other.id}", Comparison)
    step.say(
        f"""
        And if no mentor and mentee were to prefer each other to whom they got? A second run, stable, is only looked
        at: it tells nobody, and cannot be published ({refused.status}). {compared.pairs_in_both} pairs are the same.
        """
    )
    runs = {"optimal": compared.first, "stable": compared.second}
    step.table(((name, str(one.size), f"{one.total:.2f}", f"{one.worst:.2f}") for name, one in runs.items()), *HEADINGS)
    step.figures.update(stable_pairs=compared.second.size, same_pairs=compared.pairs_in_both)


async def propose(step: Step, community: Community, run_id: str) -> list[Match]:
    """The run's pairs are asked; returns them, the best first."""
    await community.client.post("matching", f"/runs/{run_id}/publish")
    run = await community.client.get("matching", f"/runs/{run_id}", Run)
    await step.observer.wait_for("MatchProposed", run.size, run_id=run_id)
    matches = await community.client.every("matching", f"/programs/{community.program_id}/matches", Match, limit=500)
    matches.sort(key=lambda match: (-match.score, match.mentee_application_id))
    best = await community.client.get("matching", f"/matches/{matches[0].id}", Explained)
    step.say(
        f"""
        The program managers publish the run, and {len(matches)} pairs are asked, with the reasons. The best are
        {community.names[best.mentor_id]} and {community.names[best.mentee_id]} with {best.score:.2f}:
        """
    )
    step.table((f"{reason.contribution:.2f}", reason.words or reason.criterion) for reason in best.reasons)
    step.figures["proposals"] = len(matches)
    return matches


async def accept(step: Step, community: Community, matches: Sequence[Match]) -> None:
    """Both sides of some pairs say yes, each with a token of their own."""
    await community.sign_in(id for match in matches for id in (match.mentor_id, match.mentee_id))
    await asyncio.gather(*(accept_both(community, match) for match in matches))
    for match in matches:
        await step.observer.wait_for("RelationshipStarted", match_ids=[match.id])
    stranger = await community.person(matches[1].mentee_id)
    not_theirs = await refusal(stranger.post("matching", f"/matches/{matches[0].id}/accept"))
    step.say(
        f"""
        {len(matches)} pairs accept, each person signed in by a one-time link. The second yes takes the mentor's
        seat, and the relationship starts. Nobody can answer for others ({not_theirs.status}).
        """
    )
    step.figures["accepted"] = len(matches)


async def accept_both(community: Community, match: Match) -> None:
    """The mentee says yes, then the mentor."""
    for person_id in (match.mentee_id, match.mentor_id):
        person = await community.person(person_id)
        await person.post("matching", f"/matches/{match.id}/accept")
