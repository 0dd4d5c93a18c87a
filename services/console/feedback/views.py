"""What pages read of requests for feedback, and how they answer them."""

from services.console.api import Api, at
from services.console.frame.reader import Reader
from services.console.frame.texts import msgid
from services.console.relationships.views import OfMembers, others_called


class FeedbackInvitation(OfMembers):
    """A question about a session."""

    id: str
    program_id: str
    relationship_id: str
    session_id: str
    role: str
    status: str

    @property
    def is_answered(self) -> bool:
        """Whether it was answered; that is done once."""
        return self.status == "answered"


def question(page: Reader, invitation: FeedbackInvitation) -> str:
    """Return what somebody is asked."""
    return page.say(msgid("How was your session with %(name)s?"), name=others_called(page, invitation))


async def answer(api: Api, invitation_id: str, key: str, said: tuple[str, str]) -> None:
    """Answer it with a step from 1 to 5, or none, and a comment; raises `ServiceProblem`."""
    step, comment = said
    body = {"satisfaction": int(step) if step.isdigit() else None, "comment": comment}
    await api.do("evaluation", at("/v1/invitations/{}/feedback", invitation_id), body, key)
