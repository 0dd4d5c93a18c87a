"""The cookies of pages, none of which a script reads."""

from starlette.requests import Request
from starlette.responses import Response

BROWSER = "sign-in-browser"
"""What intake knows a browser by that goes to a provider, or asks for a mail or a passkey."""


def put(request: Request, response: Response, name: str, value: str, seconds: int | None, path: str = "/") -> None:
    """Give a browser a cookie, for so many seconds or for as long as it is open."""
    secure = request.app.state.settings.is_encrypted
    response.set_cookie(name, value, max_age=seconds, path=path, secure=secure, httponly=True, samesite="lax")
