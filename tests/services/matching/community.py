"""The sample community as matching keeps it, read just well enough to compare."""

import csv
import re
from collections.abc import Iterator
from pathlib import Path

from services.matching.algorithm.people import fold
from services.matching.pool.model.profile import ProfileCopy
from shared.contracts.intake import MeetingFormat, Role
from shared.ids import PersonId

FOLDER = Path(__file__).parent / "tech_community"

LANGUAGES = {
    "english": "en", "filipino": "tl", "french": "fr", "german": "de", "hindi": "hi", "italian": "it", "polish": "pl",
    "portuguese": "pt", "punjabi": "pa", "romanian": "ro", "russian": "ru", "spanish": "es", "tamil": "ta",
    "telugu": "te", "turkish": "tr", "ukranian": "uk", "yoruba": "yo",
}  # fmt: skip
ZONES = {
    "uk": "Europe/London", "london": "Europe/London", "united kingdom": "Europe/London", "usa": "America/New_York",
    "netherlands": "Europe/Amsterdam", "amsterdam": "Europe/Amsterdam", "turkey": "Europe/Istanbul",
    "istanbul": "Europe/Istanbul", "nigeria": "Africa/Lagos", "ireland": "Europe/Dublin", "spain": "Europe/Madrid",
}  # fmt: skip


def community() -> list[ProfileCopy]:
    """48 mentors with 80 long-term seats, and 96 mentees."""
    return [*_read("mentors.csv", Role.MENTOR), *_read("mentees.csv", Role.MENTEE)]


def _read(file: str, role: Role) -> Iterator[ProfileCopy]:
    with (FOLDER / file).open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            yield ProfileCopy(
                id=row["name"],
                person_id=PersonId(row["email"]),
                role=role,
                seats=int(row.get("seats", 1)),
                meeting_format=MeetingFormat(row["format"].replace("-", "_")),
                languages=tuple(LANGUAGES[fold(name)] for name in _items(row["languages"])),
                areas=tuple(_items(row["areas"])),
                programming_languages=tuple(_items(row["programming_languages"])),
                goals=tuple(_items(row.get("goals") or row.get("goals_supported") or "")),
                years=float(row["years"]) if row["years"] else None,
                time_zone=row.get("time_zone") or _zone(row["location"]),
            )


def _items(cell: str) -> list[str]:
    return [item for item in re.split("[;,]", cell) if item.strip()]


def _zone(location: str) -> str | None:
    return next((ZONES[part] for part in map(fold, re.split("[,/]", location)) if part in ZONES), None)
