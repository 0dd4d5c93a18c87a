"""`ithaca keys`: makes, checks and rotates the keys that sign tokens, in their file."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from services.intake.identity.keys import (
    OLD,
    PUBLISHED_FIRST,
    SigningKey,
    make_keys,
    read_keys,
    rotate_keys,
    signing,
)

app = typer.Typer(
    help="Make, check and rotate the keys that sign tokens.",
    epilog="Example: ithaca keys rotate signing-keys.json",
    no_args_is_help=True,
    add_completion=False,
)

File = Annotated[Path, typer.Argument(metavar="FILE", help="The JWK Set, as ITHACA_SIGNING_KEY_FILE names it.")]


@app.command(epilog="Example: ithaca keys make signing-keys.json")
def make(file: File) -> None:
    """Make a file with a first key. A file that is there stays as it is."""
    with failing_with_a_sentence():
        if not make_keys(file):
            raise ValueError(f"{file} is there already: `ithaca keys rotate {file}` adds a key to it")
    typer.echo(f"{file} has a first key, and only you can read it.")


@app.command(epilog="Example: ithaca keys check signing-keys.json")
def check(file: File) -> None:
    """Say which keys are in a file, and which of them signs; ends with code 1 if intake could not read it."""
    with failing_with_a_sentence():
        keys = read_keys(file)
    now = _now()
    for line in _described(keys, now):
        typer.echo(line)
    if signing(keys, now).made_at + OLD < now:
        typer.echo(f"The key that signs is older than {OLD.days} days, or nobody knows its age: rotate it.", err=True)


@app.command(epilog="Example: ithaca keys rotate signing-keys.json")
def rotate(file: File) -> None:
    """Add a key, which signs in a quarter of an hour, and take out what is of no more use.

    Bring the file to every process within that time; none has to be started again.
    """
    with failing_with_a_sentence():
        keys = rotate_keys(file, _now())
    for line in _described(keys, _now()):
        typer.echo(line)
    minutes = round(PUBLISHED_FIRST.total_seconds() / 60)
    typer.echo(f"Within {minutes} minutes every process of intake must have this file: put it into the store now.")


def _described(keys: list[SigningKey], now: datetime) -> Iterator[str]:
    current = keys.index(signing(keys, now))
    for number, one in enumerate(keys):
        if number == current:
            state = "signs"
        elif number < current:
            state = "is published, so that tokens which it has signed count"
        else:
            state = f"is published, and signs from {one.signs_from:%Y-%m-%d %H:%M} UTC on"
        yield f"{one.key.kid} {state}"


def _now() -> datetime:
    return datetime.now(UTC)


@contextmanager
def failing_with_a_sentence() -> Iterator[None]:
    """Print what is wrong, and end with code 1."""
    try:
        yield
    except (ValueError, OSError) as error:
        typer.echo(error, err=True)
        raise typer.Exit(1) from error
