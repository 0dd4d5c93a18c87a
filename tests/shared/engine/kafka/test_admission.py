"""A broker that does not let us in is not waited for, and one that is away is."""

import asyncio
import ssl
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from faststream.security import BaseSecurity

from shared.engine.kafka.bus import KafkaBus
from shared.engine.ports.bus import NotAdmitted
from shared.engine.process.obstacles import patiently
from tests.shared.engine.shop import virtual
from tests.shared.test_main import free_port


def certificate(folder: Path) -> Path:
    """A certificate that nobody vouches for, with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    kind = serialization.PrivateFormat.PKCS8
    secret = key.private_bytes(serialization.Encoding.PEM, kind, serialization.NoEncryption())
    file = folder / "server.pem"
    file.write_bytes(secret + made.public_bytes(serialization.Encoding.PEM))
    return file


def test_a_broker_whose_certificate_is_not_trusted_is_told_apart_from_one_that_is_away(tmp_path: Path) -> None:
    theirs = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    theirs.load_cert_chain(certificate(tmp_path))

    async def story() -> None:
        server = await asyncio.start_server(lambda *_: None, "127.0.0.1", 0, ssl=theirs)
        access = BaseSecurity(ssl_context=ssl.create_default_context(), use_ssl=True)
        bus = KafkaBus(f"127.0.0.1:{server.sockets[0].getsockname()[1]}", access=access)
        with pytest.raises(NotAdmitted, match="does not let us in: CERTIFICATE_VERIFY_FAILED"):
            await bus.members("group")
        server.close()

    asyncio.run(story())


def test_a_broker_that_is_away_is_only_away() -> None:
    async def story() -> None:
        with pytest.raises(ConnectionError, match="no broker answers") as raised:
            await KafkaBus(f"127.0.0.1:{free_port()}").members("group")
        assert not isinstance(raised.value, NotAdmitted)

    asyncio.run(story())


def failing(times: int, error: Exception) -> Callable[[], Awaitable[str]]:
    """Fails so often, and then answers."""
    errors = [error] * times

    async def ask() -> str:
        if errors:
            raise errors.pop()
        return "here"

    return ask


@virtual
async def test_what_may_come_is_waited_for() -> None:
    assert await patiently(failing(1000, ConnectionError("away"))) == "here"


@virtual
async def test_whoever_waits_for_the_end_waits_for_a_while_only() -> None:
    with pytest.raises(ConnectionError, match="away"):
        await patiently(failing(1000, ConnectionError("away")), seconds=45.0)
    assert 45.0 <= asyncio.get_running_loop().time() < 50.0


@virtual
async def test_what_does_not_pass_by_waiting_is_told_at_once() -> None:
    with pytest.raises(NotAdmitted):
        await patiently(failing(1, NotAdmitted("a wrong password")))
