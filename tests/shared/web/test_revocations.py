"""Every process knows what is revoked: it looks when a request comes, at most twice a second, and not back for ever."""

import asyncio
from datetime import timedelta

import pytest

from shared.contracts.access import AccessRevoked
from shared.contracts.event import Event
from shared.engine.authoring.revocations import KEPT, Revocation, revocations
from shared.engine.authoring.service import Service
from shared.engine.memory.store import MemoryStore
from shared.engine.ports.store import Document, Id, Unavailable, Where
from shared.errors import TryLater
from shared.installed import installed_services
from shared.web.auth import TokenRefused, Verifier
from shared.web.issuer_keys import IssuerKeys
from shared.web.revocations import APART, TRUSTED, Revocations
from tests.scenario import Scenario
from tests.shared.web.issuing import AUDIENCE, ISSUER, Hands, Issuer

SECOND = timedelta(seconds=1)
shop = Service("shop", title="Shop", emits=[], handles=[revocations])


class Counting(MemoryStore):
    """Counts how often it is asked for revocations; it may be away."""

    def __init__(self) -> None:
        super().__init__()
        self.looks = 0
        self.is_away = False

    async def find(
        self, collection: str, where: Where, order: str = "_id", limit: int = 1000, after: Id | None = None
    ) -> list[Document]:
        if collection == Revocation.collection and after is None:
            self.looks += 1
            if self.is_away:
                raise Unavailable("away")
        return await super().find(collection, where, order, limit, after)


class Gate:
    """A process that checks tokens; the issuer's clock, the database's and its own are one."""

    def __init__(self) -> None:
        self.clock, self.store = Hands(), Counting()
        self.issuer = Issuer(self.clock)
        keys = IssuerKeys(self.issuer.fetch, self.clock)
        self.revocations = Revocations(self.store, self.clock)
        self.verifier = Verifier(keys, ISSUER, AUDIENCE, self.clock, self.revocations)
        self.scenario = Scenario(shop)
        self.scenario.store = self.store
        self.scenario.executor.store = self.store

    def revoke(self, access_id: str = "person/p1", session_id: str = "", before: timedelta = timedelta()) -> None:
        """Have the service hear of a revocation."""
        self.scenario.now = self.clock.now
        self.scenario.when(AccessRevoked(access_id=access_id, before=self.clock.now + before, session_id=session_id))

    def refuses(self, token: str) -> bool:
        """Whether the process refuses a token now."""
        try:
            self.scenario.loop.run_until_complete(self.verifier.caller({b"authorization": f"Bearer {token}".encode()}))
        except TokenRefused:
            return True
        return False


def test_a_token_that_counted_does_not_once_its_subject_is_revoked() -> None:
    gate = Gate()
    token = gate.issuer.token()
    assert not gate.refuses(token)
    gate.revoke()
    gate.clock.move(seconds=APART.total_seconds())
    assert gate.refuses(token)


@pytest.mark.parametrize(
    ("access_id", "session_id", "is_refused"),
    [
        ("person/p1", "", True),
        ("person/p2", "", False),
        ("client/p1", "", False),
        ("person/p1", "s1", True),
        ("person/p1", "s2", False),
        ("organization/acme", "", True),
        ("organization/beta", "", False),
    ],
)
def test_a_revocation_is_of_whom_it_names_and_of_nobody_else(access_id: str, session_id: str, is_refused: bool) -> None:
    gate = Gate()
    gate.revoke(access_id, session_id)
    assert gate.refuses(gate.issuer.token(sid="s1")) is is_refused


def test_a_revocation_in_one_organization_says_nothing_of_another() -> None:
    gate = Gate()
    gate.revoke()
    assert not gate.refuses(gate.issuer.token(tenant="beta"))


def test_tokens_of_a_later_second_count() -> None:
    gate = Gate()
    gate.revoke()
    gate.clock.move(seconds=1)
    assert not gate.refuses(gate.issuer.token())


def test_an_earlier_revocation_that_comes_late_takes_no_later_one_back() -> None:
    gate = Gate()
    gate.revoke()
    gate.revoke(before=-30 * SECOND)
    assert gate.refuses(gate.issuer.token())


def test_a_process_that_has_just_started_reads_the_last_minutes_first() -> None:
    gate = Gate()
    token = gate.issuer.token(exp=int(gate.clock.now.timestamp()) + 3600)
    gate.revoke()
    gate.clock.move(seconds=(KEPT - SECOND).total_seconds())
    assert gate.refuses(token)


def test_what_no_token_can_be_shown_for_any_more_is_forgotten() -> None:
    gate = Gate()
    gate.revoke()
    gate.refuses(gate.issuer.token())
    gate.clock.move(seconds=KEPT.total_seconds() + 1)
    gate.refuses(gate.issuer.token())
    assert gate.revocations.latest == {}


def test_more_of_them_than_a_page_holds_are_all_known() -> None:
    gate = Gate()
    for number in range(1005):
        gate.scenario.given(Revocation(id=f"person/q{number:04}", before=gate.clock.now, expires=gate.clock.now + KEPT))
    assert not gate.refuses(gate.issuer.token())
    assert len(gate.revocations.latest) == 1005


def test_however_many_requests_come_the_database_is_asked_twice_a_second() -> None:
    gate = Gate()
    token = gate.issuer.token()
    for _ in range(40):
        gate.refuses(token)
        gate.clock.move(seconds=0.1)
    assert gate.store.looks == 8


def test_while_the_database_is_away_what_is_known_counts_for_some_seconds() -> None:
    gate = Gate()
    token = gate.issuer.token()
    gate.revoke("person/p2")
    assert not gate.refuses(token)
    gate.store.is_away = True
    gate.clock.move(seconds=TRUSTED.total_seconds())
    assert (gate.refuses(token), gate.refuses(gate.issuer.token(sub="p2", iat=1))) == (False, True)
    gate.clock.move(seconds=1)
    with pytest.raises(TryLater):
        gate.refuses(token)
    gate.store.is_away = False
    gate.clock.move(seconds=1)
    assert not gate.refuses(token)


def test_nobody_is_let_in_before_it_is_known_who_is_revoked() -> None:
    gate = Gate()
    gate.store.is_away = True
    with pytest.raises(TryLater):
        gate.refuses(gate.issuer.token())


def test_of_many_requests_at_once_one_looks() -> None:
    gate = Gate()
    token = gate.issuer.token()

    async def many() -> None:
        headers = {b"authorization": f"Bearer {token}".encode()}
        await asyncio.gather(*(gate.verifier.caller(headers) for _ in range(50)))

    gate.scenario.loop.run_until_complete(many())
    assert gate.store.looks == 1


def hears(service: Service, event: type[Event]) -> bool:
    """Whether a service reacts to an event, or is the one that knows first."""
    return event.type_name in service.reactions or event in service.emits


def test_every_service_hears_what_is_revoked() -> None:
    assert [service.name for service in installed_services() if not hears(service, AccessRevoked)] == []
    assert not hears(Service("shop", title="Shop", emits=[], handles=[]), AccessRevoked)
