"""Asking a broker about topics and groups, over connections that are kept."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from aiokafka import AIOKafkaConsumer
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.conn import collect_hosts, create_conn
from aiokafka.errors import KafkaError
from faststream.security import BaseSecurity

from shared.engine.kafka.access import options
from shared.engine.ports.bus import NotAdmitted

REQUEST_MS = 10_000
"""How long a broker may take for an answer."""

Connections = tuple[AIOKafkaAdminClient, AIOKafkaConsumer]


class Looking:
    """Connects when something is asked for the first time, and anew after a failure."""

    def __init__(self, bootstrap: Sequence[str], access: BaseSecurity | None = None) -> None:
        self.bootstrap = bootstrap
        self.access = options(access)
        self.connections: Connections | None = None
        self.connecting = asyncio.Lock()

    @asynccontextmanager
    async def open(self) -> AsyncIterator[Connections]:
        """What to ask with; raises `ConnectionError` when no broker answers, or none lets us in."""
        try:
            async with self.connecting:
                if self.connections is None:
                    self.connections = await self._connect()
            yield self.connections
        except (KafkaError, OSError, TimeoutError) as error:
            await self.close()
            if isinstance(error, KafkaError) and not error.retriable:
                raise
            if refusal := await self._refusal():
                raise NotAdmitted(f"a broker at {', '.join(self.bootstrap)} does not let us in: {refusal}") from error
            raise ConnectionError(f"no broker answers at {', '.join(self.bootstrap)}") from error

    async def close(self) -> None:
        """Give the connections back."""
        connections, self.connections = self.connections, None
        if connections is not None:
            await _close(connections)

    async def _refusal(self) -> str:
        """Why a broker does not let us in, which will not pass: the clients only say that they could not connect."""
        for host, port, _ in collect_hosts(self.bootstrap):
            try:
                connection = await create_conn(host, port, request_timeout_ms=REQUEST_MS, **self.access)
            except ssl.SSLError as error:
                return error.reason or type(error).__name__
            except (KafkaError, OSError, TimeoutError) as error:
                if isinstance(error, KafkaError) and not error.retriable:
                    return type(error).__name__
            else:
                connection.close()
        return ""

    async def _connect(self) -> Connections:
        admin = AIOKafkaAdminClient(bootstrap_servers=self.bootstrap, request_timeout_ms=REQUEST_MS, **self.access)
        consumer = AIOKafkaConsumer(bootstrap_servers=self.bootstrap, request_timeout_ms=REQUEST_MS, **self.access)
        try:
            await admin.start()
            await consumer.start()
        except BaseException:
            await _close((admin, consumer))
            raise
        return admin, consumer


async def _close(connections: Connections) -> None:
    admin, consumer = connections
    await admin.close()
    await consumer.stop()
