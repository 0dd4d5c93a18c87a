"""Whose name somebody may see: one's own, those of one's matches, and those of the programs that one looks after."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from services.intake.memberships.model.membership import Membership
from services.intake.partners.model import Partners
from services.intake.people.model import Person
from shared.contracts.roles import StaffRole
from shared.engine.authoring.reader import Reader
from shared.web.auth import Caller

READ_APPLICANTS = (StaffRole.MANAGER, StaffRole.REVIEWER)


@dataclass(frozen=True)
class Onlooker:
    """Somebody who asks for names."""

    caller: Caller

    @cached_property
    def sees_everybody(self) -> bool:
        """Whether it is a system with the scope for it, or an admin."""
        return self.caller.kind != "person" or StaffRole.ADMIN in self.caller.roles

    @cached_property
    def programs(self) -> set[str]:
        """The programs that they look after, in whatever role."""
        return self._programs_of(StaffRole)

    @cached_property
    def applicants_of(self) -> set[str]:
        """The programs whose applicants they see."""
        return self._programs_of(READ_APPLICANTS)

    def _programs_of(self, roles: Sequence[StaffRole] | type[StaffRole]) -> set[str]:
        parts = (role.partition(":") for role in self.caller.roles)
        return {program for role, _, program in parts if program and role in {*roles}}


async def visible_people(reader: Reader, caller: Caller, ids: Sequence[str]) -> list[Person]:
    """Return those of these people whose name the caller may see, in the order of their ids."""
    onlooker = Onlooker(caller)
    people = [person for person in await reader.many(Person, ids) if person.name]
    seen = set(ids) if onlooker.sees_everybody else await _seen(reader, onlooker, people)
    return [person for person in people if person.id in seen]


async def _seen(reader: Reader, onlooker: Onlooker, people: Sequence[Person]) -> set[str]:
    own = await reader.many(Partners, [onlooker.caller.subject])
    seen = {onlooker.caller.subject}.union(*(one.people for one in own))
    seen |= {one.id for one in people if onlooker.applicants_of & {*one.program_ids}}
    left = [one.id for one in people if one.id not in seen]
    return seen | await _seen_by_staff(reader, onlooker.programs, left) if onlooker.programs and left else seen


async def _seen_by_staff(reader: Reader, programs: set[str], ids: Sequence[str]) -> set[str]:
    """Those who are matched in the programs, who look after them too, and the admins."""
    matched = await reader.many(Partners, ids)
    staff = await reader.many(Membership, ids)
    seen = {one.id for one in matched if programs & {match.program_id for match in one.matches.values()}}
    return seen | {one.id for one in staff if any(role.program_id in {None, *programs} for role in one.roles)}
