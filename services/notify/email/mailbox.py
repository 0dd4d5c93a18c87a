"""Who a message is from, and who it is for."""

import re
from email.headerregistry import Address
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict

from services.notify.wording.one_line import one_line

ADDRESS = re.compile(r'[^\s\x00-\x1f\x7f-\x9f<>()\[\]"\\,;:@]+@[^\s\x00-\x1f\x7f-\x9f<>()\[\]"\\,;:@]+')
LONGEST_NAME = 60


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

    def header(self) -> Address:
        """As it stands in a header.

        The standard library loses the quotes of a name that it has to fold, and what stands behind a comma in the
        name becomes a second address. So a name is cut to what fits into a line.
        """
        name = re.sub(r'["\\<>]', "", one_line(self.name))
        local_part, _, domain = self.address.rpartition("@")
        return Address(name[:LONGEST_NAME].strip(), local_part, domain)
