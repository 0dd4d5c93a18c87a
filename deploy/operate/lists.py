"""A list of all services together."""

import json
from collections.abc import Awaitable, Callable, Sequence

import typer
from rich.console import Console, RenderableType

from deploy.operate.answers import A
from deploy.operate.client import Services, answered, code_of, of_each

Found = Sequence[tuple[str, A]]
"""What the services have, each item with its service."""

Fetch = Callable[[str], Awaitable[Sequence[A]]]
Arrange = Callable[[Found[A]], Found[A]]
Show = Callable[[Found[A]], Sequence[RenderableType]]


def as_answered(found: Found[A]) -> Found[A]:
    """In the order in which it was answered, service by service."""
    return found


async def show_list(
    services: Services,
    fetch: Fetch[A],
    show: Show[A],
    *,
    nothing: str,
    as_json: bool,
    arrange: Arrange[A] = as_answered,
) -> int:
    """Ask all services at once, and print what they have, or the sentence `nothing`.

    `arrange` puts it in order; `show` makes the lines or the table. Returns 1 if a service did not answer.
    """
    answers = await of_each(services.names, fetch)
    found = arrange([(service, item) for service, items in answered(answers).items() for item in items])
    if as_json:
        typer.echo(json.dumps([{"service": name, **item.model_dump(mode="json")} for name, item in found], indent=2))
    elif found:
        console = Console(highlight=False)
        for part in show(found):
            console.print(part, soft_wrap=not console.is_terminal)
    elif not code_of(answers):
        typer.echo(nothing)
    return code_of(answers)
