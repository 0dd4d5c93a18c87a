"""What forms of pages send, whichever page they are on."""

from typing import Annotated

from fastapi import Form

Key = Annotated[str, Form(max_length=64)]
"""What a form is done once by, however often it is sent: see `Page.key`."""

Text = Annotated[str, Form(max_length=8000)]
"""What somebody has typed or chosen."""
