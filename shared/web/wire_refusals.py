"""Requests that are refused while they are read, before any route sees them."""

from shared.errors import Refusal


class RequestMalformed(Refusal):
    """What came is not a request of HTTP/1.1, or could be read in two ways."""

    status = 400


class SenderTooSlow(Refusal):
    """The request took too long to come."""

    status = 408


class TargetTooLong(Refusal):
    """The path with its query is too long."""

    status = 414


class HeadTooLarge(Refusal):
    """There are too many headers, or they are too long."""

    status = 431
