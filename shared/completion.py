"""`ithaca completion`: what a shell reads to complete commands, options and their values."""

import os
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(add_completion=False)


class Shell(StrEnum):
    """Which shell."""

    BASH = "bash"
    ZSH = "zsh"
    FISH = "fish"


VARIABLE = "_ITHACA_COMPLETE"
"""By which the shell asks what completes a line, and for the script with which it does so."""


Named = Annotated[Shell | None, typer.Argument(help="By default the one that SHELL names.", show_default=False)]


@app.command(epilog="Example: ithaca completion zsh")
def completion(ctx: typer.Context, shell: Named = None) -> None:
    """Print what lets a shell complete commands, options, choices, services and types of events.

    Let the shell read it when it starts. In ~/.bashrc: eval "$(ithaca completion bash)". In ~/.zshrc, after compinit:
    eval "$(ithaca completion zsh)". In ~/.config/fish/config.fish: ithaca completion fish | source. Or let
    ithaca --install-completion write that for the shell that you are in.
    """
    os.environ[VARIABLE] = f"source_{shell or _own()}"
    try:
        ctx.find_root().command.main(args=[], prog_name="ithaca")
    finally:
        del os.environ[VARIABLE]


def _own() -> Shell:
    """The shell that SHELL names."""
    name = Path(os.environ.get("SHELL", "")).name
    if name not in list(Shell):
        raise typer.BadParameter(f"name the shell: {', '.join(Shell)}")
    return Shell(name)
