"""Routes that are not under the version's prefix."""

from fastapi import APIRouter


class WholePaths(APIRouter):
    """Routes whose paths are whole, because a standard names some of them: nothing is put before them."""
