"""What may be told of an exception: where it was raised and its type, never a value."""

import traceback
from pathlib import Path

from pydantic import ValidationError

FRAMES = 8
"""So many, from where it was raised outward."""

OURS = f"{Path(__file__).parents[2]}/"
"""Where our own code is: its frames have the path below, those of packages the name of their file."""
PACKAGES = "site-packages/"


def describe(error: BaseException) -> str:
    """Return where and how it failed, without values: those may be personal, and so may messages that quote them."""
    if isinstance(error, ValidationError):
        return "\n".join(f"{_field(e['loc'])}: {e['type']}" for e in error.errors(include_input=False))
    frames = traceback.extract_tb(error.__traceback__)[-FRAMES:]
    lines = [f"{_file(frame.filename)}:{frame.lineno} in {frame.name}" for frame in frames]
    return "\n".join([*lines, type(error).__name__])


def _file(path: str) -> str:
    is_ours = path.startswith(OURS) and PACKAGES not in path
    return path.removeprefix(OURS) if is_ours else path.rpartition("/")[2]


def _field(path: tuple[int | str, ...]) -> str:
    """The field of the model itself: what lies within may be named by whoever sent it."""
    return str(path[0]) if path else "all of it"
