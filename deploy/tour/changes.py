"""What changes on the way: a mentor needs a break, and two who had been matched part."""

from datetime import UTC, datetime, timedelta

from deploy.tour.api import refusal
from deploy.tour.community import Community
from deploy.tour.guide import Step
from deploy.tour.meeting import minute, relationship_of, schedule
from deploy.tour.pairing import Match, accept_both

FAR_AHEAD = timedelta(days=60)
"""When a session is that will not be held."""


async def pause(step: Step, community: Community, asked: Match) -> None:
    """A mentor who is asked pauses, cannot be asked by hand, and is back."""
    path = f"/applications/{asked.mentor_application_id}"
    mentor = await community.person(asked.mentor_id)
    await mentor.post("intake", f"{path}/pause")
    await step.observer.wait_for("MatchWithdrawn", match_id=asked.id)
    pair = {
        "mentor_application_id": asked.mentor_application_id,
        "mentee_application_id": asked.mentee_application_id,
    }
    by_hand = community.client.post("matching", f"/programs/{community.program_id}/matches", pair)
    refused = await refusal(by_hand)
    await mentor.post("intake", f"{path}/resume")
    await step.observer.wait_for("ParticipantResumed", application_id=asked.mentor_application_id)
    step.say(
        f"""
        {community.names[asked.mentor_id]} needs a break. What the mentor was asked is off, others are looked for, and
        nobody can ask by hand, either ({refused.status}: {refused.detail}) What is agreed would go on. Then the
        mentor is back.
        """
    )


async def part(step: Step, community: Community, match: Match) -> None:
    """A mentee asks for a rematch: what was planned is called off, the next best is asked, and both say yes."""
    mentee = await community.person(match.mentee_id)
    starts_at = minute(datetime.now(UTC)) + FAR_AHEAD
    planned = await schedule(mentee, match, starts_at=starts_at.isoformat())
    await mentee.post("matching", f"/matches/{match.id}/rematch")
    await step.observer.wait_for("RelationshipEndedEarly", relationship_id=await relationship_of(mentee, match))
    await step.observer.wait_for("SessionCancelled", session_id=planned.id)
    *_, proposed = await step.observer.wait_for("MatchProposed", 2, mentee_id=match.mentee_id)
    following = await community.client.get("matching", f"/matches/{proposed.data['match_id']}", Match)
    await accept_both(community, following)
    await step.observer.wait_for("RelationshipStarted", match_ids=[following.id])
    refused = await refusal(schedule(mentee, match, starts_at=starts_at.isoformat()))
    step.say(
        f"""
        {community.names[match.mentee_id]} and {community.names[match.mentor_id]} do not get on, and the mentee asks
        for a rematch. That is nobody's fault: both are told that it has ended, not by whom. The session that they had
        planned is called off, the seat is free, and the two are never proposed to each other again. The next best,
        {community.names[following.mentor_id]}, is asked at once, and both say yes. With the first mentor nothing more
        can be planned ({refused.status}).
        """
    )
    step.figures.update(parted=match.score, rematched=following.score)
