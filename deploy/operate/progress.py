"""Work that a service does by itself, watched until it is over."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from deploy.operate.client import Unanswered

PERIOD = 0.5
"""Seconds between two looks."""


@dataclass(slots=True, frozen=True)
class Stage:
    """How far the work is. `is_over` when nothing more comes; then `problem` is why it was not done, if so."""

    sentence: str
    is_over: bool
    done: int | None = None
    expected: int | None = None
    problem: str | None = None


async def watch(stage: Stage, look: Callable[[], Awaitable[Stage]], come_back: str) -> int:
    """Show the work until it is over; returns 1 if it was not done.

    Ctrl-C ends only the watching: then, or when the service does not answer any more, `come_back` is said.
    """
    try:
        stage = await (_bar if Console().is_terminal else _sentences)(stage, look)
    except asyncio.CancelledError:
        typer.echo(f"\nIt goes on. {come_back}", err=True)
        raise
    except Unanswered as error:
        raise Unanswered(f"{error}\nWhat was begun goes on. {come_back}") from error
    if stage.problem:
        typer.echo(f"It was not done: {stage.problem}", err=True)
    return int(bool(stage.problem))


async def _bar(stage: Stage, look: Callable[[], Awaitable[Stage]]) -> Stage:
    columns = (TextColumn("{task.description}"), BarColumn(bar_width=20), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, refresh_per_second=2) as progress:
        task = progress.add_task(stage.sentence, total=stage.expected)
        while True:
            progress.update(task, description=stage.sentence, completed=stage.done or 0, total=stage.expected)
            if stage.is_over:
                return stage
            await asyncio.sleep(PERIOD)
            stage = await look()


async def _sentences(stage: Stage, look: Callable[[], Awaitable[Stage]]) -> Stage:
    """A line for every change of what goes on, and for the figures at the end."""
    said = ""
    while True:
        if stage.sentence != said:
            typer.echo(said := stage.sentence)
        if stage.is_over:
            return stage
        await asyncio.sleep(PERIOD)
        stage = await look()
