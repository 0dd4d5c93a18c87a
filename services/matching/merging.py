"""What two cards of one person that become one mean for pools and matches."""

from services.matching.pool.model.participant import Participant
from services.matching.proposals.model.match import Match
from services.matching.proposals.next_mentor import ExpireMatch
from shared.engine.authoring.aggregate import Aggregate
from shared.engine.authoring.context import Context
from shared.engine.authoring.merged_people import by, follow_merges
from shared.ids import MatchId


def end_match_with_oneself(changed: Aggregate, ctx: Context) -> None:
    """Have a proposal expire that was made while the cards were merged, and asks a person about themselves."""
    if isinstance(changed, Match) and changed.is_open and changed.mentor_id == changed.mentee_id:
        ctx.at(ctx.now, ExpireMatch(match_id=MatchId(changed.id)), id=f"expire/{changed.id}", replace=True)


merging = follow_merges(
    {Participant: [by("person_id")], Match: [by("mentor_id"), by("mentee_id")]}, then=end_match_with_oneself
)
