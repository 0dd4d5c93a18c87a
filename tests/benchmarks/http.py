"""Commands over HTTP at some numbers of connections, against the same with a transaction for each request."""

import asyncio
import json
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from uuid import uuid4

from tests.waiting import until


@dataclass(slots=True)
class Server:
    """Where it listens, and a token of each tenant that it takes."""

    port: int
    tokens: list[str]


@contextmanager
def serving(mode: str, mongo: str, kafka: str = "", database: str = "") -> Iterator[Server]:
    """A server process, ended afterwards; a `whole` one has the name of its database as the prefix of its topics."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    database = database or f"bench_{uuid4().hex[:8]}"
    command = [sys.executable, "-m", "tests.benchmarks.http_server", mode, mongo, database, str(port), kafka]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield Server(port, json.loads(process.stdout.readline())["tokens"])
        finally:
            process.kill()


async def requests_per_second(server: Server, connections: int, seconds: float) -> tuple[float, list[float]]:
    """Commands of one tenant answered per second, and the latency of each in seconds."""
    await until(lambda: answers(server))
    latencies = list[float]()
    began = time.perf_counter()
    end = began + seconds
    await asyncio.gather(*(ask(server, 0, number, end, latencies) for number in range(connections)))
    return len(latencies) / (time.perf_counter() - began), latencies


async def answers(server: Server) -> bool:
    """Whether it listens by now."""
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", server.port)
    except OSError:
        return False
    writer.close()
    return True


async def ask(server: Server, tenant: int, number: int, end: float, latencies: list[float], pause: float = 0.0) -> None:
    """One connection of a tenant that asks for one command after the other, with a pause between them."""
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    turn = 0
    while (began := time.perf_counter()) < end:
        turn += 1
        writer.write(_request(server.tokens[tenant], f"c{number}x{turn % 50}", f"o{number}x{turn}"))
        head = await reader.readuntil(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 200"), head
        length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
        await reader.readexactly(length)
        latencies.append(time.perf_counter() - began)
        if pause:
            await asyncio.sleep(pause)
    writer.close()


def _request(token: str, customer: str, order: str) -> bytes:
    body = json.dumps({"order_id": order, "pieces": 1})
    return (
        f"POST /v1/customers/{customer}/shipments HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {token}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n{body}"
    ).encode()
