"""Follows what becomes of matches."""

from collections.abc import Mapping
from typing import Annotated

from services.intake.partners.model import PartnerMatch, Partners, Stage
from services.intake.people.model import Person
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
from shared.engine.authoring.loads import Bundle, create, optional

reactions = Handlers()

STAGES: Mapping[type[Event], Stage] = {MatchProposed: Stage.OPEN, MatchAccepted: Stage.ACCEPTED}
"""How far a match has come with an event; with any other one it is over."""

MatchEvent = (
    MatchProposed | MatchAccepted | MatchDeclined | MatchExpired | MatchSuperseded | MatchWithdrawn | MatchUnwound
)


def the_two(event: MatchEvent) -> list[str]:
    """Return the two of a match."""
    return [event.mentor_id, event.mentee_id]


def cards_of(event: MatchEvent, people: list[Person]) -> list[str]:
    """Return the cards of the two, by now."""
    merged = {person.id: person.merged_into for person in people if person.merged_into}
    return [merged.get(id, id) for id in the_two(event)]


class TheTwo(Bundle):
    """The two of a match, as far as they are known, and with whom each of them is or was matched."""

    people: Annotated[list[Person], optional(the_two)]
    partners: Annotated[list[Partners], create(cards_of)]


@reactions.on("note-partners")
def note_partners(event: MatchEvent, two: TheTwo) -> None:
    """Keep with whom the two of a match are or were matched."""
    stage = STAGES.get(type(event), Stage.OVER)
    for one, other in zip(two.partners, reversed(two.partners), strict=True):
        one.note(event.match_id, PartnerMatch(person_id=other.id, program_id=event.program_id, stage=stage))
