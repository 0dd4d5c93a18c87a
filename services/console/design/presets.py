"""What programs may begin as: all settings filled, each of which can be changed before the program is published."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from services.console.frame.texts import msgid


@dataclass(frozen=True, slots=True)
class Preset:
    """A program as many organizations have it. `rules` are those in which it differs from what programs begin with."""

    name: str
    title: str
    words: str
    cadence: str
    months: int
    rules: Mapping[str, Any] = field(default_factory=dict)

    @property
    def body(self) -> dict[str, Any]:
        """What it says of a program, but for its title."""
        return {"cadence": self.cadence, "months": self.months, "rules": dict(self.rules)}


PRESETS = (
    Preset(
        "pairs",
        msgid("Pairs, six months"),
        msgid("A mentor and a mentee meet once a month: the usual beginning"),
        "monthly",
        6,
    ),
    Preset(
        "onboarding",
        msgid("Onboarding buddies"),
        msgid("Newcomers meet somebody every week, for their first three months"),
        "weekly",
        3,
        {
            "proposal_days": 3,
            "proposal_reminder_days": [1, 2],
            "session_minutes": 30,
            "first_session_days": 7,
            "nothing_booked_days": 4,
        },
    ),
    Preset(
        "career",
        msgid("Career mentoring, one year"),
        msgid("Every two weeks over a year, with more time to say yes"),
        "biweekly",
        12,
        {
            "proposal_days": 14,
            "proposal_reminder_days": [4, 9],
            "first_session_days": 21,
            "nothing_booked_days": 14,
        },
    ),
)


def preset(name: str) -> Preset:
    """Return the preset of that name; the first one if there is none."""
    return next((one for one in PRESETS if one.name == name), PRESETS[0])
