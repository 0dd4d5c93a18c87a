"""`ithaca`, the command line. What is installed brings its own sub-commands, as entry points of one group."""

from importlib.metadata import EntryPoint, entry_points, version
from typing import Annotated, Any, TypeAlias

import typer
from typer.core import CompletionItem, TyperGroup  # type: ignore[attr-defined]  # what it completes with, unlisted
from typer.main import get_command

from shared.suggestions import with_suggestion

GROUP = "ithaca.commands"
"""An entry point of this group has the name of a sub-command, and leads to its `typer.Typer`."""

# Typer keeps these classes to itself.
Command: TypeAlias = Any
Context: TypeAlias = Any


class Installed(TyperGroup):
    """The sub-commands that are installed, each loaded when it is needed: most take a while to load."""

    def list_commands(self, ctx: Context) -> list[str]:  # noqa: ARG002 - as Typer calls it
        """Return their names."""
        return sorted(entry.name for entry in entry_points(group=GROUP))

    def get_command(self, ctx: Context, cmd_name: str) -> Command | None:  # noqa: ARG002
        """Return the one with that name, if there is one."""
        return next((load(entry) for entry in entry_points(group=GROUP, name=cmd_name)), None)

    def shell_complete(self, ctx: Context, incomplete: str) -> list[CompletionItem]:
        """Return the names that begin so, without what they do: to load them all takes seconds."""
        names = [name for name in self.list_commands(ctx) if name.startswith(incomplete)]
        return [*map(CompletionItem, names), *super(TyperGroup, self).shell_complete(ctx, incomplete)]

    def resolve_command(self, ctx: Context, args: list[str]) -> tuple[str | None, Command | None, list[str]]:
        """Find the one that is asked for; raises an error that suggests the nearest of their names."""
        self.commands = dict.fromkeys(self.list_commands(ctx))  # type: ignore[assignment]  # their names are compared
        return super().resolve_command(ctx, args)

    def invoke(self, ctx: Context) -> object:
        """Run the one that is asked for; a value that is no choice is told with the nearest one."""
        try:
            return super().invoke(ctx)
        except typer.BadParameter as error:
            error.message = with_suggestion(error.message)
            raise


def load(entry: EntryPoint) -> Command:
    """Return the sub-command, or one that tells why it cannot be used."""
    try:
        command = get_command(entry.load())
    except Exception as error:  # whatever is wrong with one must not take the others away
        command = get_command(unusable(entry, error))
    command.name = entry.name
    return command


def unusable(entry: EntryPoint, error: Exception) -> typer.Typer:
    """Stands for a sub-command that cannot be loaded."""
    reason = f"`ithaca {entry.name}` cannot be used: {entry.value} gives {type(error).__name__}: {error}."
    broken = typer.Typer(add_completion=False)

    @broken.command(help=reason, context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
    def refuse() -> None:
        typer.echo(f"{reason}\nInstall Ithaca again, with the extra of what you want to use.", err=True)
        raise typer.Exit(1)

    return broken


app = typer.Typer(
    cls=Installed,
    epilog="Example: ithaca up",
    no_args_is_help=True,
    # Its pretty stack traces show the values of variables, secrets among them.
    pretty_exceptions_enable=False,
)


def show_version(wanted: bool) -> None:
    """Print the version, and end."""
    if wanted:
        typer.echo(f"ithaca {version('ithaca')}")
        raise typer.Exit


Version = Annotated[bool, typer.Option("--version", callback=show_version, is_eager=True, help="Show the version.")]


@app.callback()
def ithaca(_: Version = False) -> None:
    """Run mentoring programs, and all that they need."""


def main() -> None:
    """Run what the script `ithaca` is asked for."""
    app()
