"""What was found, for people: a line a check, then what to do."""

from collections.abc import Iterator
from textwrap import wrap

from shared.doctor.finding import Examined, Finding, Level, Part

WIDTH = 80
LEVEL_WIDTH, NAME_WIDTH = 8, 24
COLORS = {Level.OK: "32", Level.WARNING: "33", Level.WRONG: "1;31"}


def lines(examined: Examined, is_colored: bool) -> Iterator[str]:
    """Yield the report, each line within 80 columns unless a word is longer."""
    yield f"{', '.join(examined.services)} in the cell {examined.cell}, Ithaca {examined.version}"
    for part in Part:
        if findings := [finding for finding in examined.findings if finding.part is part]:
            yield ""
            yield part.value.capitalize()
            for finding in findings:
                yield from _finding(finding, is_colored)
    yield from _remedies(examined)


def _finding(finding: Finding, is_colored: bool) -> Iterator[str]:
    level = finding.level.value.ljust(LEVEL_WIDTH)
    if is_colored:
        level = f"\x1b[{COLORS[finding.level]}m{level}\x1b[0m"
    found = wrap(finding.found, WIDTH - 2 - LEVEL_WIDTH - NAME_WIDTH, break_long_words=False, break_on_hyphens=False)
    name = finding.name.ljust(NAME_WIDTH - 1) + " "
    if len(finding.name) >= NAME_WIDTH:
        yield f"  {level}{finding.name}"
        name, level = " " * NAME_WIDTH, " " * LEVEL_WIDTH
    for line in found:
        yield f"  {level}{name}{line}"
        name, level = " " * NAME_WIDTH, " " * LEVEL_WIDTH


def _remedies(examined: Examined) -> Iterator[str]:
    """Each once, with what it is for."""
    needed: dict[str, list[str]] = {}
    for finding in examined.findings:
        if finding.remedy:
            names = needed.setdefault(finding.remedy, [])
            names += [] if finding.name in names else [finding.name]
    yield ""
    if not needed:
        yield "All is well."
        return
    yield "What to do"
    for remedy, names in needed.items():
        yield from wrap(f"{', '.join(names)}: {remedy}", WIDTH, initial_indent="  ", subsequent_indent="    ")
