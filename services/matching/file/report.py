"""A result as one page of HTML that needs nothing else."""

from collections.abc import Iterable, Sequence
from html import escape
from pathlib import Path

from services.matching.algorithm.result import (
    Explanation,
    Figures,
    GroupFigures,
    Match,
    Record,
    Result,
    Unmatched,
    WhatIf,
)
from services.matching.file.display import summary

NOTHING_FROM_ELSEWHERE = "default-src 'none'; style-src 'unsafe-inline'"
STYLE = Path(__file__).with_name("report.css")


def page(result: Result, notes: Sequence[str] = ()) -> str:
    """Write the whole page; what was not used of the file comes before what is proved."""
    parts = [
        f"<h1>Who with whom</h1>{_notes(notes)}<p class=lead>{escape(summary(result))}</p>",
        f"<h2>Scores</h2>{_histogram(result.figures)}",
        f"<h2>Matches</h2>{_matches(result.matches)}",
        f"<h2>Without a match</h2>{_unmatched(result.unmatched)}",
        f"<h2>What if</h2>{_what_if(result.what_if)}" if result.what_if else "",
        f"<h2>How groups fare</h2>{_groups(result.figures.groups)}",
        f"<footer>{escape(_made(result.record))}</footer>",
    ]
    head = '<meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Matching</title>'
    head += f'<meta http-equiv="Content-Security-Policy" content="{NOTHING_FROM_ELSEWHERE}">'
    style = f"<style>{STYLE.read_text(encoding='utf-8')}</style>"
    return f'<!doctype html><html lang="en"><head>{head}{style}</head><body><main>{"".join(parts)}</main></body></html>'


def _notes(notes: Sequence[str]) -> str:
    said = "".join(f"<li>{escape(note)}</li>" for note in notes)
    return f"<details open><summary>Guessed, left out or not used</summary><ul>{said}</ul></details>" if notes else ""


def _made(record: Record) -> str:
    """Say from what the result follows; whoever wants to compute it again finds all of it in the result as JSON."""
    return (
        f"Made by Ithaca {record.version}, strategy {record.strategy}, seed {record.seed}, "
        f"from the people with the fingerprint {record.input_hash[:12]}. "
        "All settings, exact figures and the whole record: --format json."
    )


def _histogram(figures: Figures) -> str:
    counts, step = figures.histogram, figures.unit / len(figures.histogram)
    most = max(*counts, 1)
    bars = "".join(
        f'<rect x="{at * 60}" y="{120 - 100 * count / most:.1f}" width="52" height="{100 * count / most:.1f}"></rect>'
        f'<text x="{at * 60 + 26}" y="{114 - 100 * count / most:.1f}" text-anchor="middle">{count or ""}</text>'
        f'<text x="{at * 60 + 26}" y="136" text-anchor="middle">{at * step:.3g}-{(at + 1) * step:.3g}</text>'
        for at, count in enumerate(counts)
    )
    words = ", ".join(f"{count} from {at * step:.3g}" for at, count in enumerate(counts) if count) or "no matches"
    title = f"<title>How many matches have which score: {words}</title>"
    low = (
        "" if figures.fifth_percentile is None else f"<p>One in twenty scores below {figures.fifth_percentile:.2f}.</p>"
    )
    return f'<svg viewBox="0 0 600 140" role="img">{title}{bars}</svg>{low}'


def _table(titles: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Write a table, whose cells are HTML already."""
    head = "".join(f"<th scope=col>{title}</th>" for title in titles)
    body = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _matches(matches: Sequence[Match]) -> str:
    rows = [
        (escape(one.mentee), escape(one.mentor), f"{one.score:.2f}", _why(one.explanation) if one.explanation else "")
        for one in matches
    ]
    return _table(("Mentee", "Mentor", "Score", "Why"), rows) if rows else "<p>Nobody is matched.</p>"


def _why(why: Explanation) -> str:
    known = [reason for reason in why.reasons if reason.value is not None]
    rows = [
        (
            escape(reason.criterion),
            f"{reason.value:.2f}",
            f"{reason.weight:.0%}",
            f"{reason.contribution:.2f}",
            escape(reason.evidence),
        )
        for reason in known
    ]
    first = max(known, key=lambda reason: reason.contribution, default=None)
    title = escape(f"{first.criterion}: {first.evidence}") if first else "no data on both sides"
    ranks = f"Choice {why.rank_of_mentor} of the mentee, {why.rank_of_mentee} of the mentor."
    other = f" Best alternative: {why.alternative.mentor}, {why.alternative.words}." if why.alternative else ""
    coverage = f" Data for {why.coverage:.0%} of the weights." if why.coverage is not None else ""
    table = _table(("Criterion", "Value", "Weight", "Part of the score", "Evidence"), rows) if rows else ""
    return f"<details><summary>{title}</summary>{table}<p class=soft>{escape(ranks + coverage + other)}</p></details>"


def _unmatched(people: Sequence[Unmatched]) -> str:
    rows = [(escape(one.id), one.side, escape(one.reason)) for one in people]
    return _table(("Who", "Side", "Why"), rows) if rows else "<p>Everybody is matched.</p>"


def _what_if(asked: Sequence[WhatIf]) -> str:
    rows = [
        (escape(one.mentee), escape(one.mentor), "-" if one.score is None else f"{one.score:.2f}", escape(one.words))
        for one in asked
    ]
    return _table(("Mentee", "Mentor", "Score", "What would change"), rows)


def _groups(groups: Sequence[GroupFigures]) -> str:
    rows = [
        (
            one.side,
            escape(f"{one.attribute}: {one.group}"),
            f"{one.matched} of {one.people} ({one.match_rate:.0%})",
            "-" if one.mean_score is None else f"{one.mean_score:.2f}",
        )
        for one in groups
    ]
    if not rows:
        return "<p>No attribute was given with five people or more in a group.</p>"
    return _table(("Side", "Group", "Matched", "Mean score"), rows)
