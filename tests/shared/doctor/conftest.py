"""A cell for the doctor, and an issuer whose keys can be had."""

import asyncio
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tests.shared.doctor.trial import Trial
from tests.shared.engine.conftest import Run


class Keys(BaseHTTPRequestHandler):
    """Gives an empty set of keys, and says who it is."""

    def do_GET(self) -> None:
        """As http.server calls it."""
        self.send_response(200)
        self.end_headers()
        self.wfile.write(json.dumps({"keys": [], "issuer": f"http://{self.headers['Host']}"}).encode())

    def log_message(self, *_: object) -> None:
        """Nothing."""


@pytest.fixture(scope="session")
def issuer() -> Iterator[str]:
    """Where keys can be had."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Keys) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.fixture
def trial(kafka_bootstrap: str, mongo_url: str, issuer: str) -> Trial:
    """A cell of its own, of which nothing is there yet."""
    return Trial(
        {"ITHACA_KAFKA_BOOTSTRAP": kafka_bootstrap, "ITHACA_MONGO_URL": mongo_url, "ITHACA_ISSUER": issuer},
    )


@pytest.fixture
def run() -> Iterator[Run]:
    """One loop for each test."""
    with asyncio.Runner() as runner:
        yield runner.run
