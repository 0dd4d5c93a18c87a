"""`python -m services.matching doctor`: the report on the standard output, in a pod or anywhere else."""

import logging
import os
import sys
from collections.abc import Sequence
from typing import TextIO

from shared import event_loop
from shared.doctor.examination import Assemble, ReportStep, examine
from shared.doctor.finding import Examined
from shared.doctor.report import lines
from shared.engine.authoring.service import Service

AS_JSON = "--json"


def doctor(service: Service, assemble: Assemble, words: Sequence[str]) -> int:
    """Look and tell; returns the exit status: 0, 1 if something is wrong, 2 for words that are not understood."""
    if set(words) - {AS_JSON}:
        sys.stderr.write(f"doctor takes no other word than {AS_JSON}: {' '.join(words)}\n")
        return 2
    logging.disable()  # what the drivers complain about is told as findings
    examined = event_loop.run(examine(service, assemble, progress(sys.stderr)))
    return print_report(examined, as_json=AS_JSON in words)


def print_report(examined: Examined, as_json: bool) -> int:
    """Tell what was found on the standard output; returns the exit status."""
    if as_json:
        sys.stdout.write(f"{examined.model_dump_json(indent=2)}\n")
    else:
        sys.stdout.writelines(f"{line}\n" for line in lines(examined, wants_color(sys.stdout)))
    return int(examined.is_wrong)


def progress(stream: TextIO) -> ReportStep:
    """Says what is looked at, on one line that the next words replace, where somebody watches."""

    def report_step(what: str) -> None:
        if stream.isatty():
            stream.write(f"\r\x1b[K{what}")
            stream.flush()

    return report_step


def wants_color(stream: TextIO) -> bool:
    """Return whether colors are shown there: in a terminal, unless NO_COLOR is set."""
    return stream.isatty() and not os.environ.get("NO_COLOR")
