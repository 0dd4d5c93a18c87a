"""The settings of a program as its page has them: what each is called, what it begins as, and within which bounds."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from annotated_types import Ge, Le

from services.console.api import FieldProblem
from services.console.frame.texts import msgid
from shared.contracts.intake import PROFILE_FACTS, ProgramRules

DEFAULTS = ProgramRules()
"""What each rule is unless somebody changes it."""

CADENCES = {
    "weekly": msgid("Every week"),
    "biweekly": msgid("Every two weeks"),
    "monthly": msgid("Every month"),
}


@dataclass(frozen=True, slots=True)
class Setting:
    """A rule that is a number."""

    name: str
    label: str
    hint: str = ""

    @property
    def default(self) -> float:
        """What it is unless somebody changes it."""
        return float(getattr(DEFAULTS, self.name))

    @property
    def attributes(self) -> dict[str, str]:
        """Within which bounds a browser takes it."""
        metadata = ProgramRules.model_fields[self.name].metadata
        low = next(one.ge for one in metadata if isinstance(one, Ge))
        high = next(one.le for one in metadata if isinstance(one, Le))
        step = {} if isinstance(getattr(DEFAULTS, self.name), int) else {"step": "0.05"}
        return {"min": f"{low:g}", "max": f"{high:g}", **step}


@dataclass(frozen=True, slots=True)
class Group:
    """Settings that are about one thing."""

    name: str
    title: str
    settings: Sequence[Setting]


PROPOSALS = Group(
    "proposals",
    msgid("When two are proposed to each other"),
    (
        Setting("proposal_days", msgid("Days to answer"), msgid("Who has not answered by then has said no")),
        Setting("open_requests", msgid("Proposals that a mentee has at once"), msgid("At most")),
        Setting(
            "minimum_score",
            msgid("How well two fit at least"),
            msgid("From 0 to 1: with less, nobody is suggested to anybody"),
        ),
    ),
)
SESSIONS = Group(
    "sessions",
    msgid("When two meet"),
    (
        Setting("session_minutes", msgid("Minutes of a session"), msgid("Unless the two say otherwise")),
        Setting("first_session_days", msgid("Days until the first session"), msgid("From when both have said yes")),
        Setting(
            "nothing_booked_days",
            msgid("Days without a booking until you hear of it"),
            msgid("The two come to At risk then"),
        ),
        Setting(
            "feedback_reminder_hours",
            msgid("Hours until a question for feedback comes once more"),
            msgid("To who has not answered it"),
        ),
    ),
)
GROUPS = (PROPOSALS, SESSIONS)


def read(form: Mapping[str, str], facts: Sequence[str]) -> dict[str, Any]:
    """Return what a form says of a program; what is no number goes as it is, and comes back with what is wrong."""
    rules: dict[str, Any] = {one.name: _number(form.get(one.name, "")) for group in GROUPS for one in group.settings}
    rules["proposal_reminder_days"] = [
        _number(day) for day in form.get("proposal_reminder_days", "").replace(",", " ").split()
    ]
    rules["shown_facts"] = [fact for fact in PROFILE_FACTS if fact in facts]
    return {
        "title": form.get("title", "").strip(),
        "cadence": form.get("cadence", ""),
        "months": _number(form.get("months", "")),
        "rules": rules,
    }


def wrong(errors: Sequence[FieldProblem]) -> Iterator[tuple[str, str]]:
    """Return what is wrong with which field of the form."""
    for error in errors:
        first, *rest = error.field.strip("/").split("/")
        yield (rest[0] if first == "rules" and rest else first), " ".join(filter(None, (error.detail, error.remedy)))


def _number(text: str) -> float | int | str:
    """A number as it is written, with either mark of decimals; other words as they are."""
    plain = text.strip().replace(",", ".")
    if plain.isdecimal() and len(plain) < 10:
        return int(plain)
    try:
        return float(plain)
    except ValueError:
        return text
