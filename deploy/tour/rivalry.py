"""Two mentees and one seat, and what happens after a no."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from deploy.tour.api import Changed, DidNotHappen, Read, Refused
from deploy.tour.community import Community
from deploy.tour.conditions import eventually
from deploy.tour.guide import Step
from deploy.tour.pairing import LeftOver, Match, accept_both

SEARCHING = "searching"


class Spoken(Read):
    """What matters here of a profile."""

    languages: frozenset[str]


class Applicant(Read):
    """An application with its profile."""

    id: str
    profile: Spoken


class Waiting(Read):
    """A mentee who is not asked about anybody now, and why."""

    application_id: str
    reason: str
    words: str


@dataclass(slots=True, frozen=True)
class Rivalry:
    """All proposals to a mentor, as many as there are seats, and a mentee who would fit and was left over."""

    proposals: list[Match]
    outsider: LeftOver


async def find_rivalry(community: Community, matches: Sequence[Match], left_over: Sequence[LeftOver]) -> Rivalry:
    """Where more want seats than there are: somebody was left over with whom an asked mentor shares a language."""
    applicants = await community.client.every(
        "intake", "/applications", Applicant, program_id=community.program_id, limit=500
    )
    languages = {one.id: one.profile.languages for one in applicants}
    for outsider in (one for one in left_over if one.reason == "seats_taken"):
        for match in matches:
            if languages[match.mentor_application_id] & languages[outsider.application_id]:
                return Rivalry([other for other in matches if other.mentor_id == match.mentor_id], outsider)
    raise DidNotHappen("The run has left nobody over who competes for a seat.")


async def last_seat(step: Step, community: Community, rivalry: Rivalry) -> list[Match]:
    """Two mentees say yes to a mentor's last seat at one moment; returns the matches that were accepted."""
    *earlier, found = rivalry.proposals
    for match in earlier:
        await accept_both(community, match)
    pair = {"mentor_application_id": found.mentor_application_id}
    pair["mentee_application_id"] = rivalry.outsider.application_id
    proposed = await community.client.post("matching", f"/programs/{community.program_id}/matches", pair)
    by_hand = await community.client.get("matching", f"/matches/{proposed.id}", Match)
    winner, loser, answer = await race(community, [found, by_hand])
    await step.observer.wait_for("MatchSuperseded", match_id=loser.id, accepted_match_id=winner.id)
    for match in (*earlier, winner):
        await step.observer.wait_for("RelationshipStarted", match_ids=[match.id])
    waiting = await why_waiting(community, loser)
    step.say(
        f"""
        {community.names[found.mentor_id]} has one seat left. Two mentees want it:
        {community.names[found.mentee_id]}, whom the run has found, and {community.names[by_hand.mentee_id]},
        proposed by hand. The mentor likes both, and both say yes at the same moment.
        {community.names[winner.mentee_id]} gets 200; {community.names[loser.mentee_id]} gets {answer.status}:
        {answer.detail}
        """
    )
    step.say(f"Nobody else can be asked for {community.names[loser.mentee_id]}: {waiting.words}")
    step.figures["answers"] = [200, answer.status]
    return [*earlier, winner]


async def race(community: Community, rivals: Sequence[Match]) -> tuple[Match, Match, Refused]:
    """The mentor says yes to both, then the two mentees at once; returns who won, who lost, and with what answer."""
    await community.sign_in([rivals[0].mentor_id, *(match.mentee_id for match in rivals)])
    for match in rivals:
        await say_yes(community, match, match.mentor_id)
    answers = await asyncio.gather(
        *(say_yes(community, match, match.mentee_id) for match in rivals), return_exceptions=True
    )
    match answers:
        case [Changed(), Refused(status=409) as refused]:
            return rivals[0], rivals[1], refused
        case [Refused(status=409) as refused, Changed()]:
            return rivals[1], rivals[0], refused
    raise DidNotHappen(f"One of two acceptances of one seat is to be refused with 409; they gave: {answers}.")


async def say_yes(community: Community, match: Match, person_id: str) -> Changed:
    """One side accepts."""
    person = await community.person(person_id)
    return await person.post("matching", f"/matches/{match.id}/accept")


async def why_waiting(community: Community, match: Match) -> Waiting:
    """Why nobody is asked for the mentee any more, once that is known."""

    async def read() -> list[Waiting]:
        found = await community.client.every("matching", f"/programs/{community.program_id}/waiting", Waiting)
        return [one for one in found if one.application_id == match.mentee_application_id and one.reason != SEARCHING]

    (waiting,) = await eventually("a mentee who has lost a seat is told who else could be asked", read, bool)
    return waiting


async def decline(step: Step, community: Community, match: Match) -> None:
    """A mentee says no, and the next best mentor is asked."""
    mentee = await community.person(match.mentee_id)
    await mentee.post("matching", f"/matches/{match.id}/decline", {"reason": "acquainted"})
    await step.observer.wait_for("MatchDeclined", match_id=match.id)
    *_, proposed = await step.observer.wait_for("MatchProposed", 2, mentee_id=match.mentee_id)
    following = await community.client.get("matching", f"/matches/{proposed.data['match_id']}", Match)
    step.say(
        f"""
        {community.names[match.mentee_id]} knows {community.names[match.mentor_id]} already and says no; the
        mentor does not see why. The best of those who still have a free seat is asked:
        {community.names[following.mentor_id]}, {following.score:.2f} after {match.score:.2f}.
        """
    )
    step.figures.update(declined=match.score, next_best=following.score)
