"""Where passkeys are made and used: the address of this system, as browsers know it (WebAuthn Level 3)."""

from ipaddress import ip_address
from typing import NamedTuple, Self
from urllib.parse import SplitResult, urlsplit

from services.intake.settings import IntakeSettings
from shared.errors import Refusal

LOCAL = "localhost"
BY_DEFAULT = {"http": 80, "https": 443}


class PasskeysNotSetUp(Refusal):
    """This system has no address for which browsers make passkeys, or no key for challenges."""

    status = 503

    def __init__(self) -> None:
        super().__init__(
            "Nobody can use a passkey here yet: have ITHACA_PUBLIC_URL of intake set to the address that browsers have "
            "for it, with https:// and a name instead of numbers, ITHACA_PASSKEY_DOMAIN to nothing or to a domain that "
            "it is in, and ITHACA_SIGN_IN_KEY."
        )


class Site(NamedTuple):
    """Whose passkeys these are: the name that each is bound to, and the pages on which it may be used.

    The id must stay: whoever changes it makes every passkey worthless.
    """

    id: str
    origins: tuple[str, ...]

    @classmethod
    def of(cls, settings: IntakeSettings) -> Self:
        """Return what the public address says, with the allowed origins of that domain; raises `PasskeysNotSetUp`."""
        address = urlsplit(settings.public_url or settings.issuer)
        host = address.hostname or ""
        id = settings.passkey_domain or host
        if not (_is_a_name(host) and _is_below(host, id) and (address.scheme == "https" or _is_below(host, LOCAL))):
            raise PasskeysNotSetUp
        others = (one for one in settings.allowed_origins if _is_below(urlsplit(one).hostname or "", id))
        return cls(id, tuple(dict.fromkeys((_origin(address), *others))))


def _is_a_name(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return bool(host)
    return False


def _is_below(host: str, name: str) -> bool:
    return host == name or host.endswith(f".{name}")


def _origin(address: SplitResult) -> str:
    """As browsers write it."""
    port = "" if address.port in (None, BY_DEFAULT[address.scheme]) else f":{address.port}"
    return f"{address.scheme}://{address.hostname}{port}"
