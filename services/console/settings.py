"""The settings of the console beyond those of every service: where the others answer."""

import re
from functools import cache

from pydantic import Field, SecretStr, field_validator

from shared.installed import service_entries
from shared.settings import KeyRing, Settings

_ADDRESS = re.compile(r"https?://[^\s,=?#]+")


class ConsoleSettings(Settings):
    """The console asks the other services, on behalf of whoever looks at a page."""

    services_at: str = Field(
        default="http://{service}:8000",
        description="Where the other services answer: one address with {service} in it for all of them, or each by "
        "its name, as in intake=http://10.0.0.1:8001,matching=http://10.0.0.1:8002",
    )

    held_key: KeyRing = Field(
        default=SecretStr(""),
        description="What seals commands that can be taken back for the seconds in which they can: 32 bytes in base64, "
        "the same for all processes of the console; behind commas, older keys. Without it they are sent at once",
    )

    @field_validator("services_at")
    @classmethod
    def _leads_somewhere(cls, value: str) -> str:
        named = _named(value)
        if not named and "{service}" not in value:
            raise ValueError(
                "write {service} where its name belongs, or name each: intake=http://...,matching=http://..."
            )
        for address in named.values() if named else [value.replace("{service}", "intake")]:
            if not _ADDRESS.fullmatch(address):
                raise ValueError("an address begins with http:// or https://")
        return value

    def address_of(self, service: str) -> str:
        """Return where a service answers; raises LookupError if it is none of those that are named."""
        if named := _named(self.services_at):
            return named[service].rstrip("/")
        return self.services_at.replace("{service}", service).rstrip("/")

    @property
    def service_names(self) -> list[str]:
        """Whom operators' pages ask: those that are named, or else all that there are."""
        return sorted(_named(self.services_at)) or [entry.name for entry in service_entries()]

    @property
    def is_encrypted(self) -> bool:
        """Whether browsers reach the pages by HTTPS."""
        return bool(self.public_url and self.public_url.startswith("https:"))


@cache
def _named(value: str) -> dict[str, str]:
    """The addresses in `name=address,name=address`; nothing if it is not written like that."""
    parts = [part.strip().partition("=") for part in value.split(",")]
    return {name: address for name, _, address in parts} if all(equals for _, equals, _ in parts) else {}
