"""The relationship at work: sessions that are planned, moved, called off and held, and what may not be done."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, tzinfo
from typing import NamedTuple

from deploy.tour.api import Caller, Changed, DidNotHappen, Read, refusal
from deploy.tour.community import Community
from deploy.tour.guide import Step
from deploy.tour.pairing import Match
from shared.clock import zone

ZONE = "Europe/Berlin"
CLOCKS = "America/New_York"
"""Where a session is tried at a time that clocks skip."""
IN_A_WEEK = timedelta(days=7)
REFUSALS = ["overlap", "skipped-time", "ends-before-start", "held-too-long-ago", "not-yet-held"]


class Relationship(Read):
    """People who work together, and the matches that this comes from."""

    id: str
    match_ids: list[str]


class Meeting(NamedTuple):
    """A session of a pair."""

    match: Match
    session_id: str


def minute(moment: datetime) -> datetime:
    """The whole minute."""
    return moment.replace(second=0, microsecond=0)


async def relationship_of(mentee: Caller, match: Match) -> str:
    """Find the relationship that has come from a match, as the mentee sees it."""
    own = await mentee.every("sessions", f"/people/{match.mentee_id}/relationships", Relationship)
    return next(one.id for one in own if match.id in one.match_ids)


async def schedule(mentee: Caller, match: Match, **when: str | int) -> Changed:
    """Plan a session of the pair."""
    relationship_id = await relationship_of(mentee, match)
    return await mentee.post("sessions", f"/relationships/{relationship_id}/sessions", {"time_zone": ZONE, **when})


async def plan(step: Step, community: Community, matches: Sequence[Match]) -> Meeting:
    """One session is planned and moved, one is planned and called off, one is planned: that one is returned."""
    now = minute(datetime.now(UTC))
    moved, off, kept = matches[:3]
    mentees = [await community.person(match.mentee_id) for match in (moved, off, kept)]
    first = await schedule(mentees[0], moved, starts_at=(now + timedelta(hours=9)).isoformat())
    await step.observer.wait_for("NotificationSent", 2, template="session_scheduled")
    later = {"time_zone": ZONE, "starts_at": (now + timedelta(hours=10)).isoformat()}
    await mentees[0].post("sessions", f"/sessions/{first.id}/reschedule", later)
    await step.observer.wait_for("NotificationSent", 2, template="session_rescheduled")
    second = await schedule(mentees[1], off, starts_at=(now + timedelta(days=3)).isoformat(), minutes=30)
    await mentees[1].post("sessions", f"/sessions/{second.id}/cancel")
    await step.observer.wait_for("SessionCancelled", session_id=second.id)
    third = await schedule(mentees[2], kept, starts_at=(now + IN_A_WEEK).isoformat())
    await step.observer.wait_for("SessionScheduled", session_id=third.id)
    step.say(
        f"""
        {community.names[moved.mentee_id]} plans a session with {community.names[moved.mentor_id]} in 9 hours, and
        moves it by one. Both get invitations for their calendars at once, at night too, since it is soon; what
        can wait keeps quiet from 20:00 to 8:00 where the reader lives. Another pair calls a session off, a
        third one meets in a week.
        """
    )
    return Meeting(kept, third.id)


async def try_what_is_refused(step: Step, community: Community, planned: Meeting) -> None:
    """What a pair cannot do whose next session is in a week."""
    now, mentee = minute(datetime.now(UTC)), await community.person(planned.match.mentee_id)
    while_busy = (now + IN_A_WEEK + timedelta(minutes=30)).isoformat()
    skipped = skipped_time(zone(CLOCKS), now).isoformat(timespec="minutes")
    tries = {
        "two at a time": {"starts_at": while_busy},
        "as clocks jump": {"time_zone": CLOCKS, "starts_at_local": skipped},
        "end first": {"starts_at": while_busy, "ends_at": now.isoformat()},
        "long ago": {"starts_at": (now - timedelta(days=8)).isoformat()},
    }
    refused = {name: await refusal(schedule(mentee, planned.match, **when)) for name, when in tries.items()}
    refused["too soon"] = await refusal(mentee.post("sessions", f"/sessions/{planned.session_id}/complete"))
    codes = [one.code for one in refused.values()]
    if codes != REFUSALS:
        raise DidNotHappen(f"The refusals should be {REFUSALS}, and are {codes}.")
    step.say("Not every time is one for a session. Each refusal names the field and what would do:")
    step.table((name, str(one.status), one.detail) for name, one in refused.items())
    step.figures["next_valid"] = str(refused["as clocks jump"].problem["next_valid"])


def skipped_time(local: tzinfo, after: datetime) -> datetime:
    """The next time that clocks in the zone never show, as they would: half an hour into the hour that they skip."""
    for hours in range(24 * 366):
        before, behind = (after.replace(minute=0) + timedelta(hours=count) for count in (hours, hours + 1))
        if _offset(behind, local) > _offset(before, local):
            return (behind + _offset(before, local) + timedelta(minutes=30)).replace(tzinfo=None)
    raise DidNotHappen(f"Clocks in {local} are never put forward within a year.")


def _offset(moment: datetime, local: tzinfo) -> timedelta:
    return moment.astimezone(local).utcoffset() or timedelta()


async def hold(step: Step, community: Community, match: Match) -> Meeting:
    """A session that was held is recorded, and something is agreed on."""
    began = minute(datetime.now(UTC)) - timedelta(hours=2)
    mentee, mentor = await community.person(match.mentee_id), await community.person(match.mentor_id)
    session = await schedule(mentee, match, starts_at=began.isoformat())
    await mentee.post("sessions", f"/sessions/{session.id}/complete")
    await step.observer.wait_for("SessionCompleted", session_id=session.id)
    action = {"owner_id": match.mentor_id, "task": "Introduce me to somebody who has changed careers"}
    assigned = await mentee.post("sessions", f"/relationships/{await relationship_of(mentee, match)}/actions", action)
    await mentor.post("sessions", f"/actions/{assigned.id}/complete")
    await step.observer.wait_for("ActionCompleted", action_id=assigned.id)
    step.say(
        f"""
        {community.names[match.mentee_id]} and {community.names[match.mentor_id]} have met two hours ago without
        planning it: a session can be recorded up to 7 days after it began, and one of the two says that it was
        held. They agree that the mentor introduces the mentee to somebody, and soon that is done. What it is
        about stays in the service: its events carry ids and times.
        """
    )
    return Meeting(match, session.id)
