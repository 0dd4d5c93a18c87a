"""The sides of a program, in the words of three languages."""

import re
from collections.abc import Mapping

from shared.vocabulary.spelling import spelling

ROLES: Mapping[str, tuple[str, ...]] = {
    "mentor": ("mentor", "mentors", "mentorin", "mentoren", "mentorinnen", "mentore", "mentori", "mentrice"),
    "mentee": ("mentee", "mentees", "menti", "mentees/menti", "mentorando", "mentoranda"),
    "both": ("both", "either", "beide", "beides", "entrambi", "entrambe"),
}
"""What is written of the side on which somebody takes part; case and stars of gender make no difference."""

_ROLE_OF = {spelling(word): role for role, words in ROLES.items() for word in words}
_BETWEEN = re.compile(r"\s*[,;+&|]\s*|\s+(?:and|und|e|or|oder|o)\s+|/(?!in\b)")


def find_roles(text: str) -> frozenset[str]:
    """Return `mentor`, `mentee` or both, as a text names them; empty if it says anything else."""
    found = {_ROLE_OF.get(spelling(part)) for part in _BETWEEN.split(re.sub(r"\([^()]*\)", "", text).strip()) if part}
    if None in found:
        return frozenset()
    return frozenset(("mentor", "mentee")) if "both" in found else frozenset(str(role) for role in found)
