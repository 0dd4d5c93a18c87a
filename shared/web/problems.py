"""Every refusal and failure as a problem document (RFC 9457), in one place."""

import json
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any
from uuid import uuid4

import structlog
from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException

from shared.engine.ports.store import StoreError, WriteRefused
from shared.errors import Refusal, TryLater
from shared.web import request_id

log = structlog.get_logger()

MEDIA_TYPE = "application/problem+json"

REMEDIES = {
    "missing": "Add it.",
    "extra_forbidden": "Leave it out, or correct its name.",
    "json_deep": "Nest less deeply.",
    "json_doubled": "Give each name once.",
    "json_invalid": "Send a JSON object in UTF-8.",
    "json_number": "Send a smaller number.",
    "json_zero": "Leave it out.",
    "text_unreadable": "Percent-encode it as UTF-8, without U+0000.",
    "model_attributes_type": "Send a JSON object.",
    "datetime_parsing": "Give date, time and offset, such as 2026-03-02T17:00:00Z.",
    "datetime_from_date_parsing": "Give date, time and offset, such as 2026-03-02T17:00:00Z.",
    "timezone_aware": "Give the offset too, such as 2026-03-02T17:00:00Z.",
    "date_from_datetime_parsing": "Give a date, such as 2026-03-02.",
    "date_parsing": "Give a date, such as 2026-03-02.",
}

Errors = Sequence[Mapping[str, Any]]  # as pydantic reports them


class FieldProblem(BaseModel):
    """One thing that is wrong with what was sent."""

    where: str = Field(alias="in", description="body, path, query or header")
    field: str = Field(description="A JSON Pointer into the body (RFC 6901), or the name of the parameter")
    detail: str
    remedy: str | None = None


class Problem(BaseModel):
    """Why a request was not done (RFC 9457). `code` is stable; `detail` says what to do. Some have further members."""

    model_config = ConfigDict(extra="allow")

    type: str
    title: str
    status: int
    detail: str
    code: str | None = None
    instance: str | None = Field(default=None, description="Names this failure in the service's log")
    request_id: str | None = Field(default=None, description="Names the request in the service's log")
    errors: list[FieldProblem] | None = None


class ShapeWrong(Refusal):
    """What was sent does not have the shape that the interface asks for."""

    status = 422

    def __init__(self, errors: Errors) -> None:
        found = [_field_problem(error) for error in errors]
        fields = ", ".join(problem["field"] or problem["in"] for problem in found)
        super().__init__(f"Correct what errors lists, and send it again: {fields}.", errors=found)


def _field_problem(error: Mapping[str, Any]) -> dict[str, str]:
    where, *path = error["loc"] or ("body",)
    parts = [str(part).replace("~", "~0").replace("/", "~1") for part in path]
    unreadable = error["type"] == "json_invalid"
    field = "" if unreadable else "".join(f"/{part}" for part in parts) if where == "body" else ".".join(parts)
    problem = {"in": str(where), "field": field, "detail": error["msg"].removeprefix("Value error, ")}
    remedy = REMEDIES.get(error["type"])
    return problem | {"remedy": remedy} if remedy else problem


def response(error: Exception) -> Response:
    """Return the problem document of whatever was raised. The unforeseen is logged, and shows nothing of the inside."""
    match error:
        case Refusal():
            return _rendered(error.problem(), _headers(error))
        case RequestValidationError():
            return _rendered(ShapeWrong(error.errors()).problem())
        case HTTPException():
            return _rendered(_plain(error), error.headers)
        case StoreError() if not isinstance(error, WriteRefused):
            return response(_unknown(error))
    return _rendered(_unexpected(error))


def early_response(refusal: Refusal) -> Response:
    """Return the problem of a request that is refused before the edge sees it, under an id of its own."""
    id = request_id.begin({})
    found = response(refusal)
    found.headers["X-Request-Id"] = id
    return found


def kept_response(problem: bytes, status: int) -> Response:
    """Return again the problem that the same command was answered with before; the request is another one."""
    return _rendered({**json.loads(problem), "status": status})


async def handler(_: Request, error: Exception) -> Response:
    """For FastAPI's table of exception handlers."""
    return response(error)


def _headers(refusal: Refusal) -> dict[str, str]:
    if isinstance(refusal, TryLater):
        return {"Retry-After": str(refusal.retry_after)}
    return dict(getattr(refusal, "headers", {}))


def _plain(error: HTTPException) -> dict[str, object]:
    title, detail = HTTPStatus(error.status_code).phrase, error.detail
    if detail == title and error.status_code == HTTPStatus.NOT_FOUND:
        detail = "There is no such path: /openapi.json lists those that there are."
    if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED and error.headers:
        detail = f"This path takes {error.headers['Allow']}."
    return {"type": "about:blank", "title": title, "status": error.status_code, "detail": detail}


def _unknown(error: StoreError) -> TryLater:
    log.warning("http.store", error=type(error).__name__)
    return TryLater(
        "The database did not answer in time, and this may or may not have been done: "
        "send it again, with the same Idempotency-Key."
    )


def _unexpected(error: Exception) -> dict[str, object]:
    instance = f"urn:uuid:{uuid4()}"
    log.error("http.failed", instance=instance, exc_info=error)
    return {
        "type": "urn:ithaca:problem:unexpected",
        "title": "Unexpected",
        "status": 500,
        "code": "unexpected",
        "detail": "Something went wrong on this side. Send it again later; if it stays, report the instance.",
        "instance": instance,
    }


def _rendered(problem: Mapping[str, object], headers: Mapping[str, str] | None = None) -> Response:
    status = problem["status"]
    assert isinstance(status, int)
    named = {**problem, "request_id": id} if (id := request_id.current()) else problem
    return Response(json.dumps(named, default=str), status, headers, MEDIA_TYPE)
