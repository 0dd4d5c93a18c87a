"""Links of mails: what somebody may do who opens one, without being signed in, and nothing else.

    BY_MAIL = ByLink(Purpose.PROPOSAL, "match.open_links")

    @commands.post("/matches/{match_id}/accept", allow=(Members("match.people"), BY_MAIL))

Whoever opens a link gets a token of the kind `link`, for one person, one purpose, and what that is about. The path of a
grant leads to the links that there are, as `link_to` names them: so what it is about says itself for how long there is
one, and a link that was used is none any more.
"""

from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import Literal

from shared.engine.authoring.grants import Asker, Kind, TheirOwn

LINK: Literal["link"] = "link"
"""The kind of a person who has opened the link of a mail, and is let do what that is for."""


class Purpose(StrEnum):
    """What a link is for: each opens a kind of command, and what has to be read for it."""

    PROPOSAL = "proposal"
    """To answer a proposal."""
    FEEDBACK = "feedback"
    """To say how a session was."""
    SESSION = "session"
    """To move or to cancel a session."""
    LETTERS = "letters"
    """To get one kind of letter no longer, or again."""


def link_to(about: str, person_id: str) -> str:
    """Name the link that is about something, and a person's."""
    return f"{about}/{person_id}"


def links_to(about: str, people: Iterable[str]) -> tuple[str, ...]:
    """Name the links that are about something, one for each of these people."""
    return tuple(link_to(about, person_id) for person_id in people)


class ByLink(TheirOwn):
    """Whoever has opened a link for that purpose, about something at the end of the path."""

    def __init__(self, purpose: Purpose, path: str) -> None:
        super().__init__(LINK, path)
        object.__setattr__(self, "purpose", purpose)

    purpose: Purpose

    @property
    def named(self) -> str:
        """What the link is for."""
        return f"{self.role} to {self.purpose.value}"

    @property
    def extent(self) -> str:
        """What the link is for."""
        return self.purpose.value

    def concerns(self, asker: Asker) -> bool:
        """Whether their link is for that."""
        return asker.kind == LINK and asker.link.partition(":")[0] == self.purpose

    def covers(self, asker: Asker, ids: Sequence[str]) -> bool:
        """Whether their link is among these."""
        return link_to(asker.link.partition(":")[2], asker.subject) in ids


class ByOwnLink(ByLink):
    """Whoever has opened a link for that purpose, of the person at the end of the path, whatever it is about."""

    def covers(self, asker: Asker, ids: Sequence[str]) -> bool:
        """Whether it is theirs."""
        return asker.subject in ids


LINKED = Kind(LINK)
"""Whoever has opened any link: for what is no secret in the organization."""
