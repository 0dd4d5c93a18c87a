"""`ithaca docs`: the pages that `make docs` has built, on this machine."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Annotated, Any

import typer

from deploy.local.folders import LOOPBACK
from deploy.local.foreground import stoppable

SITE = Path(__file__).parents[2] / "build" / "site"

app = typer.Typer(add_completion=False)


@app.command(epilog="Example: ithaca docs --port 8080")
def docs(
    port: Annotated[int, typer.Option(min=0, max=65535, help="Where to listen; a free port by default.")] = 0,
    site: Annotated[Path, typer.Option(help="Where the pages are; by default where `make docs` puts them.")] = SITE,
) -> None:
    """Show the documentation in a browser, from this machine. Ctrl-C ends it."""
    if not (site / "index.html").is_file():
        raise _stop(f"There are no pages in {site}: build them with `make docs`.")
    with stoppable(code=0), served(site, port) as server:
        typer.echo(f"The documentation: http://{LOOPBACK}:{server.server_port}/index.html (Ctrl-C ends it)")
        server.serve_forever()


@contextmanager
def served(site: Path, port: int) -> Iterator[ThreadingHTTPServer]:
    """A server of a folder, on the loopback interface only; ends the command if the port is taken."""
    try:
        server = ThreadingHTTPServer((LOOPBACK, port), partial(Quiet, directory=str(site)))
    except OSError as error:
        raise _stop(f"Port {port} cannot be used: {error.strerror}. Leave --port out: a free one is taken.") from error
    with server:
        yield server


class Quiet(SimpleHTTPRequestHandler):
    """Serves files, and does not say so."""

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing."""


def _stop(message: str) -> typer.Exit:
    typer.echo(message, err=True)
    return typer.Exit(1)
