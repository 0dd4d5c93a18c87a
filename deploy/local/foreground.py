"""What a command owes to the person in front of it: to stop in good order, and to fail with a sentence."""

import signal
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from types import FrameType

import typer
from rich.console import Console

from deploy.deployment import Misdeclared
from deploy.local.display import progress
from deploy.local.processes import CannotStart
from deploy.local.restarts import PartEnded
from deploy.local.settings import LocalSettings
from deploy.local.system import System, local_system

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@contextmanager
def shown_system(settings: LocalSettings, console: Console) -> Iterator[System]:
    """A system for this block, whose start is shown."""
    with ExitStack() as stack:
        with progress(console) as report:
            system = stack.enter_context(local_system(settings, report))
        yield system


@contextmanager
def stoppable(code: int) -> Iterator[None]:
    """Let Ctrl-C, SIGTERM or a terminal that closes end the block in good order, and none of them disturb that.

    The command ends with this code then.
    """

    def interrupt(_number: int, _frame: FrameType | None) -> None:
        for each in caught:
            signal.signal(each, signal.SIG_IGN)
        raise KeyboardInterrupt

    # Who starts this with a signal ignored, as nohup does, wants it to go on.
    caught = {each: handler for each in SIGNALS if (handler := signal.getsignal(each)) is not signal.SIG_IGN}
    for each in caught:
        signal.signal(each, interrupt)
    try:
        yield
    except KeyboardInterrupt:
        raise typer.Exit(code) from None
    finally:
        for each, handler in caught.items():
            signal.signal(each, handler)


@contextmanager
def failing_with_a_sentence() -> Iterator[None]:
    """Print what went wrong and what to do about it, and end with code 1, where that is known."""
    try:
        yield
    except (CannotStart, Misdeclared, PartEnded) as error:
        typer.echo(error, err=True)
        raise typer.Exit(1) from error
