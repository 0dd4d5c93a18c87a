"""Files that pages give: a browser saves them."""

from starlette.responses import Response

from services.console.frame.page import NO_STORE


def as_file(content: bytes, media_type: str, name: str) -> Response:
    """Return the answer with a file of that name."""
    headers = NO_STORE | {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type=media_type, headers=headers)
