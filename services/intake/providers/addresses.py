"""Where a provider may be: an admin of any organization names it, so it must not lead into networks of our own."""

import asyncio
import socket
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from urllib.parse import urlsplit

import httpcore

from services.intake.providers.model.findings import ProviderFault

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

RESOLVING = ThreadPoolExecutor(8, "resolving")
"""Names are looked up here, so that a name server which hangs holds up nothing but other lookups."""
TRIED = 3
"""Addresses of one name that are tried."""
TRANSLATED = tuple(map(ip_network, ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32")))
"""Where an IPv6 address stands for an IPv4 address that may be any."""
LONGEST = 500
"""Characters of an address."""


def networks(text: str) -> list[Network]:
    """Read networks with commas between them; raises ValueError."""
    return [ip_network(part.strip()) for part in text.split(",") if part.strip()]


def check_url(url: str, allowed: Sequence[Network]) -> str:
    """Return the address of a web page that may be asked; raises ValueError, which says what is wrong with it.

    Encrypted ones only; on this machine others too, where `allowed` has it, as for development.
    """
    if len(url) > LONGEST or not url.isascii() or not url.isprintable() or " " in url:
        raise ValueError(f"must be an https address of at most {LONGEST} characters, all of them ASCII")
    parts = urlsplit(url)
    host, _ = parts.hostname, parts.port
    if not host or parts.username is not None or "\\" in url:
        raise ValueError("must be an https address with a host, and without a user")
    if parts.scheme != "https" and not (parts.scheme == "http" and _is_here(host, allowed)):
        raise ValueError("must begin with https://")
    return url


def _is_here(host: str, allowed: Sequence[Network]) -> bool:
    try:
        address = ip_address("127.0.0.1" if host == "localhost" else host)
    except ValueError:
        return False
    return address.is_loopback and _is_in(address, allowed)


def is_permitted(text: str, allowed: Sequence[Network]) -> bool:
    """Whether an address is one of the public internet, or of the networks that are allowed beside."""
    address = ip_address(text.partition("%")[0])
    if _is_in(address, allowed):
        return True
    return address.is_global and not address.is_multicast and not _is_in(address, TRANSLATED)


def _is_in(address: Address, some: Iterable[Network]) -> bool:
    return any(address.version == one.version and address in one for one in some)


class PublicOnly(httpcore.AsyncNetworkBackend):
    """Connects to the addresses that a name has at that moment and that are permitted: nobody can change it between.

    TLS is spoken with the name, as ever.
    """

    def __init__(self, allowed: Sequence[Network]) -> None:
        self.allowed = allowed
        self.inner = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Connect to one of the permitted addresses of a host; raises `ProviderFault` if it has none."""
        failed: Exception | None = None
        for address in await self._permitted(host, port):
            try:
                return await self.inner.connect_tcp(address, port, timeout, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failed = error
        raise failed or ProviderFault(
            "address",
            f"{host} leads to no address of the public internet.",
            "Correct the name. A provider inside of a network must be reachable from outside, or whoever runs the "
            "deployment has to allow its network (ITHACA_PROVIDER_NETWORKS).",
        )

    async def _permitted(self, host: str, port: int) -> list[str]:
        loop = asyncio.get_running_loop()
        try:
            found = await loop.run_in_executor(RESOLVING, socket.getaddrinfo, host, port, 0, socket.SOCK_STREAM)
        except (OSError, UnicodeError):  # there is no such name: that is told from a private one to nobody
            return []
        addresses = dict.fromkeys(str(one[4][0]) for one in found)
        return [one for one in addresses if is_permitted(one, self.allowed)][:TRIED]
