"""How much a client may send, how slowly, and how many clients there may be at once."""

from dataclasses import dataclass


@dataclass(slots=True, frozen=True)
class Bounds:
    """What a connection is allowed, in bytes and seconds. Bodies are bounded per path, by the app."""

    target_bytes: int = 8_192
    """The path with its query."""
    head_bytes: int = 32_768
    """The request line and all headers; the trailers and the framing of a chunked body are bounded likewise."""
    headers: int = 100
    head_seconds: float = 10
    """From a request's first byte, or from the beginning of a connection, to the end of the headers."""
    grace_seconds: float = 10
    """How long a body may take whatever its rate, and how long an answer may stay unread."""
    bytes_per_second: int = 1_000
    """The slowest that a body may come, and an answer be read, once the grace is over."""
    idle_seconds: int = 75
    """Between an answer and the next request."""
    discarded_bytes: int = 1_000_000
    """What is still read of a request that is already answered, so that the answer arrives."""
    linger_seconds: float = 2
    """How long a connection whose request was refused is read to that end."""
    connections: int = 1_000
    reserved: int = 32
    """Connections beyond these: they may ask how the process is, once, and for nothing else."""
    reserved_seconds: float = 2
    """How long the request of one of those may take to come."""
