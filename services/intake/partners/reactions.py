"""Follows what becomes of matches."""

from collections.abc import Mapping
from typing import Annotated

from services.intake.partners.model import PartnerMatch, Partners, Stage
from shared.contracts.event import Event
from shared.contracts.matching import (
    MatchAccepted,
    MatchDeclined,
    MatchExpired,
    MatchProposed,
    MatchSuperseded,
    MatchUnwound,
    MatchWithdrawn,
)
from shared.engine.authoring.handlers import Handlers
from shared.engine.authoring.loads import create

reactions = Handlers()

STAGES: Mapping[type[Event], Stage] = {MatchProposed: Stage.OPEN, MatchAccepted: Stage.ACCEPTED}
"""How far a match has come with an event; with any other one it is over."""

MatchEvent = (
    MatchProposed | MatchAccepted | MatchDeclined | MatchExpired | MatchSuperseded | MatchWithdrawn | MatchUnwound
)


def the_two(event: MatchEvent) -> list[str]:
    """Return the two of a match."""
    return [event.mentor_id, event.mentee_id]


@reactions.on("note-partners")
def note_partners(event: MatchEvent, partners: Annotated[list[Partners], create(the_two)]) -> None:
    """Keep with whom the two of a match are or were matched."""
    stage = STAGES.get(type(event), Stage.OVER)
    for one, other in zip(partners, reversed(partners), strict=True):
        one.note(event.match_id, PartnerMatch(person_id=other.id, program_id=event.program_id, stage=stage))
