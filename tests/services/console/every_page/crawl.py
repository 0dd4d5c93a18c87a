"""Walk from page to page by links, as somebody who opens whatever is offered."""

import re
from collections import Counter, deque
from dataclasses import dataclass
from functools import cache
from html import unescape

import httpx

from services.console.service import service
from shared.documents.openapi import openapi

LINK = re.compile(r'<a\b[^>]*\bhref="(/[^"#]*)|<form\b(?![^>]*\bmethod="post")[^>]*\baction="(/[^"#]*)')
OF_EACH = 3
"""Pages of the same kind that are opened by one person."""

STREAM = "/live"
"""No page: what tells pages that something is new, for as long as they are open."""

PARAMETER = re.compile(r"{\w+}")


@dataclass(frozen=True)
class Seen:
    """A page as somebody saw it."""

    kind: str
    """The path of its route, such as `/programs/{program_id}`."""

    path: str
    status: int
    text: str
    is_page: bool


@cache
def kinds() -> list[str]:
    """The paths of all routes that are opened, not sent to; those without parameters first."""
    paths = [one["path"] for one in openapi(service)["x-pages"] if one["method"] == "GET" and one["path"] != STREAM]
    return sorted(paths, key=lambda path: (path.count("{"), path))


def kind_of(path: str) -> str:
    """The path of the route that answers there; nothing if there is none."""
    bare = path.partition("?")[0]
    for kind in kinds():
        if re.fullmatch(PARAMETER.sub("[^/]+", kind), bare):
            return kind
    return ""


def crawl(browser: httpx.Client, *begin: str) -> list[Seen]:
    """What somebody sees who opens these pages and whatever they lead to."""
    waiting, known, opened, seen = deque(begin), set(begin), Counter[str](), list[Seen]()
    while waiting:
        path = waiting.popleft()
        kind = kind_of(path)
        if opened[kind] >= OF_EACH:
            continue
        opened[kind] += 1
        answer = browser.get(path)
        is_page = answer.headers.get("content-type", "").startswith("text/html")
        seen.append(Seen(kind, path, answer.status_code, answer.text if is_page else "", is_page))
        for link in (unescape(link or form) for link, form in LINK.findall(seen[-1].text)):
            if link not in known:
                known.add(link)
                waiting.append(link)
    return seen
