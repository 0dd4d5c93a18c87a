"""The form that asks for a run: what it sends becomes settings, and what is wrong comes back to its fields."""

from collections.abc import Mapping
from typing import Any

from services.console.api import ServiceProblem
from services.console.runs.views import Objective, Run

WEIGHTS = {"areas": 20.0, "programming_languages": 15.0, "goals": 25.0, "experience": 10.0, "zone": 15.0}
"""What is proposed where nothing else was chosen before."""

Settings = Mapping[str, Any]  # as the API takes them


def usual(minimum_score: float) -> Settings:
    """Return what the form proposes first."""
    return {
        "strategy": "optimal",
        "weights": WEIGHTS,
        "objective": Objective().model_dump(),
        "minimum_score": minimum_score,
        "time_limit": 600,
    }


def settings_of(run: Run) -> Settings:
    """Return the settings of a run, to ask for another one like it."""
    return {
        "strategy": run.strategy,
        "weights": {name: run.weights.get(name, 0) for name in WEIGHTS},
        "objective": run.objective.model_dump(),
        "minimum_score": run.minimum_score,
        "time_limit": run.time_limit,
    }


def settings_sent(form: Mapping[str, str]) -> Settings:
    """Return the settings that a form says; what is no number stays as it was typed, for the service to refuse."""
    weights = {name: _weight(form, name) for name in WEIGHTS}
    return {
        "strategy": form.get("strategy", "") or "optimal",
        "weights": weights,
        "objective": {
            "worst": form.get("worst", "") or "each",
            "total": form.get("total", "") or "balanced",
            "count_mentors": bool(form.get("count_mentors", "")),
        },
        "minimum_score": number(form.get("minimum_score", "") or "0"),
        "time_limit": number(form.get("time_limit", "") or "600"),
    }


def _weight(form: Mapping[str, str], name: str) -> float | str:
    """How much a criterion counts: not at all if its field is empty, as usual where the form has none."""
    field = f"weight-{name}"
    return number(form.get(field, "") or "0") if field in form else WEIGHTS[name]


def number(text: str) -> float | str:
    """Read a number."""
    try:
        return float(text)
    except ValueError:
        return text


def plain(value: float | str) -> str:
    """Write a number as a field of a form takes it; what is none stays as it was typed."""
    return value if isinstance(value, str) else f"{value:g}"


def body(settings: Settings, what_if: bool) -> dict[str, Any]:
    """Return what the API is asked for: criteria without a weight are left out."""
    counting = {name: weight for name, weight in settings["weights"].items() if weight}
    return {**settings, "weights": counting, "what_if": what_if}


def errors(problem: ServiceProblem | None) -> dict[str, str]:
    """Return what is wrong by the fields of the form; under `form` what no field is about."""
    if problem is None:
        return {}
    found = {_field(error.field): error.detail for error in problem.errors}
    return found or {"form": str(problem.detail)}


def _field(pointer: str) -> str:
    """The field of the form that a JSON Pointer into the settings is about."""
    first, _, rest = pointer.strip("/").partition("/")
    match first:
        case "weights":
            return f"weight-{rest}" if rest in WEIGHTS else "weights"
        case "objective":
            return rest or "worst"
    return first
