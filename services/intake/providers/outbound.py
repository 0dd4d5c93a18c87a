"""Asks a provider over HTTP: bounded in time and size, never redirected, on connections that others do not share."""

import asyncio
import json
import ssl
from collections.abc import Mapping, Sequence
from email.utils import parsedate_to_datetime
from functools import cache
from typing import Any, NamedTuple
from urllib.parse import urlencode, urlsplit

import certifi
import httpcore

from services.intake.providers.addresses import Network, PublicOnly, check_url
from services.intake.providers.model.findings import ProviderFault

SECONDS = 5.0
"""For one answer, from the name's lookup to the last byte."""
LARGEST = 512_000
"""Bytes of an answer."""
FORM = "application/x-www-form-urlencoded"
AGENT = "ithaca"

Json = dict[str, Any]


class Answered(NamedTuple):
    """What a provider has answered."""

    url: str
    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self, about: str) -> Json:
        """Return the object that it is in JSON; raises `ProviderFault`."""
        try:
            found = json.loads(self.body)
        except (ValueError, RecursionError):
            found = None
        if not isinstance(found, dict):
            raise ProviderFault(about, f"{self.url} answers {self.status}, and with no JSON object.", ITS_ADDRESS)
        return found

    def clock_ahead(self, now: float) -> float | None:
        """Return by how many seconds the provider's clock is ahead of ours, as far as it says."""
        try:
            return parsedate_to_datetime(self.headers["date"]).timestamp() - now
        except (KeyError, ValueError, TypeError, OverflowError):
            return None


ITS_ADDRESS = "Look whether that address is the provider's, and whether the provider works."


@cache
def _trusted() -> ssl.SSLContext:
    """Whom the system trusts, and whom browsers do."""
    context = ssl.create_default_context()
    context.load_verify_locations(certifi.where())
    return context


class Outbound:
    """Asks any provider, in the networks that are allowed beside the public internet."""

    def __init__(self, allowed: Sequence[Network]) -> None:
        self.allowed = allowed

    async def get(self, about: str, url: str, headers: Mapping[str, str] | None = None) -> Answered:
        """Return what is answered; raises `ProviderFault`."""
        return await self._ask(about, "GET", url, headers or {})

    async def post(self, about: str, url: str, form: Mapping[str, str], headers: Mapping[str, str]) -> Answered:
        """Return what is answered to a form; raises `ProviderFault`."""
        return await self._ask(about, "POST", url, {**headers, "Content-Type": FORM}, urlencode(form).encode())

    async def _ask(
        self, about: str, method: str, url: str, headers: Mapping[str, str], body: bytes | None = None
    ) -> Answered:
        try:
            check_url(url, self.allowed)
        except ValueError as error:
            raise ProviderFault(about, f"{url[:200]!a} {error}.", "Correct the address.") from None
        host = urlsplit(url).netloc
        sent = {"Host": host, "Accept": "application/json", "Accept-Encoding": "identity", "User-Agent": AGENT}
        if body is not None:
            sent["Content-Length"] = str(len(body))
        pairs = [(name.encode(), value.encode()) for name, value in {**sent, **headers}.items()]
        try:
            async with asyncio.timeout(SECONDS):
                return await self._exchange(method, url, pairs, body)
        except (TimeoutError, httpcore.TimeoutException):
            raise ProviderFault(
                about, f"{host} gives no answer within {SECONDS:g} seconds.", "Try again; look whether it works."
            ) from None
        except _TooLarge:
            raise ProviderFault(about, f"{host} answers with more than {LARGEST:,} bytes.", ITS_ADDRESS) from None
        except (httpcore.NetworkError, httpcore.ProtocolError, httpcore.UnsupportedProtocol, OSError) as error:
            raise ProviderFault(about, f"{host} cannot be reached ({_reason(error)}).", ITS_ADDRESS) from None

    async def _exchange(
        self, method: str, url: str, headers: list[tuple[bytes, bytes]], body: bytes | None
    ) -> Answered:
        pool = httpcore.AsyncConnectionPool(
            _trusted(), max_connections=1, max_keepalive_connections=0, network_backend=PublicOnly(self.allowed)
        )
        async with pool, pool.stream(method, url, headers=headers, content=body) as response:
            read = bytearray()
            async for chunk in response.aiter_stream():
                read += chunk
                if len(read) > LARGEST:
                    raise _TooLarge
            found = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in response.headers}
            return Answered(url, response.status, found, bytes(read))


class _TooLarge(Exception):
    pass


def _reason(error: Exception) -> str:
    """What a library says of it, in a line: of certificates, the cause."""
    found: BaseException | None = error
    while found is not None:
        if isinstance(found, ssl.SSLCertVerificationError):
            return f"its certificate: {found.verify_message}"
        found = found.__cause__ or found.__context__
    return type(error).__name__
