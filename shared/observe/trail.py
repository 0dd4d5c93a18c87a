"""What is counted of the audit trail."""

from prometheus_client import Counter, Gauge

_broken = Gauge(
    "ithaca_trails_broken", "Audit trails that this process has checked and found changed, shortened or reordered"
)
_stuck = Counter("ithaca_trails_stuck_total", "Times that lines could not be put behind the end of their audit trail")
_oldest = Gauge("ithaca_trail_age_seconds", "For how long the eldest line has not come onto its audit trail")


def broken(count: int) -> None:
    """Show how many trails do not verify."""
    _broken.set(count)


def stuck() -> None:
    """Count a trail with which nobody can go on."""
    _stuck.inc()


def oldest(seconds: float) -> None:
    """Show for how long the eldest line has waited."""
    _oldest.set(seconds)
