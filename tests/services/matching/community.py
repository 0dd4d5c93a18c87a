"""The sample community as candidates, read just well enough for matching."""

import csv
import re
from collections.abc import Iterator
from pathlib import Path

from services.matching.candidate import Candidate, fold
from shared.contracts.intake import MeetingFormat, Role

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


def community() -> list[Candidate]:
    """48 mentors with 80 long-term seats, and 96 mentees."""
    return [*_read("mentors.csv", Role.MENTOR), *_read("mentees.csv", Role.MENTEE)]


def _read(file: str, role: Role) -> Iterator[Candidate]:
    with (FOLDER / file).open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            yield Candidate(
                id=row["name"],
                person_id=row["email"],
                role=role,
                seats=int(row.get("seats", 1)),
                format=MeetingFormat(row["format"].replace("-", "_")),
                languages=[LANGUAGES[fold(name)] for name in _items(row["languages"])],
                areas=_items(row["areas"]),
                programming_languages=_items(row["programming_languages"]),
                goals=_items(row.get("goals") or row.get("goals_supported") or ""),
                years=row["years"] or None,
                experience=row.get("experience"),
                time_zone=row.get("time_zone") or _zone(row["location"]),
                hours_per_month=row["hours_per_month"] or None,
            )


def _items(cell: str) -> list[str]:
    return [item for item in re.split("[;,]", cell) if item.strip()]


def _zone(location: str) -> str | None:
    return next((ZONES[part] for part in map(fold, re.split("[,/]", location)) if part in ZONES), None)
