"""What is counted of those who try to get in."""

from prometheus_client import Counter, Gauge

_tried = Counter(
    "ithaca_access_attempts_total",
    "Requests for sign-in mails, and links, codes, secrets and tokens that are none",
    ["what"],
)
_refused = Counter(
    "ithaca_access_refused_total", "Attempts that were refused unseen, as there had been too many", ["what"]
)

_keys = Gauge("ithaca_signing_keys_unreadable", "Whether the file of keys cannot be read: those it had before are used")


def tried(what: str) -> None:
    """Count an attempt that is bounded."""
    _tried.labels(what).inc()


def refused(what: str) -> None:
    """Count an attempt that came after too many."""
    _refused.labels(what).inc()


def keys_readable(is_readable: bool) -> None:
    """Show whether the file of keys can be read."""
    _keys.set(0 if is_readable else 1)
