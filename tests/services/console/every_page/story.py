"""A program in the middle of its life: something of everything that pages show."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from email import message_from_bytes
from email.policy import default
from typing import cast

from shared.clock import system_clock
from tests.services.console.world import TENANT, World
from tests.waiting import until

LINK = re.compile(r"https?://[^/\s]+(/[^\s>)]+)")

USED = "/sign-in"
"""A link that signs in does it once."""

PEOPLE = ("Rosa", "Ugo", "Max", "Grace", "Mia", "Tom")
"""Who sees the pages, by their first names: two admins, a manager, a mentor, a mentee, and somebody who has applied."""


@dataclass(frozen=True)
class Story:
    """What was put into the organization."""

    program: str
    calendar: Mapping[str, Sequence[str]]
    """Where the entries of somebody's calendar lead, by their first name."""


def tell(cell: World) -> Story:
    """Put a pair that meets, one that is asked, some who wait, and those who look after them into the organization."""
    program = str(cell.ask("intake", "CreateProgram", title="Long-term mentoring")["id"])
    cell.ask("intake", "PublishProgram", program_id=program)
    cell.ask("intake", "CreateProgram", title="Women in tech, 2027")
    cell.give_role(cell.add_person("Rosa Keller", locale="de"), "admin")
    cell.give_role(cell.add_person("Ugo Serra", locale="it"), "admin")
    cell.give_role(cell.add_person("Max Frey"), "manager", program)
    met = _asked(cell, program, "Grace Hopper", "Mia Conti")
    session = _meets(cell, *met)
    _asked(cell, program, "Linus Berg", "Ada Novak")
    cell.apply(program, cell.add_person("Tom Baker", locale="de"), "mentee")
    cell.ask("intake", "InvitePerson", cell.giver, email="tom@example.org", role="manager", program_id=program)
    for name in ("Sam Reed", "Ines Costa"):
        _let_in(cell, program, name, "mentee" if name == "Sam Reed" else "mentor")

    async def is_invited() -> bool:
        return any("/role-invitations/" in path for path in mailed(cell, "Tom"))

    cell.ask("matching", "RequestMatchRun", program_id=program)
    cell.told("MatchRunCompleted")
    cell.run(until(is_invited))
    return Story(program, {"Mia": (f"/sessions/{session}",)})


def mailed(cell: World, name: str) -> list[str]:
    """Where the links of the mails lead that somebody has got so far."""
    found = dict[str, None]()
    for envelope in cell.mails:
        if any(to.startswith(f"{name.lower()}@") for to in envelope.rcpt_tos):
            mail = message_from_bytes(cast("bytes", envelope.content), policy=default)
            body = mail.get_body(("plain",))
            found |= dict.fromkeys(LINK.findall(body.get_content()) if body else ())
    return [path for path in found if not path.startswith(USED)]


def _let_in(cell: World, program: str, name: str, role: str) -> tuple[str, str]:
    """A participant, and their application."""
    person = cell.add_person(name)
    application = cell.apply(program, person, role, **({"seats": 2} if role == "mentor" else {}))
    cell.ask("intake", "ApproveApplication", application_id=application)
    return person, application


def _asked(cell: World, program: str, mentor: str, mentee: str) -> tuple[str, str, str]:
    """A mentor and a mentee who are asked, and the match."""
    (guide, guiding), (learner, learning) = (
        _let_in(cell, program, mentor, "mentor"),
        _let_in(cell, program, mentee, "mentee"),
    )
    return guide, learner, cell.propose(program, guiding, learning)


def _meets(cell: World, mentor: str, mentee: str, match: str) -> str:
    """Both say yes, have met once, have a task and a next session, which is returned, and are asked how it was."""
    for person in (mentor, mentee):
        cell.ask("matching", "AcceptMatch", f"person/{person}", match_id=match)
    relationship = str(cell.run(cell.cell.until_told("RelationshipStarted"))[-1]["subject"]).partition("/")[2]
    actor = f"person/{mentee}"
    cell.ask("sessions", "AssignAction", actor, relationship_id=relationship, owner_id=mentee, task="Write my goals")
    noon = (system_clock() + timedelta(days=2)).replace(hour=11)  # by day, since letters wait for the morning
    for days in (1, 9):
        at = (system_clock() + timedelta(days=days)).isoformat()
        planned = cell.ask(
            "sessions", "ScheduleSession", actor, relationship_id=relationship, starts_at=at, time_zone="Europe/Rome"
        )
        if days == 1:
            cell.ask("intake", "AdvanceClock", "operator/root", organization_id=TENANT, to=noon.isoformat())
            cell.ask_as_soon_as("sessions", "CompleteSession", actor, session_id=planned["id"])
            cell.told("SurveyInvited", 2)
    return str(planned["id"])
