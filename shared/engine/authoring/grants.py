"""Who may ask for an operation: grants, which stand where the operation is declared.

    @commands.post("/runs/{run_id}/publish", allow=staff("run.program_id", "matching:write"))

Some apply whatever is asked: `ADMIN`, `PERSON`, `Scope("matching:write")`. Others have a path, as loads have, to what
they must be for: `Manager.of("program_id")` begins at a field of the message and is checked before anything is loaded,
`Manager.of("run.program_id")` at what is loaded. Where one could apply and does not, the answer is that there is no
such thing; where none ever could, that it is not allowed.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal, Protocol, Self

from shared.engine.authoring.scopes import SCOPES

ENROLLING: Literal["enrolling"] = "enrolling"
"""The kind of a person who has signed in, and is let add a passkey and do nothing else."""


class Asker(Protocol):
    """Who asks, as far as grants look at it."""

    @property
    def kind(self) -> str:
        """A person, a client, an operator or a service."""

    @property
    def subject(self) -> str:
        """The id of the person."""

    @property
    def roles(self) -> frozenset[str]:
        """What a person has been given, such as `admin` or `manager:<program>`."""

    @property
    def scopes(self) -> frozenset[str]:
        """What a client has been given."""

    @property
    def link(self) -> str:
        """What the link of a mail is for and about that they have opened; nothing for whoever is signed in."""

    @property
    def is_fresh(self) -> bool:
        """Whether they have shown within the last minutes who they are."""


@dataclass(frozen=True)
class Grant:
    """Whom an operation is for: everybody. `role` is who that is in the table, `path` leads to what it depends on."""

    role: str
    path: str = ""

    @property
    def named(self) -> str:
        """Who that is, for somebody who is not."""
        return self.role

    @property
    def extent(self) -> str:
        """Of what they may ask it, in the table."""
        return "yes"

    @property
    def is_own(self) -> bool:
        """Whether it is theirs what they ask about, and not others' whom they look after."""
        return False

    @property
    def is_staff(self) -> bool:
        """Whether who asks by it looks after others, so that the audit trail says so."""
        return False

    def concerns(self, asker: Asker) -> bool:  # noqa: ARG002 - others look at it
        """Return whether it could apply for them, whatever they ask about."""
        return True

    def covers(self, asker: Asker, ids: Sequence[str]) -> bool:
        """Return whether it applies for them, of whom it could, for what these ids name."""
        raise NotImplementedError

    def of(self, path: str) -> Self:
        """Return the grant for what is at the end of a path."""
        return replace(self, path=path)


class Kind(Grant):
    """Whoever is of that kind."""

    @property
    def is_staff(self) -> bool:
        """Whoever is no person of the organization."""
        return self.role == "operator"

    def concerns(self, asker: Asker) -> bool:
        """Whether they are."""
        return asker.kind == self.role


class TheirOwn(Kind):
    """Whoever is of that kind, for what is their own: the query shows nothing else."""

    @property
    def extent(self) -> str:
        """What is their own, whatever they ask about."""
        return "shows own"

    @property
    def is_own(self) -> bool:
        """It is."""
        return True


class OfStaff(Grant):
    """Whoever looks after others."""

    @property
    def is_staff(self) -> bool:
        """They do."""
        return True


class Everywhere(OfStaff):
    """People with a role that is for the whole organization."""

    def concerns(self, asker: Asker) -> bool:
        """Whether they have it."""
        return self.role in asker.roles


class InProgram(OfStaff):
    """People with a role that is for one program: that program, or without a path any."""

    @property
    def named(self) -> str:
        """The role, and of what."""
        return f"{self.role} of the program" if self.path else f"{self.role} of a program"

    @property
    def extent(self) -> str:
        """Of their program."""
        return "of the program" if self.path else "yes"

    def concerns(self, asker: Asker) -> bool:
        """Whether they have it for any program."""
        beginning = f"{self.role}:"
        return any(role.startswith(beginning) for role in asker.roles)

    def covers(self, asker: Asker, ids: Sequence[str]) -> bool:
        """Whether they have it for all of these."""
        return bool(ids) and all(f"{self.role}:{id}" in asker.roles for id in ids)

    def of_any(self, path: str) -> "InAnyProgram":
        """Return the grant for what belongs to several programs: the role in one of these is enough."""
        return InAnyProgram(self.role, path)


class InAnyProgram(InProgram):
    """People with a role that is for one of the programs that a path names."""

    @property
    def extent(self) -> str:
        """Of their programs."""
        return "of their programs"

    def covers(self, asker: Asker, ids: Sequence[str]) -> bool:
        """Whether they have it for one of these."""
        return any(f"{self.role}:{id}" in asker.roles for id in ids)


class OneOf(TheirOwn):
    """The people whom a path names, or the one."""

    @property
    def named(self) -> str:
        """Who they are."""
        return f"{self.role} whom it is about"

    @property
    def extent(self) -> str:
        """What is their own."""
        return "own"

    def concerns(self, asker: Asker) -> bool:
        """Whether they are somebody."""
        return asker.kind == "person"

    def covers(self, asker: Asker, ids: Sequence[str]) -> bool:
        """Whether they are among them."""
        return asker.subject in ids


class Enrolling(OneOf):
    """The one whom a path names, as long as they must add a passkey first."""

    def concerns(self, asker: Asker) -> bool:
        """Whether they are such a one."""
        return asker.kind == self.role


class Scope(OfStaff):
    """Clients that have a scope, which is one of `SCOPES`."""

    def __init__(self, name: str) -> None:
        if name not in SCOPES:
            raise TypeError(f"{name} is no scope: choose one of {', '.join(SCOPES)}, or add it there")
        super().__init__("client")
        object.__setattr__(self, "name", name)

    name: str

    @property
    def named(self) -> str:
        """Which scope it takes."""
        return f"client with the scope {self.name}"

    @property
    def extent(self) -> str:
        """The scope."""
        return self.name

    def concerns(self, asker: Asker) -> bool:
        """Whether they have it."""
        return self.name in asker.scopes


ANYONE = Grant("anyone")
"""Whoever asks, without a token too."""
OPERATOR = Kind("operator")
ADMIN = Everywhere("admin")
Manager, Reviewer, Lead = InProgram("manager"), InProgram("reviewer"), InProgram("lead")
PartnerAdmin = InProgram("partner_admin")
"""Who looks after people of their organization in another one's program, which the role is for."""
PERSON = Kind("person")
"""Everybody in the organization."""
OWN = TheirOwn("person")
ENROLLEES = Kind(ENROLLING)
"""Whoever must add a passkey first."""


def Subject(path: str) -> Grant:  # noqa: N802 - reads as the others do
    """Return the grant of the one person whom a path names."""
    return OneOf("person", path)


def Enrollee(path: str) -> Grant:  # noqa: N802 - as above
    """Return the grant of the one whom a path names, as long as they must add a passkey first."""
    return Enrolling(ENROLLING, path)


def Members(path: str) -> Grant:  # noqa: N802 - as above
    """Return the grant of those whom a path names: the two of a match, the members of a relationship."""
    return OneOf("member", path)


def overseers(program: str, scope: str) -> tuple[Grant, ...]:
    """Return the grants of those who see what becomes of a program: who run it, and its lead mentors."""
    return *staff(program, scope), Lead.of(program)


def staff(program: str, scope: str) -> tuple[Grant, ...]:
    """Return the grants of those who run the program to which a path leads, and of systems that do."""
    return OPERATOR, ADMIN, Manager.of(program), Scope(scope)
