"""Who a message is from, and who it is for."""

import re
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict

ADDRESS = re.compile(r'[^\s\x00-\x1f\x7f-\x9f<>()\[\]"\\,;:@]+@[^\s\x00-\x1f\x7f-\x9f<>()\[\]"\\,;:@]+')


def _deliverable(address: str) -> str:
    if not ADDRESS.fullmatch(address):
        raise ValueError("mail cannot be sent to this address: give one such as name@example.org")
    return address


EmailAddress = Annotated[str, AfterValidator(_deliverable)]
"""An address as SMTP takes it, without a name; letters beyond ASCII are allowed on either side (RFC 6531)."""


class Mailbox(BaseModel):
    """A name and an e-mail address. Personal data."""

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)

    name: str
    address: EmailAddress
