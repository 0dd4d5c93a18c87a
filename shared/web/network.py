"""Where a request comes from, as far as that can be known behind proxies."""

from collections.abc import Sequence
from ipaddress import IPv6Address, ip_address, ip_network

from starlette.types import Scope

PREFIX = 64
"""Bits of an IPv6 address that tell one network from another: the rest everybody chooses for themselves."""
KEPT = {4: 24, 6: 48}
"""Bits of an address that may be kept."""


def seen_from(scope: Scope, hops: int) -> tuple[str, tuple[str, ...]]:
    """Return who is connected, and whom that one says to speak for; nobody, where there are no `hops`."""
    client = scope.get("client")
    peer = client[0] if client else ""
    if not hops:
        return peer, ()
    return peer, tuple(value.decode("latin-1") for name, value in scope["headers"] if name == b"x-forwarded-for")


def address_of(peer: str, forwarded: Sequence[str], hops: int) -> str:
    """Return the address that a request comes from.

    `forwarded` is `X-Forwarded-For`, the nearest proxy last. Of it only as many entries count as there are `hops`,
    proxies of our own: whatever stands before them anybody may have made up.
    """
    entries = [entry.strip() for line in forwarded for entry in line.split(",")]
    return entries[-hops] if hops and len(entries) >= hops else peer


def network_of(peer: str, forwarded: Sequence[str], hops: int) -> str:
    """Return the network that a request comes from, as `address_of`: an IPv4 address, or the /64 of an IPv6 one."""
    try:
        address = ip_address(address_of(peer, forwarded, hops))
    except ValueError:
        return peer
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped is not None:
            return str(address.ipv4_mapped)
        return str(ip_network((address, PREFIX), strict=False))
    return str(address)


def prefix_of(network: str) -> str:
    """Return the part of a network that may be kept, since it is nobody's alone; empty for what is no network."""
    try:
        found = ip_network(network, strict=False)
    except ValueError:
        return ""
    return str(found.supernet(new_prefix=KEPT[found.version]))
