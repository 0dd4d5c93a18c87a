"""Forms with a file in them, read within bounds: what is too large is read to its end and thrown away, never kept."""

from collections.abc import AsyncGenerator
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.formparsers import FormParser, MultiPartException, MultiPartParser

MEGABYTE = 1024 * 1024
LARGEST_FILE = 8 * MEGABYTE
"""Of people, some 50,000: more than that comes by the API."""
LARGEST_FORM = 12 * MEGABYTE
"""A file with all that is sent beside it; of a workbook, written with 64 signs."""
LARGEST_READ = 64 * MEGABYTE
"""So much is read of a form at most, for a browser looks at no answer before it has sent all."""
MOST_FIELDS = 5_000


@dataclass(frozen=True, slots=True)
class Sent:
    """What a form has sent; nothing of it if that was `too_large`."""

    form: FormData
    too_large: bool = False

    def text(self, name: str) -> str:
        """Return what stands in a field; nothing if there is none."""
        found = self.form.get(name)
        return found if isinstance(found, str) else ""

    def texts(self) -> dict[str, str]:
        """Return what stands in all fields."""
        return {name: value for name, value in self.form.items() if isinstance(value, str)}

    async def file(self, name: str) -> tuple[str, bytes]:
        """Return what a file is called and what is in it; both are empty if none was chosen."""
        found = self.form.get(name)
        if not isinstance(found, UploadFile) or not found.filename:
            return "", b""
        return found.filename, await found.read()


class _InMemory(MultiPartParser):
    """Writes nothing to a disk: people's data is in the file, and the file is bounded."""

    spool_max_size = LARGEST_FORM


async def _read(request: Request) -> Sent:
    """What a form has sent; raises `HTTPException` for what no form sends."""
    parts, size = list[bytes](), 0
    async for part in request.stream():
        size += len(part)
        if size <= LARGEST_FORM:
            parts.append(part)
        else:
            parts.clear()
    if size > LARGEST_FORM:
        return Sent(FormData(), too_large=True)
    try:
        return Sent(await _parser(request, _given(parts)).parse())
    except MultiPartException as error:
        raise HTTPException(400, error.message) from None


Uploaded = Annotated[Sent, Depends(_read)]
"""Of a route with `max_body_size=LARGEST_READ`."""


def _parser(request: Request, stream: AsyncGenerator[bytes, None]) -> MultiPartParser | FormParser:
    sizes = {"max_fields": MOST_FIELDS, "max_part_size": LARGEST_FORM}
    if request.headers.get("content-type", "").startswith("multipart/form-data"):
        return _InMemory(request.headers, stream, max_files=1, **sizes)
    return FormParser(request.headers, stream, **sizes)


async def _given(parts: list[bytes]) -> AsyncGenerator[bytes, None]:
    for part in parts:
        yield part
