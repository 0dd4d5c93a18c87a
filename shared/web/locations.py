"""Where what a command has made is read, which `Location` says with 201."""

import json
from collections.abc import Iterable, Mapping
from urllib.parse import quote

from fastapi.routing import APIRouter, iter_route_contexts

from shared.web.routes import WholePaths

PREFIX = "/v1"


def readable(routers: Iterable[APIRouter]) -> set[str]:
    """Return the folders, so to speak, of what can be read one by one: `/v1/plots` for `/v1/plots/{plot_id}`."""
    paths = (
        ("" if isinstance(router, WholePaths) else PREFIX) + (route.path or "")
        for router in routers
        for route in iter_route_contexts(router.routes)
        if "GET" in (route.methods or ())
    )
    return {folder for folder, _, last in (path.rpartition("/") for path in paths) if last.startswith("{")}


def folder_of(path: str, readable: Iterable[str]) -> str | None:
    """Return where what is made at this path is read: below it, or where all of its kind are; None if nowhere."""
    kind = f"{PREFIX}/{path.rpartition('/')[2]}"
    return next((folder for folder in (path, kind) if folder in readable), None)


def location(folder: str, path_params: Mapping[str, str], body: bytes) -> str:
    """Return the address of what an answer says is made."""
    whose = {name: quote(value, safe="") for name, value in path_params.items()}
    return f"{folder.format_map(whose)}/{quote(json.loads(body)['id'])}"
