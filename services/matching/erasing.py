"""What it means for matching that nothing is kept of a person: what they have written is gone, and ids stay."""

from typing import Annotated

from services.matching.pool.model.participant import Participant
from services.matching.proposals.model.conversation import Conversation
from services.matching.proposals.model.match import Match
from shared.contracts.departures import ForgottenByMatching
from shared.engine.authoring.context import Context
from shared.engine.authoring.erased_people import Counts, OfErased, follow_erasures, found
from shared.engine.authoring.loads import optional
from shared.engine.authoring.merged_people import by


class Traces(OfErased):
    """The matches of a person with what was written about them, and where they took part."""

    participants: Annotated[list[Participant], optional(found(Participant))]
    matches: Annotated[list[Match], optional(found(Match))]
    conversations: Annotated[list[Conversation], optional("matches.id")]


def forget(traces: Traces, _: Context) -> Counts:
    """Take out what the person has written before a match was decided on."""
    matches = {one.id: one for one in traces.matches}
    changed = [one.forget(matches[one.id].side_of(f"person/{traces.erased.id}")) for one in traces.conversations]
    return Counts(sum(changed), len(traces.matches) + len(traces.participants))


erasing = follow_erasures(
    ForgottenByMatching,
    [(Participant, by("person_id")), (Match, by("mentor_id")), (Match, by("mentee_id"))],
    Traces,
    forget,
)
