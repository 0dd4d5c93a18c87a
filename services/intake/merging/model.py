"""What it means to make one of two cards of a person: what stands against it, and what moves."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from services.intake.applications.model.application import Application
from services.intake.applications.model.slot import ParticipantSlot
from services.intake.identity.model.access import Access
from services.intake.memberships.model.membership import Membership
from services.intake.partners.model import Partners, Stage
from services.intake.people.model import Person
from shared.engine.authoring.grants import ADMIN, Manager
from shared.errors import NotFound, Refusal

MERGERS = ADMIN, Manager.of("program_id")
"""Who merges cards: managers those of their program alone."""


class OneCard(Refusal):
    """These are one card already."""


class OwnCard(Refusal):
    """Nobody merges a card of their own."""


class MatchedWithThemselves(Refusal):
    """The two cards are matched with each other: `match_id`."""


class BothApplied(Refusal):
    """Both cards have a live application in one program and role: `application_id` is that of the card that goes."""


class CardSuspended(Refusal):
    """Somebody is suspended with one of the cards, and would not be with the other."""


class NotOnlyYours(Refusal):
    """Who merges cards for one program does so where nothing else is concerned."""


@dataclass(slots=True, frozen=True)
class Merge:
    """Two cards, of which one stays, with all that the one that goes has; its applications get these `slots`."""

    stays: Person
    goes: Person
    applications: Sequence[Application]
    slots: Sequence[ParticipantSlot]
    partners: Partners
    membership: Membership
    accesses: Sequence[Access]

    def check(self, by: str, program_id: str | None) -> None:
        """Raise the first reason against it; `NotFound` for somebody else's card."""
        self.check_within(program_id)
        for refusal in self.refusals(by, program_id):
            raise refusal

    def check_within(self, program_id: str | None) -> None:
        """Raise `NotFound` for a card that has nothing to do with the program for which it is asked."""
        for person in (self.stays, self.goes):
            if program_id is not None and program_id not in person.program_ids:
                raise NotFound.of(Person.collection, person.id)

    def refusals(self, by: str, program_id: str | None) -> Iterator[Refusal]:
        """Return what stands against it, each with a remedy."""
        if self.stays.id == self.goes.id:
            yield OneCard("This is one card: name another one that is to go.")
        yield from (person.refusal for person in (self.stays, self.goes) if person.refusal)
        if by in (f"person/{self.stays.id}", f"person/{self.goes.id}"):
            yield OwnCard("One of these is your own card: ask another admin to merge it.")
        if any(access.is_suspended for access in self.accesses):
            yield CardSuspended(
                "This person is suspended with one of the cards: let them in again, and merge them then."
            )
        for match_id in self.partners.live_matches(self.stays.id):
            yield MatchedWithThemselves(
                "The two cards are matched with each other: decline that match, or unwind it, and merge them then.",
                match_id=match_id,
            )
        for application, slot in zip(self.applications, self.slots, strict=True):
            if application.is_live and slot.is_occupied:
                yield BothApplied(
                    f"Both cards have an application as {application.role} of one program: withdraw one of them, or "
                    "let the person leave the program with it, and merge the cards then.",
                    application_id=application.id,
                )
        if program_id is not None and not self._is_only_of(program_id):
            yield NotOnlyYours(
                "Managers merge cards that have applied to their program, and to nothing else, and have no role: "
                "ask an admin."
            )

    def _is_only_of(self, program_id: str) -> bool:
        programs = {program for person in (self.stays, self.goes) for program in person.program_ids}
        return programs == {program_id} and not self.membership.roles

    @property
    def matches(self) -> list[str]:
        """The matches that move: those that are open or accepted."""
        return [id for id, one in self.partners.matches.items() if one.stage is not Stage.OVER]

    def move_applications(self) -> None:
        """Have the applications be those of the card that stays, each in its slot."""
        for application, slot in zip(self.applications, self.slots, strict=True):
            application.move(self.stays.id, slot)
