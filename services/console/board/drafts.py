"""What is on the board and not sent yet: it stands in the address of the page, and nowhere else."""

from collections.abc import Sequence
from typing import Annotated, Literal, NamedTuple
from urllib.parse import urlencode

from pydantic import BaseModel, Field, StringConstraints

from services.console.api import at
from services.console.board.views import Preview

MOST_DRAFTS = 20
PAGE = 12
"""Mentors, at first and with each "Show more"."""

ID = r"[A-Za-z0-9-]{1,64}"
Pair = Annotated[str, StringConstraints(pattern=f"^{ID}/{ID}$")]
"""The applications of a mentee and a mentor."""
Sent = Annotated[str, StringConstraints(pattern=f"^{ID}/{ID}/[0-9]{{1,9}}/[01]$")]
"""Beside these, what was seen of the mentee, and whether the two are proposed despite their score."""

Kind = Literal["room", "full", "paused"]


class Asked(BaseModel):
    """Which part of the board is looked at, and what is on it that was not sent yet."""

    to: list[Pair] = Field([], max_length=MOST_DRAFTS)
    mentee: str = Field("", max_length=64)
    show: Kind = "room"
    many: int = Field(PAGE, ge=1, le=500)
    after: str | None = Field(None, max_length=200)

    def href(self, program_id: str, **changes: object) -> str:
        """Return where the board is with these changes; what is not sent stays on it."""
        fresh = Asked()
        values = {**self.model_dump(), **changes}
        given = {name: value for name, value in values.items() if value != getattr(fresh, name)}
        query = urlencode(given, doseq=True)
        return at("/programs/{}/board", program_id) + (f"?{query}" if query else "")

    def moved(self, program_id: str, mentor: str) -> str:
        """Return where the board is once the mentee who is looked at was moved to a mentor."""
        return self.href(program_id, to=[*self.others(self.mentee), f"{self.mentee}/{mentor}"], mentee="")

    def taken_back(self, program_id: str, mentee: str) -> str:
        """Return where the board is without what is not sent of a mentee."""
        return self.href(program_id, to=self.others(mentee))

    def others(self, mentee: str) -> list[str]:
        """Return what is not sent of other mentees."""
        return [one for one in self.to if not one.startswith(f"{mentee}/")]


class Draft(NamedTuple):
    """A proposal as it is sent."""

    mentee: str
    mentor: str
    version: int
    despite_score: bool

    @classmethod
    def read(cls, sent: str) -> "Draft":
        """Read what a form has sent."""
        mentee, mentor, version, despite = sent.split("/")
        return cls(mentee, mentor, int(version), despite == "1")

    @property
    def pair(self) -> str:
        """How it stands in the address."""
        return f"{self.mentee}/{self.mentor}"

    @property
    def body(self) -> dict[str, object]:
        """What matching is asked for."""
        return {
            "mentor_application_id": self.mentor,
            "mentee_application_id": self.mentee,
            "mentee_version": self.version,
            "despite_score": self.despite_score,
        }


def as_sent(preview: Preview) -> str:
    """Write what a form sends of a proposal that was looked at."""
    return f"{preview.mentee_application_id}/{preview.mentor_application_id}/{preview.mentee_version}/" + str(
        int(preview.needs_despite_score)
    )


def sendable(previews: Sequence[Preview]) -> list[Preview]:
    """Return those that nothing forbids."""
    return [one for one in previews if one.refusal is None]
