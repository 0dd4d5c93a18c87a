"""The matching service over HTTP, with people who are matched, declined and left out."""

from datetime import timedelta

from shared.contracts.intake import MeetingFormat, Role
from shared.contracts.matching import MatchProposed
from tests.services.matching.program import (
    accept_both,
    decline,
    of,
    program,
    publish,
    run,
    take_part,
)
from tests.shared.web.api import Api

SECOND = timedelta(seconds=1)


class Pool:
    """Ada and Ben are matched, Eve has declined Cleo, Dan meets ad hoc only and Gus speaks what nobody does."""

    def __init__(self) -> None:
        scenario = self.scenario = program()
        stated = {"languages": ("en", "it"), "areas": ("backend", "cloud"), "time_zone": "Europe/Rome"}
        take_part(scenario, "ada", Role.MENTOR, seats=1, years=9, programming_languages=("Python",), **stated)
        take_part(scenario, "ben", Role.MENTEE, years=2, programming_languages=("Go",), goals=("lead",), **stated)
        take_part(scenario, "eve", Role.MENTOR, seats=2, languages=("en",))
        take_part(scenario, "cleo", Role.MENTEE, languages=("en",))
        take_part(scenario, "dan", Role.MENTEE, meeting_format=MeetingFormat.AD_HOC)
        take_part(scenario, "gus", Role.MENTEE, languages=("tr",))
        self.run_id = run(scenario)
        publish(scenario, self.run_id)
        scenario.advance(SECOND)
        by_mentee: dict[str, MatchProposed] = {one.mentee_application_id: one for one in of(scenario, MatchProposed)}
        self.of_ben, self.of_cleo = by_mentee["ben"].match_id, by_mentee["cleo"].match_id
        accept_both(scenario, self.of_ben)
        decline(scenario, self.of_cleo, by_mentee["cleo"].mentor_application_id)
        scenario.perform()


def as_person(api: Api, name: str) -> None:
    api.token = api.issuer.token(kind="person", sub=f"p-{name}")


def as_client(api: Api, tenant: str = "acme") -> None:
    api.token = api.issuer.token(kind="client", sub="hr", tenant=tenant)
