"""The real broker and database for every suite: what the environment names, or else parts of this run.

These are child processes, or containers where ITHACA_TEST_PARTS says `containers`.
"""

import os
from collections.abc import Iterator
from contextlib import AbstractContextManager
from importlib import import_module

import pytest

KINDS = ("processes", "containers")
"""Modules of this package, loaded by those tests only that need what they start."""


def part(name: str) -> AbstractContextManager[str]:
    """The address of a broker or a database of this run."""
    kind = os.environ.get("ITHACA_TEST_PARTS", "processes")
    if kind not in KINDS:
        pytest.exit(f"ITHACA_TEST_PARTS is {kind!r}: set it to {' or '.join(KINDS)}", returncode=2)
    started: AbstractContextManager[str] = getattr(import_module(f"tests.{kind}"), name)()
    return started


@pytest.fixture(scope="session")
def kafka_bootstrap() -> Iterator[str]:
    """The address of a broker: KAFKA_BOOTSTRAP, or one that is started once and thrown away at the end."""
    if given := os.environ.get("KAFKA_BOOTSTRAP"):
        yield given
        return
    with part("kafka") as address:
        yield address


@pytest.fixture(scope="session")
def mongo_url() -> Iterator[str]:
    """The address of a replica set: MONGO_URL, or one that is started once and thrown away at the end."""
    if given := os.environ.get("MONGO_URL"):
        yield given
        return
    with part("mongo") as address:
        yield address
