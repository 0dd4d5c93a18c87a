"""Progress as people see it: a line for each part that changes in place, or one line a change outside a terminal."""

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.live import Live
from rich.spinner import Spinner
from rich.table import Table
from rich.text import Text

from deploy.local.backing import Progress

DONE = ("started in", "there after")
"""How the last news of a part begins."""


@contextmanager
def progress(console: Console) -> Iterator[Progress]:
    """Show what is told, each as `<part>: <news>`, until the block ends."""
    if not console.is_terminal:
        yield lambda text: console.print(text, markup=False, highlight=False, soft_wrap=True)
        return
    news, spinner = dict[str, str](), Spinner("dots", style="cyan")

    def tell(text: str) -> None:
        part, _, latest = text.partition(": ")
        news[part] = latest

    with Live(get_renderable=lambda: _table(news, spinner), console=console, refresh_per_second=10):
        yield tell


def _table(news: dict[str, str], spinner: Spinner) -> Table:
    table = Table.grid(padding=(0, 1))
    for part, latest in news.items():
        mark = Text("✓", "green") if latest.startswith(DONE) else spinner
        table.add_row(mark, part, Text(latest, "dim"))
    return table
