"""A draft: what a message is to say, and to whom."""

import hashlib
from datetime import datetime
from enum import StrEnum
from typing import Self

from pydantic import BaseModel, ConfigDict

from shared.contracts.matching import Contribution, MatchProposed
from shared.contracts.members import MemberRole
from shared.ids import ApplicationId, NotificationId, PersonId, ProgramId, RelationshipId, SessionId


class Channel(StrEnum):
    """How a message reaches a person."""

    EMAIL = "email"


class Proposal(BaseModel):
    """Why two people are asked whether they want to work together, and the profiles behind the reasons."""

    model_config = ConfigDict(frozen=True)

    reasons: tuple[Contribution, ...]
    mentor_application_id: ApplicationId
    mentee_application_id: ApplicationId

    @classmethod
    def of(cls, event: MatchProposed) -> Self:
        """Take over what an event says about it."""
        return cls(
            reasons=event.reasons,
            mentor_application_id=event.mentor_application_id,
            mentee_application_id=event.mentee_application_id,
        )

    @property
    def applications(self) -> list[ApplicationId]:
        """The applications whose profiles hold the words behind the reasons."""
        return [self.mentor_application_id, self.mentee_application_id]


class Meeting(BaseModel):
    """The time of a session, as one event gives it; `previous_starts_at` is set if it was moved."""

    model_config = ConfigDict(frozen=True)

    session_id: SessionId
    relationship_id: RelationshipId = RelationshipId("")
    revision: int
    starts_at: datetime
    ends_at: datetime
    previous_starts_at: datetime | None = None


class Addressee(StrEnum):
    """At which of their addresses somebody is written to: the one that they have, or while it changes either one."""

    PERSON = "person"
    OLD_ADDRESS = "old_address"
    NEW_ADDRESS = "new_address"


class Draft(BaseModel):
    """A message to one person in ids, codes and times. Names and words are looked up when it is sent.

    `template` is the message of the catalog. `subject` is what it is about, such as `match/<id>`, and `stage` how far
    that has come. `role` is the recipient's, `others` are the people whom it names, `path` leads to a page about it.
    Messages about a person's way in belong to no program; `sign_in_request_id` is set where they let the person in.
    After the last of its `times` it is of no use. A reminder comes `minutes` before a session, or before the last
    moment for an answer. `number` tells messages of one stage apart, and `reason` is a code that the text depends on.
    A message that `is_awaited` goes out at any hour. A change of address, with its id, is told to either `addressee`.
    """

    model_config = ConfigDict(frozen=True)

    template: str = ""
    channel: Channel = Channel.EMAIL
    subject: str = ""
    stage: int = 0
    program_id: ProgramId = ProgramId("")
    person_id: PersonId = PersonId("")
    role: MemberRole = MemberRole.MENTEE
    others: tuple[PersonId, ...] = ()
    path: str = ""
    times: tuple[datetime, ...] = ()
    minutes: int = 0
    number: int = 0
    reason: str = ""
    proposal: Proposal | None = None
    meeting: Meeting | None = None
    sign_in_request_id: str = ""
    address_change_id: str = ""
    addressee: Addressee = Addressee.PERSON
    is_awaited: bool = False

    @property
    def id(self) -> NotificationId:
        """The id of the message: one per event, person, template and channel, whatever is delivered twice.

        An event is known by its subject and stage, which stay the same even if it is published again with a new id.
        """
        known_by = (self.subject, str(self.stage), str(self.minutes), self.person_id, self.template, self.channel)
        parts = (*known_by, str(self.number)) if self.number else known_by
        return NotificationId(hashlib.sha256("\0".join(parts).encode()).hexdigest()[:32])

    @property
    def about(self) -> str:
        """The id of what it is about."""
        return self.subject.partition("/")[2]

    @property
    def program(self) -> ProgramId | None:
        """The program that it is about; None for what is about a person's way in."""
        return self.program_id or None

    @property
    def people(self) -> list[PersonId]:
        """The people whose contact cards it needs: the recipient first, then those whom it names."""
        return [self.person_id, *self.others]

    def is_late(self, at: datetime) -> bool:
        """Whether it is of no use anymore: all of its times have passed."""
        return bool(self.times) and max(self.times) <= at

    def urgent_by(self, at: datetime) -> datetime | None:
        """The next of its times; None if there is none."""
        return min((time for time in self.times if time > at), default=None)
