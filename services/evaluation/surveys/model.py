"""Who is asked about a session, and what they answer: what is kept of it, and the rules on it."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Any, ClassVar

from pydantic import Field

from shared.contracts.evaluation import FeedbackGiven, SurveyAnswered, SurveyInvited, SurveyReminded
from shared.contracts.event import Event
from shared.contracts.intake import ProgramRules
from shared.contracts.members import Member, MemberRole
from shared.contracts.sessions import SessionCompleted
from shared.engine.authoring.aggregate import Aggregate
from shared.engine.authoring.links import links_to
from shared.errors import Refusal
from shared.ids import FeedbackId, InvitationId, PersonId, ProgramId, RelationshipId, RespondentId, SessionId


class AlreadyAnswered(Refusal):
    """Feedback is given once."""


class Respondents(Aggregate, name="respondents"):
    """The ids under which the members of a relationship answer; its own id is the relationship's.

    Nothing else leads from a person to their answers: an id is drawn at random, for one relationship, and never told
    together with the person's. It keeps the rules that the program had when the relationship started.
    """

    ids: dict[PersonId, RespondentId] = Field(default_factory=dict)
    rules: ProgramRules = ProgramRules()

    def enroll(self, people: Sequence[PersonId], drawn: Sequence[RespondentId], rules: ProgramRules) -> None:
        """Give each of the people one of the ids drawn; whoever has one keeps it."""
        if self.is_new:
            self.ids, self.rules = dict(zip(people, drawn, strict=True)), rules

    def of(self, person_id: PersonId, people: Sequence[PersonId]) -> RespondentId:
        """Return the id of one of these people; while two cards become one, under whichever id they are known."""
        others = [id for one, id in self.ids.items() if one not in people]
        return self.ids.get(person_id) or others[0]

    def unlink(self, person_id: PersonId, drawn: RespondentId) -> None:
        """Have nothing lead from a person to what they have answered until now."""
        if person_id in self.ids:
            self.ids = {**self.ids, person_id: drawn}


class InvitationStatus(StrEnum):
    """What has become of a request for feedback."""

    SENT = "sent"
    REMINDED = "reminded"
    ANSWERED = "answered"


class Invitation(Aggregate, name="invitation"):
    """One person is asked about one session, and answers with the feedback of that id, as that respondent."""

    indexes: ClassVar = (("person_id", "status"), ("members.person_id",))

    program_id: ProgramId = ProgramId("")
    relationship_id: RelationshipId = RelationshipId("")
    session_id: SessionId = SessionId("")
    members: tuple[Member, ...] = ()
    person_id: PersonId = PersonId("")
    role: MemberRole = MemberRole.MENTOR
    respondent_id: RespondentId = RespondentId("")
    feedback_id: FeedbackId = FeedbackId("")
    status: InvitationStatus = InvitationStatus.SENT

    @property
    def reminder(self) -> str:
        """The id of the timer that reminds of it."""
        return f"remind/{self.id}"

    @property
    def links(self) -> tuple[str, ...]:
        """The link of the mail that asks."""
        return links_to(self.id, [self.person_id])

    @property
    def open_links(self) -> tuple[str, ...]:
        """The link by which the answer is still awaited."""
        return () if self.status is InvitationStatus.ANSWERED else self.links

    def send(
        self, session: SessionCompleted, to: Member, respondent_id: RespondentId, feedback_id: FeedbackId
    ) -> tuple[Event, ...]:
        """Ask a member about a session that was held; who was asked before is not asked again."""
        if not self.is_new:
            return ()
        self.program_id, self.relationship_id = session.program_id, session.relationship_id
        self.session_id, self.members = session.session_id, session.members
        self.person_id, self.role = to.person_id, to.role
        self.respondent_id, self.feedback_id = respondent_id, feedback_id
        return (SurveyInvited(**self._facts(), members=self.members),)

    def remind(self) -> tuple[Event, ...]:
        """Ask once more, if there is no answer yet."""
        if self.status is not InvitationStatus.SENT:
            return ()
        self.status = InvitationStatus.REMINDED
        return (SurveyReminded(**self._facts(), members=self.members),)

    def answer(self) -> tuple[Event, ...]:
        """Note that the person has answered; raises `AlreadyAnswered`."""
        if self.status is InvitationStatus.ANSWERED:
            raise AlreadyAnswered("You have given this feedback already; it cannot be changed.")
        self.status = InvitationStatus.ANSWERED
        return (SurveyAnswered(**self._facts()),)

    def unlink(self) -> None:
        """Have nothing lead from it to the answer."""
        self.respondent_id, self.feedback_id = RespondentId(""), FeedbackId("")

    def _facts(self) -> dict[str, Any]:  # the fields that all events of an invitation have are of several types
        return {
            "invitation_id": InvitationId(self.id),
            "program_id": self.program_id,
            "relationship_id": self.relationship_id,
            "session_id": self.session_id,
            "person_id": self.person_id,
            "role": self.role,
        }


class Feedback(Aggregate, name="feedback"):
    """What somebody has said about a session, without who it was. The comment never leaves the service."""

    program_id: ProgramId = ProgramId("")
    relationship_id: RelationshipId = RelationshipId("")
    session_id: SessionId = SessionId("")
    respondent_id: RespondentId = RespondentId("")
    satisfaction: int | None = None
    comment: str = ""

    def give(self, invitation: Invitation, satisfaction: int | None, comment: str) -> tuple[Event, ...]:
        """Answer what was asked: 1 to 5, or None for what was not observed."""
        self.program_id, self.relationship_id = invitation.program_id, invitation.relationship_id
        self.session_id, self.respondent_id = invitation.session_id, invitation.respondent_id
        self.satisfaction, self.comment = satisfaction, comment
        given = FeedbackGiven(
            feedback_id=FeedbackId(self.id),
            program_id=self.program_id,
            relationship_id=self.relationship_id,
            session_id=self.session_id,
            respondent_id=self.respondent_id,
            satisfaction=satisfaction,
        )
        return (given,)

    def forget(self) -> bool:
        """Take out the comment; returns whether there was one."""
        had_one, self.comment = bool(self.comment), ""
        return had_one
