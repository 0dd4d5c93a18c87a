"""Diagrams on the site: drawn at their own size, so that their labels can be read on any screen; wide ones scroll."""

import json

from pymdownx.superfences import fence_code_format  # type: ignore[import-untyped]

OPTIONS: dict[str, dict[str, bool]] = {
    "flowchart": {"useMaxWidth": False},
    "sequence": {"useMaxWidth": False, "wrap": True},
    "state": {"useMaxWidth": False},
}
AS_LARGE_AS_IT_IS = f"%%{{init: {json.dumps(OPTIONS)}}}%%\n"


def diagram(source: str, *fence: object, **more: object) -> str:
    """Write a fence of Mermaid as the theme's script looks for it; MkDocs calls this by its name in mkdocs.yml."""
    drawn: str = fence_code_format(AS_LARGE_AS_IT_IS + source, *fence, **more)
    return drawn
