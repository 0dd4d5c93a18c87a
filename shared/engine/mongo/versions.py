"""Versions of MongoDB: with which Ithaca is tried, and which its makers still mend."""

import re
from typing import TypeAlias

Series: TypeAlias = tuple[int, int]
"""The first two numbers of a version. Within a series, each version opens the data of all others."""

OLDEST: Series = (6, 0)
"""With which Ithaca is tried."""

MAINTAINED: Series = (7, 0)
"""The oldest that gets security fixes: 6.0 reached its end of life in July 2025; 7.0 does in August 2027."""


def series_of(version: str) -> Series:
    """Return the series of a version such as `8.0.4`; raises `ValueError` for what is none."""
    if match := re.match(r"(\d+)\.(\d+)", version):
        return int(match[1]), int(match[2])
    raise ValueError(f"{version!r} is no version of MongoDB")


def text_of(series: Series) -> str:
    """Write a series as people do: 8.0."""
    return f"{series[0]}.{series[1]}"


def end_of_life(version: str) -> str:
    """Say what a version that is past its end of life is fit for; empty for one that is maintained."""
    if series_of(version) >= MAINTAINED:
        return ""
    return f"MongoDB {version} is past its end of life and gets no security fixes: fit for trying, not for production"
