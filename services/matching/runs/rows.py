"""The rows of a run's result, read where they are: those of a page, and no others."""

from collections.abc import Sequence

from services.matching.pool.model.participant import Participant
from services.matching.runs.model.run import MatchRun
from services.matching.runs.model.run_index import RunIndex
from services.matching.runs.model.run_result import (
    ROWS_PER_SLICE,
    RunPair,
    RunPairs,
    RunUnmatched,
    UnmatchedPerson,
    slice_id,
)
from shared.contracts.intake import Role
from shared.engine.authoring.reader import Reader


async def index_of(reader: Reader, run: MatchRun) -> RunIndex:
    """Return where which pair of a run is; of a run of earlier versions, which kept no index, it is made anew."""
    kept = await reader.many(RunIndex, [run.id])
    return kept[0] if kept else RunIndex.of(await pairs_at(reader, run, range(run.pair_slices * ROWS_PER_SLICE)))


async def people_of(reader: Reader, applications: Sequence[str]) -> dict[str, str]:
    """Return the people by their applications."""
    return {one.id: one.person_id for one in await reader.many(Participant, sorted({*applications}))}


def applications_in(pair: RunPair) -> list[str]:
    """Return whose applications are shown with a pair: those of the two, and of the best other mentor."""
    return [*pair.ids, *([pair.other.mentor_application_id] if pair.other else [])]


async def applications_of(reader: Reader, run: MatchRun, person_id: str) -> frozenset[str]:
    """Return the applications of a person to the program of a run."""
    mine = await reader.every(Participant, {"person_id": person_id})
    return frozenset(one.id for one in mine if one.program_id == run.program_id)


async def pairs_at(reader: Reader, run: MatchRun, places: Sequence[int]) -> list[RunPair]:
    """Read the pairs at some places, as far as there are so many, in this order."""
    parts = await reader.many(RunPairs, _slices(run, places))
    kept = {part.id: part.pairs for part in parts}
    return [row for at in places for row in kept.get(_slice(run, at), [])[at % ROWS_PER_SLICE :][:1]]


async def unmatched_at(reader: Reader, run: MatchRun, places: Sequence[int]) -> list[UnmatchedPerson]:
    """Read those without a match at some places, as far as there are so many, in this order."""
    parts = await reader.many(RunUnmatched, _slices(run, places))
    kept = {part.id: part.people for part in parts}
    return [row for at in places for row in kept.get(_slice(run, at), [])[at % ROWS_PER_SLICE :][:1]]


async def unmatched_places(reader: Reader, run: MatchRun, role: Role | None, reason: str | None) -> list[int]:
    """Find where those of a role or a reason are; those of one reason are beside each other."""
    if run.figures.reasons:
        codes = [(one.role, one.reason) for one in run.figures.reasons for _ in range(one.people)]
    else:
        everybody = await unmatched_at(reader, run, range(run.unmatched_slices * ROWS_PER_SLICE))
        codes = [(one.role, one.reason) for one in everybody]
    return [at for at, code in enumerate(codes) if role in (None, code[0]) and reason in (None, code[1])]


def _slices(run: MatchRun, places: Sequence[int]) -> list[str]:
    return sorted({_slice(run, at) for at in places})


def _slice(run: MatchRun, at: int) -> str:
    return slice_id(run.id, at // ROWS_PER_SLICE)
