"""How far something has come, and so what there is still to say of it."""

from enum import IntEnum

from services.notify.messages.model.draft import Draft
from shared.contracts.access import AddressChangeRequested
from shared.contracts.event import Event
from shared.contracts.matching import LeftWithoutMatch, WaitingEnded
from shared.engine.authoring.aggregate import Aggregate
from shared.ids import PersonId


class ApplicationStage(IntEnum):
    """How far an application has come."""

    SUBMITTED = 0
    APPROVED = 1
    ENDED = 2


class MatchStage(IntEnum):
    """How far a match has come; a closed one was answered, has expired, or is no longer offered."""

    PROPOSED = 0
    CLOSED = 1
    UNWOUND = 2


def waiting_stage(event: LeftWithoutMatch | WaitingEnded) -> int:
    """How far somebody has come who waits for a match: each time they are told is a stage, and each end of a wait."""
    return 2 * event.times + isinstance(event, WaitingEnded)


class RelationshipStage(IntEnum):
    """How far a relationship has come."""

    ENDED = 1


class InvitationStage(IntEnum):
    """How far a request for feedback has come."""

    ASKED = 0
    REMINDED = 1
    ANSWERED = 2


class SignInStage(IntEnum):
    """How far a request to sign in has come."""

    REQUESTED = 0
    GUESSED = 1


def address_stage(event: AddressChangeRequested) -> int:
    """How far the changes of somebody's address have come: each makes those before it untrue."""
    return event.number


class RoleStage(IntEnum):
    """How far an invitation to a role has come."""

    INVITED = 0


def subject(event: Event) -> str:
    """Name what an event is about, such as `match/<id>`: the id of its progress."""
    return f"{event.about.aggregate}/{event.subject_id}"


class Progress(Aggregate, name="progress"):
    """How far an application, a wait, a match, a relationship, a session or a request has come.

    Its id is `<kind>/<id>`; the stage of a session is its revision. It never goes back: messages of an earlier stage
    are outdated.
    """

    stage: int = -1
    reminded: dict[PersonId, int] = {}
    """Of this stage, so many minutes before its time each of these people was reminded last."""

    def reach(self, stage: int) -> bool:
        """Come to a stage; returns False if it has come further before."""
        if stage < self.stage:
            return False
        if stage > self.stage:
            self.stage, self.reminded = stage, {}
        return True

    def remind(self, draft: Draft) -> None:
        """Note that a reminder is due: those before it, which wait to be sent, say nothing new any more."""
        known = self.reminded.get(draft.person_id, draft.minutes)
        self.reminded = {**self.reminded, draft.person_id: min(known, draft.minutes)}

    def outdates(self, draft: Draft) -> bool:
        """Whether what the draft says is no longer true, or was said again by a later reminder."""
        return draft.stage < self.stage or draft.minutes > self.reminded.get(draft.person_id, draft.minutes)
