"""What publishes an event is found in the code of the handlers."""

import pytest

from shared.contracts.event import Contract
from shared.documents.causes import causes, emitted_by
from shared.documents.flow import OF_EVERY_SERVICE, own, received
from shared.engine.authoring.service import Service
from shared.installed import installed_services

SERVICES = {service.name: service for service in installed_services()}
OWN = [pytest.param(service, one, id=one.__name__) for service in SERVICES.values() for one in own(service)]


def publishing(name: str) -> set[str]:
    """The handlers that may publish the event of this name."""
    found = [(service, one) for service in SERVICES.values() for one in own(service) if one.__name__ == name]
    return {handler.name for service, one in found for handler in causes(one, service)}


@pytest.mark.parametrize(("service", "contract"), OWN)
def test_every_event_has_a_cause(service: Service, contract: type[Contract]) -> None:
    assert contract in OF_EVERY_SERVICE or causes(contract, service)


@pytest.mark.parametrize(
    ("event", "handlers"),
    [
        ("MatchAccepted", {"AcceptMatch"}),
        ("MatchSuperseded", {"AcceptMatch"}),
        ("MatchExpired", {"expire-match"}),
        ("MatchProposed", {"ProposeMatch", "propose-slice", "propose-next-best"}),
        ("SurveyInvited", {"ask-for-feedback"}),
        ("RelationshipStarted", {"start-relationship"}),
        ("ProgramPublished", {"PublishProgram"}),
    ],
)
def test_an_event_is_published_by_these_and_no_others(event: str, handlers: set[str]) -> None:
    assert publishing(event) == handlers


def test_a_handler_that_only_counts_publishes_nothing() -> None:
    counting = [
        handler
        for handlers in received(SERVICES["evaluation"]).values()
        for handler in handlers
        if handler.name.startswith("count-")
    ]
    assert counting
    assert not any(emitted_by(handler) for handler in counting)
