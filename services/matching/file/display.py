"""A result in a terminal."""

from rich.console import Console
from rich.table import Table
from rich.text import Text

from services.matching.algorithm.result import Certificate, Match, Result

MOST_ROWS = 200


def show(result: Result, console: Console) -> None:
    """Print the matches, those without one, and what is proved."""
    table = Table("Mentee", "Mentor", "Score", box=None, pad_edge=False)
    if any(match.explanation for match in result.matches):
        table.add_column("Why", ratio=1)
    for match in result.matches[:MOST_ROWS]:
        cells = [match.mentee, match.mentor, f"{match.score:.2f}", *([why(match)] if match.explanation else [])]
        table.add_row(*map(Text, cells))
    console.print(table)
    if len(result.matches) > MOST_ROWS:
        console.print(f"and {len(result.matches) - MOST_ROWS:,} more: --out FILE for all")
    for one in result.unmatched[:MOST_ROWS]:
        console.print(f"No match for {one.side} {one.id}: {one.reason}", markup=False, highlight=False, soft_wrap=True)
    for asked in result.what_if:
        words = f"{asked.mentee} with {asked.mentor}: {asked.words}"
        console.print(words, markup=False, highlight=False, soft_wrap=True)
    console.print(f"\n{summary(result)}", markup=False, highlight=False, soft_wrap=True)


def why(match: Match) -> str:
    """Put the reasons into a line, the weightiest first."""
    if match.explanation is None:
        return ""
    reasons = sorted(match.explanation.reasons, key=lambda reason: -reason.contribution)
    return "; ".join(f"{reason.criterion}: {reason.evidence}" for reason in reasons if reason.contribution > 0)


def summary(result: Result) -> str:
    """Say how many are matched, how well, and what is proved."""
    worst = "" if result.worst is None else f", worst {result.worst:.2f}"
    pairs = "" if result.matched_mentees == result.size else f" in {result.size:,} pairs"
    lines = [f"{result.matched_mentees:,} matched{pairs} by `{result.strategy}`: total {result.total:.2f}{worst}."]
    if result.certificate:
        proved = result.certificate
        size = (
            f"no matching has more {_counted(proved)} in it, no matching has more pairs"
            if proved.is_size_proved
            else f"at most {proved.mentees_at_most:,} are possible in at most {proved.size_at_most:,} pairs"
        )
        level = "none has a better worst match" if proved.is_worst_proved else "a better worst match may exist"
        total = "none a higher total" if not result.gap else f"the total is within {result.gap:.4%} of the best"
        lines.append(f"Proved over all pairs: {size}, {level}, {total}.")
    elif result.gap is not None:
        lines.append(f"The total is within {max(result.gap, 0):.2%} of the best total of so many people and pairs.")
    lines.append(f"{result.blocking_pairs:,} pairs would prefer each other.")
    return "\n".join(lines)


def _counted(proved: Certificate) -> str:
    return "people" if proved.mentors_at_most is None else "mentees or mentors"
