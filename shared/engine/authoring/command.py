"""What may be asked of a service over HTTP."""

from pydantic import BaseModel


class Command(BaseModel, extra="forbid"):
    """What is asked, with all that it needs; a field that it does not have is refused."""
