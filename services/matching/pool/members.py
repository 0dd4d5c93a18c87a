"""Who takes part in a program now, with what they stated: read where matches are computed."""

from collections.abc import Mapping

from services.matching.pool.model.participant import Participant, ParticipantStatus
from services.matching.pool.model.profile import ProfileCopy
from shared.engine.authoring.reader import Reader


async def profiles_in_pool(reader: Reader, where: Mapping[str, str]) -> list[ProfileCopy]:
    """Read the profiles of those who take part, and have not paused."""
    participants = await reader.every(Participant, {**where, "status": ParticipantStatus.IN})
    inside = {participant.id for participant in participants}
    return [profile for profile in await reader.every(ProfileCopy, where) if profile.id in inside]
