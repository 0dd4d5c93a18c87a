"""How a relationship begins."""

from datetime import timedelta

from services.sessions.relationships.model import Relationship, relationship_of
from shared.contracts.members import pair
from shared.contracts.sessions import RelationshipStarted
from shared.ids import MatchId, ProgramId, RelationshipId
from tests.services.sessions.given import ACCEPTED, ADA, BEN, NOW, program


def test_a_relationship_starts_when_a_match_is_accepted_and_keeps_the_rules_of_its_program() -> None:
    new = Relationship(id="r1")
    assert new.start(ACCEPTED, program(), at=NOW) == (
        RelationshipStarted(
            relationship_id=RelationshipId("r1"),
            program_id=ProgramId("p1"),
            match_ids=(MatchId("m1"),),
            members=pair(ADA, BEN),
            started_at=NOW,
            first_session_due=NOW + timedelta(days=10),
        ),
    )
    assert new.usual_length == timedelta(minutes=45)


def test_a_match_names_its_relationship_always_the_same_and_no_other_one_does() -> None:
    first, second = MatchId("01a327d0-c2cb-70d4-bbea-00ded3bb4576"), MatchId("01a327d0-c2cb-70d4-bbea-00ded3bb4577")
    assert relationship_of(first) == relationship_of(first) == "77440687-4b74-5ea7-a090-49ff491148e1"
    assert len({first, second, relationship_of(first), relationship_of(second)}) == 4
