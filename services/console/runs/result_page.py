"""The page of one run: what of it is looked at, what is read for that, and how it is shown."""

from dataclasses import dataclass
from functools import partial
from typing import Any, Literal
from urllib.parse import urlencode

from pydantic import BaseModel, Field

from services.console.api import Shown, at
from services.console.frame.page import Page
from services.console.frame.texts import msgid
from services.console.reasons import say_criterion, say_unmatched
from services.console.runs.comparing import side_by_side, what_differs
from services.console.runs.pair_words import alternative, made_of
from services.console.runs.run_words import (
    ATTRIBUTES,
    STRATEGIES,
    WHY_NOBODY,
    histogram,
    proofs,
    rests_on,
    spread,
    state_of,
)
from services.console.runs.views import Comparison, ExplainedPair, Group, Pair, ProgramRules, Run, Unmatched

ROWS = 25
"""Pairs, and people without a match, on a page."""
RECENT = 20
"""Runs among which the one to compare with is looked for."""
WEAK = 0.5
"""The score below which one should look twice at a pair."""

Only = Literal["", "better", "weak", "pinned"]
Sort = Literal["score", "-score", "price", "-price"]


class Found(Shown):
    """Some pairs of a run, of so many."""

    items: list[Pair]
    count: int
    next: int | None


class FoundPeople(Shown):
    """Some people without a match, of so many."""

    items: list[Unmatched]
    count: int
    next: int | None


class Looking(BaseModel):
    """What of a run is looked at, as the address of its page says it."""

    sort: Sort = "score"
    only: Only = ""
    after: int = Field(default=0, ge=0, le=1_000_000)
    pair: str = Field(default="", max_length=200)
    by: str = Field(default="region", max_length=40)
    nobody: str = Field(default="", max_length=200)
    nobody_after: int = Field(default=0, ge=0, le=1_000_000)
    did: str = Field(default="", max_length=20)

    def address(self, path: str, **changes: object) -> str:
        """Return the address at which a run is looked at so, with some changes."""
        asked = self.model_copy(update=changes).model_dump(exclude_defaults=True)
        return f"{path}?{urlencode(asked)}" if asked else path


@dataclass(frozen=True, slots=True)
class Result:
    """What was read of a run."""

    rules: ProgramRules | None = None
    pairs: Found | None = None
    pair: ExplainedPair | None = None
    nobody: FoundPeople | None = None
    other: Run | None = None
    change: Comparison | None = None


async def read_result(page: Page, run: Run, looking: Looking) -> Result:
    """Read what is looked at: a page of pairs, one pair, some of those who have nobody."""
    if not run.has_result:
        return Result()
    other = await _other(page, run)
    return Result(
        await page.api.one(ProgramRules, "intake", at("/v1/programs/{}", run.program_id)),
        await _pairs(page, run, looking),
        await _pair(page, run, looking.pair),
        await _nobody(page, run, looking),
        other,
        await _change(page, run, other) if run.what_if and other else None,
    )


async def _other(page: Page, run: Run) -> Run | None:
    """The latest run, besides this one, that was more than a what-if: what this one is compared with."""
    path = at("/v1/programs/{}/runs", run.program_id)
    rows = await page.api.page(Run, "matching", path, limit=RECENT, latest_first="true")
    return next((one for one in rows.items if _is_before(one, run)), None)


def _is_before(one: Run, run: Run) -> bool:
    """Whether a run can be compared with another: a what-if is beside those that were there before it."""
    return one.has_result and not one.what_if and (one.id < run.id if run.what_if else one.id != run.id)


async def _change(page: Page, run: Run, other: Run) -> Comparison:
    path = at("/v1/runs/{}/compare/{}", other.id, run.id)
    return await page.api.one(Comparison, "matching", path, limit=1)


async def _pairs(page: Page, run: Run, looking: Looking) -> Found:
    wanted: dict[str, str | int | None] = {"sort": looking.sort, "after": looking.after, "limit": ROWS}
    match looking.only:
        case "better" | "pinned":
            wanted[looking.only] = "true"
        case "weak":
            wanted["below"] = str(WEAK)
    return await page.api.one(Found, "matching", at("/v1/runs/{}/pairs", run.id), **wanted)


async def _pair(page: Page, run: Run, ids: str) -> ExplainedPair | None:
    mentee, _, mentor = ids.partition(".")
    if not (mentee and mentor):
        return None
    return await page.api.one(ExplainedPair, "matching", at("/v1/runs/{}/pairs/{}/{}", run.id, mentee, mentor))


async def _nobody(page: Page, run: Run, looking: Looking) -> FoundPeople | None:
    role, _, reason = looking.nobody.partition(".")
    if not (role and reason):
        return None
    path = at("/v1/runs/{}/unmatched", run.id)
    wanted: dict[str, str | int | None] = {"role": role, "reason": reason, "after": looking.nobody_after, "limit": ROWS}
    return await page.api.one(FoundPeople, "matching", path, **wanted)


def shown(page: Page, run: Run, looking: Looking, result: Result) -> dict[str, Any]:  # whatever the template takes
    """Return what the template of a run takes."""
    here = at("/programs/{}/runs/{}", run.program_id, run.id)
    return {
        "run": run,
        "runs": at("/programs/{}/runs", run.program_id),
        "here": here,
        "link": partial(looking.address, here),
        "looking": looking,
        "result": result,
        "second": rests_on(page, run),
        "state": state_of(page, run),
        "proofs": proofs(page, run) if run.has_result else [],
        "bins": histogram(page, run),
        "spread": spread(page, run),
        "groups": _groups(run, looking.by),
        "attributes": {code: words for code, words in ATTRIBUTES.items() if _groups(run, code)},
        "strategies": STRATEGIES,
        "why_nobody": WHY_NOBODY,
        "made_of": made_of(page, result.pair) if result.pair else [],
        "alternative": alternative(page, run, result.pair) if result.pair else None,
        "change": what_differs(page, result.change) if result.change else "",
        "figures": side_by_side(page, result.change.first, result.change.second) if result.change else [],
        "say_criterion": partial(say_criterion, page),
        "say_unmatched": partial(say_unmatched, page),
        "did": _did(page, looking),
    }


def _groups(run: Run, attribute: str) -> list[Group]:
    return [one for one in run.fairness if one.attribute == attribute and one.role == "mentee"]


def _did(page: Page, looking: Looking) -> str:
    """What was done to the pair that is looked at."""
    match looking.did:
        case "pins":
            return page.say(msgid("Pinned: the next run gives these two to each other."))
        case "exclusions":
            return page.say(msgid("Kept apart: no run and no search proposes these two to each other again."))
    return ""
