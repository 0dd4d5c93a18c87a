"""What time brings about: the clock of the organization is moved on, and all services follow it."""

import asyncio
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime

from deploy.tour.api import DidNotHappen, Read
from deploy.tour.community import Community
from deploy.tour.conditions import PAUSE
from deploy.tour.guide import Step
from deploy.tour.meeting import Meeting
from deploy.tour.observer import Seen
from deploy.tour.pairing import Match

PATIENCE = 60.0
"""Seconds in which a service has to follow the clock by one step."""

SHOWN = 12
"""Lines of what has happened, at most."""


class Clock(Read):
    """What the organization's clock shows."""

    now: datetime
    moving: bool
    followed: Mapping[str, object]
    waiting_for: list[str]


async def advance(step: Step, community: Community, by: str) -> list[Seen]:
    """Move the clock by an ISO 8601 duration; returns all that has happened until then, in its order."""
    path = f"/organizations/{community.organization_id}/clock"
    before = await community.client.post_for("intake", f"{path}/advance", Clock, json={"by": by})
    clock = await arrival(community, path)
    await step.observer.catch_up()
    happened = sorted(step.events(), key=lambda seen: seen.time)
    step.table(days(happened, before.now))
    step.figures["days"] = (clock.now - before.now).days
    return happened


async def arrival(community: Community, path: str) -> Clock:
    """The clock, when all services have followed it; raises DidNotHappen when one of them no longer does."""
    last, since = None, time.monotonic()
    while (clock := await community.client.get("intake", path, Clock)).moving:
        if (said := (clock.followed, clock.waiting_for)) != last:
            last, since = said, time.monotonic()
        elif time.monotonic() - since > PATIENCE:
            raise DidNotHappen(f"The clock does not move on: it waits for {', '.join(clock.waiting_for)}.")
        await asyncio.sleep(PAUSE)
    return clock


def days(events: Sequence[Seen], began: datetime) -> list[tuple[str, str]]:
    """What has happened on each day, shortened in the middle."""
    by_day = dict[int, Counter[str]]()
    for seen in events:
        by_day.setdefault((seen.time - began).days + 1, Counter())[seen.type] += 1
    lines = [(f"day {day}", ", ".join(_counted(*one) for one in counts.items())) for day, counts in by_day.items()]
    if len(lines) <= SHOWN:
        return lines
    return [*lines[: SHOWN - 3], ("...", f"{len(lines) - SHOWN + 1} more days"), *lines[-2:]]


def _counted(type: str, count: int) -> str:
    return f"{type} ({count})" if count > 1 else type


def expect(happened: Sequence[Seen], *types: str) -> Counter[str]:
    """How often each of these has happened; raises DidNotHappen if one has not."""
    counts = Counter(seen.type for seen in happened)
    if missing := [type for type in types if not counts[type]]:
        raise DidNotHappen(f"Time has passed, and {' and '.join(missing)} did not happen.")
    return counts


async def a_day(step: Step, community: Community) -> None:
    """The next session is reminded of, and who has not answered is asked once more."""
    counts = expect(await advance(step, community, "P1D"), "ReminderFired", "SurveyReminded")
    step.say(
        f"""
        {community.organization_id} is a sandbox, by its id: its clock can be moved, and no other. A day goes by in
        {step.elapsed:.1f} s, and every service does what it would have done: {counts["ReminderFired"]} reminders of
        a session fire, what has waited for the morning is sent, and who has not answered about a session is asked
        once more.
        """
    )


async def a_week(step: Step, community: Community) -> None:
    """Proposals that nobody answers expire, and the next best are asked."""
    counts = expect(await advance(step, community, "P7D"), "MatchAnswerAwaited", "MatchExpired", "MatchProposed")
    step.say(
        f"""
        A week in {step.elapsed:.1f} s. Who has not answered is reminded on days 2 and 5 of a proposal. Then
        {counts["MatchExpired"]} proposals expire, each at its own time, and {counts["MatchProposed"]} times the next
        best is asked.
        """
    )


async def hold_planned(step: Step, community: Community, planned: Meeting) -> None:
    """The session that was planned for then is over."""
    mentee = await community.person(planned.match.mentee_id)
    await mentee.post("sessions", f"/sessions/{planned.session_id}/complete")
    await step.observer.wait_for("SurveyInvited", 2, session_id=planned.session_id)
    step.say(
        f"""
        The session that {community.names[planned.match.mentee_id]} had planned for this week is over by the
        organization's clock: now it can be recorded as held, which was refused a week ago. Both are asked about it.
        """
    )


async def take_out(step: Step, community: Community) -> None:
    """Who has never answered no longer takes part, whether somebody is proposed to them just now or not."""
    asked, expired = [await _matches(community, status) for status in ("proposed", "expired")]
    silent = sorted({match.mentee_application_id for match in (*asked, *expired)})
    await asyncio.gather(*(community.client.post("intake", f"/applications/{id}/withdraw") for id in silent))
    for match in asked:
        await step.observer.wait_for("MatchWithdrawn", match_id=match.id)
    step.figures["taken out"] = len(silent)
    step.say(
        f"""
        It could go on like this, from one mentor to the next. The program managers withdraw the applications of
        {len(silent)} mentees who have let proposals expire: nobody is asked about them any more.
        """
    )


async def _matches(community: Community, status: str) -> list[Match]:
    path = f"/programs/{community.program_id}/matches"
    return await community.client.every("matching", path, Match, status=status, limit=500)


async def two_weeks(step: Step, community: Community) -> None:
    """Pairs that have booked nothing are found."""
    counts = expect(await advance(step, community, "P14D"), "RelationshipAtRisk", "SurveyReminded")
    step.say(
        f"""
        Two weeks in {step.elapsed:.1f} s. {counts["RelationshipAtRisk"]} pairs have booked nothing ten days after
        they began: the program managers see them as at risk.
        """
    )


async def to_the_end(step: Step, community: Community) -> None:
    """The rest of the six months."""
    await advance(step, community, "P160D")
    step.say(
        f"""
        The rest of the six months in {step.elapsed:.1f} s: whatever was still planned has happened, and all services
        have followed the clock to the end of the program.
        """
    )
