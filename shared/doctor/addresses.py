"""Do the public addresses lead to what they should? Each is compared with what answers there."""

import asyncio
import json
import urllib.request
from typing import Any

from shared.doctor.finding import Notes
from shared.settings import Settings

TIMEOUT = 3
LARGEST = 10_000_000
DISCOVERY = "/.well-known/oauth-authorization-server"
DESCRIPTION = "/openapi.json"


class Unanswered(Exception):
    """Nothing answers there that could be understood; the message says what there was."""


async def look(settings: Settings, service: str, notes: Notes) -> None:
    """Take down which address differs from what it should be, and by which setting that is mended."""
    before = len(notes.findings)
    await _issuer(settings, notes)
    for name, (address, wanted) in settings.leads_to(service).items():
        await _leads(name, address, wanted, notes)
    if len(notes.findings) == before:
        notes.ok("addresses", "the public addresses lead to what they should")


async def _issuer(settings: Settings, notes: Notes) -> None:
    """What intake says of itself, where this service reaches it, and where the world outside does."""
    try:
        answer = await _read(settings.keys_from + DISCOVERY)
    except Unanswered:
        return  # that there are no keys is said elsewhere
    if (issuer := answer.get("issuer")) != settings.issuer:
        notes.wrong(
            "ITHACA_ISSUER",
            f"is {settings.issuer} here, and intake, asked at {settings.keys_from}, says {issuer}: this service takes "
            "no token",
            "Set ITHACA_ISSUER to the same public address for intake and for this service, and restart.",
        )
        return
    named = {name: value for name, value in answer.items() if name.endswith(("_endpoint", "_uri"))}
    elsewhere = [name for name, value in named.items() if not str(value).startswith(f"{issuer}/")]
    if elsewhere:
        notes.wrong(
            "discovery",
            f"{settings.keys_from}{DISCOVERY} names addresses that are not below {issuer}: {', '.join(elsewhere)}",
            "Look at what is between this service and intake: it changes what intake answers.",
        )
    if settings.issuer == settings.keys_from:
        return
    try:
        outside = (await _read(settings.issuer + DISCOVERY)).get("issuer")
    except Unanswered as error:
        words = f"{settings.issuer} {error}, asked from here: whoever is outside may get no token"
        notes.warn("ITHACA_ISSUER", words, "Look at the gateway and the name, and ask once more from outside.")
    else:
        if outside != settings.issuer:
            found = f"{settings.issuer} leads to what says that it is {outside}"
            notes.wrong("ITHACA_ISSUER", found, "Set it to the address at which intake is reached from outside.")


async def _leads(name: str, address: str, wanted: str, notes: Notes) -> None:
    try:
        title = str((await _read(address + DESCRIPTION)).get("info", {}).get("title", ""))
    except Unanswered as error:
        notes.warn(
            name, f"{address} {error}, asked from here", f"Set {name} to where {wanted} is reached from outside."
        )
        return
    if wanted not in title.partition(":")[0].lower().split():
        found = f"{address} leads to {title or 'something else'!r}, not to {wanted}"
        notes.wrong(name, found, f"Set {name} to where {wanted} is reached from outside, and restart.")


async def _read(address: str) -> dict[str, Any]:  # JSON of somebody else
    """Return what an address answers; raises `Unanswered`."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))

    def read() -> bytes:
        with opener.open(address, timeout=TIMEOUT) as opened:
            return bytes(opened.read(LARGEST))

    try:
        answer = json.loads(await asyncio.to_thread(read))
    except OSError as error:
        raise Unanswered(f"gives no answer ({type(error).__name__})") from error
    except ValueError as error:
        raise Unanswered("answers something else than it should") from error
    if not isinstance(answer, dict):
        raise Unanswered("answers something else than it should")
    return answer
