"""What people see of a system: how it starts, part by part, and then what it does."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import NoReturn

from rich.console import Console
from rich.live import Live
from rich.spinner import Spinner
from rich.table import Table
from rich.text import Text

from deploy.local.backing import Progress
from deploy.local.system import LOOK, System
from deploy.operate.client import asked
from deploy.operate.status import PATIENCE, show_live
from deploy.operate.target import on_this_machine

DONE = ("started in", "there after")
"""How the last news of a part begins."""


@contextmanager
def progress(console: Console) -> Iterator[Progress]:
    """Show what is told, each as `<part>: <news>`, until the block ends."""
    if not console.is_terminal:
        yield lambda text: console.print(text, markup=False, highlight=False, soft_wrap=True)
        return
    news, spinner = dict[str, str](), Spinner("dots", style="cyan")

    def report(text: str) -> None:
        part, _, latest = text.partition(": ")
        news[part] = latest

    with Live(get_renderable=lambda: _table(news, spinner), console=console, refresh_per_second=10):
        yield report


async def show_at_work(system: System, console: Console) -> NoReturn:
    """Show what the services do, and look after all processes as `System.watch` does; what it tells stays above."""
    report = partial(console.print, markup=False, highlight=False, soft_wrap=True)
    async with asked(on_this_machine(system.running), PATIENCE) as services:
        showing = asyncio.ensure_future(show_live(services, console))
        try:
            while True:
                system.restarts.check(report)
                await asyncio.wait([showing], timeout=LOOK)
                if showing.done():
                    showing.result()
        finally:
            showing.cancel()
            await asyncio.gather(showing, return_exceptions=True)


def _table(news: dict[str, str], spinner: Spinner) -> Table:
    table = Table.grid(padding=(0, 1))
    for part, latest in news.items():
        mark = Text("✓", "green") if latest.startswith(DONE) else spinner
        table.add_row(mark, part, Text(latest, "dim"))
    return table
