"""Nobody's address is in an answer to anybody else but those who look after them: every query, every role."""

import re
from collections.abc import Iterator, Sequence

import pytest

from shared.engine.authoring.service import Service
from tests.roles.page import Line, sections
from tests.roles.test_walk import SERVICES, peopled
from tests.roles.walk import Asker, ask, askers, targets
from tests.roles.world import TENANT
from tests.shared.web.admin.operating import Operating

PAGE = sections()
PLANTED = re.compile(r"([a-z-]+)@planted\.example\.org")
CARDS = {"/v1/people", "/v1/people/{person_id}"}
"""Where cards are shown, addresses too, to those who look after people."""
LOOK_AFTER = ("admin", "manager", "client")

Seen = tuple[str, str, str]
"""Who has seen it, where, and whose address."""


def queries(name: str) -> list[Line]:
    """All that is read of a service, and the request for names, which is a question too."""
    return [
        one
        for one in [*PAGE["every service"], *PAGE.get(name, ())]
        if one.method == "GET" or one.path.endswith("/names")
    ]


def addresses(api: Operating, service: Service, lines: Sequence[Line]) -> Iterator[Seen]:
    """Every address of somebody else that is in an answer."""
    for line in lines:
        for asker in askers(line):
            for target in targets(service, line).values():
                found = set(PLANTED.findall(ask(api, service, line, asker, TENANT, target).text))
                yield from ((asker.role, line.path, one) for one in sorted(found - {own(asker)}))


def own(asker: Asker) -> str:
    return str(asker.claims["sub"]) if asker.is_person else ""


@pytest.mark.long
@pytest.mark.parametrize("name", SERVICES)
def test_no_answer_has_an_address_of_somebody_whom_the_asker_does_not_look_after(name: str) -> None:
    with peopled(SERVICES[name]) as api:
        seen = set(addresses(api, SERVICES[name], queries(name)))
    assert [one for one in sorted(seen) if one[1] not in CARDS or not one[0].startswith(LOOK_AFTER)] == []
    if name == "intake":  # the addresses are there to be found
        assert {path for _, path, _ in seen} == CARDS
        assert {one.split()[0] for one, _, _ in seen} == {*LOOK_AFTER}
        assert ("manager", "/v1/people", "cleo") not in seen
