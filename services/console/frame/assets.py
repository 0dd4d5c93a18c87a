"""What browsers load beside pages: style sheets, scripts, icons. Their addresses change with their content."""

import gzip
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

PATH = "/assets/"
FOLDER = Path(__file__).parent / "assets"
VENDOR = FOLDER / "vendor"
"""What others have written: `make up` and images get it from the package index, in the versions of the lock."""

SCRIPTS = "console.js", "board.js", "copy.js", "here.js", "passkeys.js"
"""The first is on every page, each of the others on those that need it."""

FOR_A_YEAR = {"Cache-Control": "public, max-age=31536000, immutable"}
NOT_KEPT = {"Cache-Control": "no-store"}
HASH_LENGTH = 12
HTMX = ("htmx.js", "htmx-csp.js")
SCRIPT = "text/javascript; charset=utf-8"


class NotInstalled(Exception):
    """What others have written is not there; the message says how it gets there."""


@dataclass(frozen=True, slots=True)
class Asset:
    """One file as it is served; its address begins with `hash`."""

    body: bytes
    packed: bytes
    hash: str
    media_type: str


@cache
def assets() -> Mapping[str, Asset]:
    """Return all of them by name; raises `NotInstalled`."""
    return {
        "console.css": _asset(_joined(sorted((FOLDER / "styles").glob("*.css"))), "text/css; charset=utf-8"),
        **{name: _asset((FOLDER / name).read_bytes(), SCRIPT) for name in SCRIPTS},
        "live.js": _asset(b"\n".join((*map(_vendored, HTMX), (FOLDER / "live.js").read_bytes())), SCRIPT),
        "sortable.js": _asset(_vendored("sortable.js"), SCRIPT),
        "icons.svg": _asset(_vendored("icons.svg"), "image/svg+xml"),
    }


def address(name: str) -> str:
    """Return where an asset is, for as long as its content is this."""
    return f"{PATH}{assets()[name].hash}/{name}"


@cache
def version() -> str:
    """Return what changes with any of them."""
    return sha256("".join(asset.hash for asset in assets().values()).encode()).hexdigest()[:HASH_LENGTH]


def answer(request: Request) -> Response:
    """Answer a request for an asset.

    One of another version, as a page asks that was made before a deployment, or by a process that has it already, gets
    what there is now, not to be kept.
    """
    hash, _, name = request.url.path.removeprefix(PATH).partition("/")
    asset = assets().get(name)
    if asset is None:
        return PlainTextResponse("There is no such file: load the page again.", 404)
    headers = {
        **(FOR_A_YEAR if asset.hash == hash else NOT_KEPT),
        "Vary": "Accept-Encoding",
        "X-Content-Type-Options": "nosniff",
    }
    if "gzip" in request.headers.get("accept-encoding", ""):
        return Response(asset.packed, headers=headers | {"Content-Encoding": "gzip"}, media_type=asset.media_type)
    return Response(asset.body, headers=headers, media_type=asset.media_type)


def _asset(body: bytes, media_type: str) -> Asset:
    return Asset(body, gzip.compress(body, mtime=0), sha256(body).hexdigest()[:HASH_LENGTH], media_type)


def _joined(files: Iterable[Path]) -> bytes:
    return b"\n".join(file.read_bytes() for file in files)


def _vendored(name: str) -> bytes:
    try:
        return (VENDOR / name).read_bytes()
    except FileNotFoundError:
        raise NotInstalled(f"The console has no {name}: run `python -m deploy.console_assets`.") from None
