"""The pages that people see in a browser, as a document lists them beside what programs ask for."""

from collections.abc import Sequence
from typing import Any

from shared.documents.markdown import table

Json = dict[str, Any]  # an OpenAPI document


def list_pages(title: str, words: str, document: Json) -> str:
    """Return the document of a service that has nothing but pages of its own."""
    rows = [(one["method"], f"`{one['path']}`", one["summary"]) for one in document.get("x-pages", ())]
    if not rows:
        return f"# {title}\n\n{words}\n"
    return f"# {title}\n\n{words}\n\n## Pages\n\n{table(('', '', 'what it does'), rows)}\n"


def pages_by_role(title: str, roles: Sequence[str], document: Json) -> str:
    """Return the part with all pages of a service, and whom each is for."""
    rows = [
        (one["method"], f"`{one['path']}`", *(one["x-roles"].get(role, "") for role in roles))
        for one in document["x-pages"]
    ]
    words = "What people see in a browser. A page shows what the operations behind it show to whoever looks."
    return f"## {title}\n\n{words}\n\n{table(('', '', *roles), rows)}\n"
