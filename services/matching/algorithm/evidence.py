"""What a criterion rests on in a pair: a code with its values, to be said in any language, and English words."""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

Value = tuple[str, ...] | float
Values = Mapping[str, Value]

ALL_IN_COMMON = "all_in_common"
IN_COMMON = "in_common"
NOTHING_IN_COMMON = "nothing_in_common"
YEARS = "years"
SAME_CLOCK = "same_clock"
HOURS_APART = "hours_apart"
ANSWERS = "answers"
RANKED_BY_MENTEE = "ranked_by_mentee"
RANKED_BY_MENTOR = "ranked_by_mentor"
NOT_RANKED_BY_MENTEE = "not_ranked_by_mentee"
NOT_RANKED_BY_MENTOR = "not_ranked_by_mentor"
HOURS_IN_COMMON = "hours_in_common"


class Evidence(NamedTuple):
    """A stable code, and what it names."""

    code: str
    values: Values = {}

    @property
    def words(self) -> str:
        """It in English."""
        return WORDS[self.code](self.values)


def so_many(number: Value, thing: str) -> str:
    """Write a number with what it counts."""
    return f"{number:g} {thing}" if number == 1 else f"{number:g} {thing}s"


def listed(words: Value) -> str:
    """Write words behind each other, as people have written them."""
    assert isinstance(words, tuple)
    return ", ".join(words)


WORDS: Mapping[str, Callable[[Values], str]] = {
    ALL_IN_COMMON: lambda values: f"in common: {listed(values['common'])}",
    IN_COMMON: lambda values: f"in common: {listed(values['common'])}; also wanted: {listed(values['wanted'])}",
    NOTHING_IN_COMMON: lambda values: f"nothing in common; wanted: {listed(values['wanted'])}",
    YEARS: lambda values: f"{so_many(values['mentor'], 'year')} of experience, the mentee {values['mentee']:g}",
    SAME_CLOCK: lambda _: "the same time of day",
    HOURS_APART: lambda values: f"{so_many(values['hours'], 'hour')} apart",
    ANSWERS: lambda values: f"{values['mentor']:g}, the mentee {values['mentee']:g}",
    RANKED_BY_MENTEE: lambda values: f"number {values['rank']:g} of {values['of']:g} for the mentee",
    RANKED_BY_MENTOR: lambda values: f"number {values['rank']:g} of {values['of']:g} for the mentor",
    NOT_RANKED_BY_MENTEE: lambda _: "not ranked by the mentee",
    NOT_RANKED_BY_MENTOR: lambda _: "not ranked by the mentor",
    HOURS_IN_COMMON: lambda values: f"{so_many(values['hours'], 'hour')} a week in common",
}


def compared(wanted: Sequence[str], offered: Sequence[str]) -> Evidence:
    """Tell what is wanted and offered from what is wanted besides."""
    common = tuple(spelling(word) for word in wanted if word in offered)
    rest = tuple(spelling(word) for word in wanted if word not in offered)
    if not common:
        return Evidence(NOTHING_IN_COMMON, {"wanted": rest})
    return (
        Evidence(IN_COMMON, {"common": common, "wanted": rest}) if rest else Evidence(ALL_IN_COMMON, {"common": common})
    )


class Spelled(str):
    """A folded word that knows how it was written; it equals every other spelling of it."""

    __slots__ = ("spelling",)
    spelling: str

    def __new__(cls, folded: str, spelling: str = "") -> "Spelled":
        """Keep the spelling beside the word."""
        made = super().__new__(cls, folded)
        made.spelling = spelling
        return made


def spelling(word: str) -> str:
    """Return how a folded word was written."""
    return word.spelling if isinstance(word, Spelled) else word
