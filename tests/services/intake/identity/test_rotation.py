"""Keys are rotated while others work: no token is refused, and none is asked for in vain."""

import asyncio
import json
import shutil
from collections.abc import Sequence
from pathlib import Path
from random import Random

import pytest

from services.intake.identity.keys import SigningKeys, make_keys, read_keys, rotate_keys, signing
from services.intake.identity.tokens import Tokens
from services.intake.settings import IntakeSettings
from shared.errors import Refusal
from shared.web.auth import Caller, Verifier
from shared.web.issuer_keys import IssuerKeys
from tests.shared.web.issuing import Hands

pytestmark = pytest.mark.long

CLIENTS = 50
STEP = 20.0
"""Seconds between two tokens of a client."""


class Cell:
    """Three processes of intake, each with its own copy of the keys, two services that check tokens, and clients."""

    def __init__(self, folder: Path) -> None:
        self.clock, self.random = Hands(), Random(1)
        self.source = folder / "keys.json"
        make_keys(self.source)
        self.copies = [folder / f"keys-{number}.json" for number in range(3)]
        for copy in self.copies:
            self.bring(copy)
        self.issuers = [self._tokens(copy) for copy in self.copies]
        self.verifiers = [self._verifier() for _ in range(2)]
        self.failures = list[str]()
        self.kids = set[str]()
        self.steps = 0

    @property
    def kid(self) -> str:
        """Which key signs now, where the file has arrived."""
        return signing(read_keys(self.source), self.clock()).key.kid or ""

    def bring(self, copy: Path) -> None:
        """Have a process see the file as it is now, as a cluster brings it."""
        draft = copy.with_suffix(".new")
        shutil.copyfile(self.source, draft)
        draft.replace(copy)

    def _tokens(self, copy: Path) -> Tokens:
        return Tokens(IntakeSettings(signing_key_file=copy), SigningKeys(copy), self.clock)

    def _verifier(self) -> Verifier:
        settings = self.issuers[0].settings

        async def fetch() -> bytes:
            return json.dumps(self.random.choice(self.issuers).keys.published()).encode()

        return Verifier(IssuerKeys(fetch, self.clock), settings.issuer, settings.audience, self.clock)

    async def work(self, minutes: float, tokens: dict[int, str]) -> None:
        """Each client gets a token of any process every few minutes, and uses it at all services all the time."""
        for _ in range(int(minutes * 60 / STEP)):
            self.steps += 1
            for client in range(CLIENTS):
                if client not in tokens or (self.steps + client) % 12 == 0:
                    issuer = self.random.choice(self.issuers)
                    tokens[client] = issuer.issue(
                        Caller("acme", "client", f"c{client}"), f"acme.c{client}"
                    ).access_token
                await self._use(tokens[client])
            self.clock.move(seconds=STEP)

    async def _use(self, token: str) -> None:
        for verifier in self.verifiers:
            try:
                await verifier.caller({b"authorization": f"Bearer {token}".encode()})
            except Refusal as refused:
                self.failures.append(refused.code)


async def rotate(cell: Cell, arrivals: Sequence[float], times: int) -> None:
    """Rotate while the clients work; the file arrives at the processes after so many minutes each."""
    tokens = dict[int, str]()
    await cell.work(5, tokens)
    for _ in range(times):
        cell.kids.add(cell.kid)
        rotate_keys(cell.source, cell.clock())
        begun = 0.0
        for copy, minutes in zip(cell.copies, arrivals, strict=True):
            await cell.work(minutes - begun, tokens)
            cell.bring(copy)
            begun = minutes
        await cell.work(80 - begun, tokens)
    cell.kids.add(cell.kid)


def test_fifty_clients_work_through_three_rotations_without_a_failure(tmp_path: Path) -> None:
    cell = Cell(tmp_path)
    asyncio.run(rotate(cell, arrivals=(0, 5, 12), times=3))
    assert cell.failures == []
    assert len(cell.kids) == 4
    assert len(read_keys(cell.source)) == 2


def test_a_process_that_gets_the_keys_too_late_is_found_out(tmp_path: Path) -> None:
    cell = Cell(tmp_path)
    asyncio.run(rotate(cell, arrivals=(0, 5, 40), times=2))
    assert "token-refused" in cell.failures
