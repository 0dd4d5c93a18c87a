"""Versions over HTTP: an aggregate's version is its ETag, and `If-Match` is the version that a command expects."""

import re
from typing import TypeVar

from fastapi import Response

from shared.engine.authoring.aggregate import Aggregate
from shared.errors import Refusal

A = TypeVar("A", bound=Aggregate)

_VERSION = re.compile(rb'"(\d{1,18})"')


class IfMatchUnreadable(Refusal):
    """The precondition is not a version."""

    status = 400


def etag(version: int) -> str:
    """Return the entity tag of a version (RFC 9110, 8.8.3)."""
    return f'"{version}"'


def versioned(response: Response, aggregate: A) -> A:
    """Return the aggregate, whose version becomes the ETag of the answer."""
    response.headers["ETag"] = etag(aggregate.version)
    return aggregate


def expected_version(if_match: bytes | None) -> int | None:
    """Return the version in an `If-Match` header; None without one, or for `*`."""
    if if_match is None or if_match == b"*":
        return None
    found = _VERSION.fullmatch(if_match)
    if found is None:
        raise IfMatchUnreadable('If-Match takes one version, as an ETag gave it, such as "3", or *.')
    return int(found[1])
