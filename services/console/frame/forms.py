"""What forms of pages send, whichever page they are on."""

from typing import Annotated

from fastapi import Form
from starlette.datastructures import FormData

Key = Annotated[str, Form(max_length=64)]
"""What a form is done once by, however often it is sent: see `Page.key`."""

Text = Annotated[str, Form(max_length=8000)]
"""What somebody has typed or chosen."""


def sent(form: FormData, name: str) -> str:
    """Return what a form says in a field; nothing if it has none of that name."""
    value = form.get(name, "")
    return value if isinstance(value, str) else ""
