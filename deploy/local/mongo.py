"""MongoDB on a laptop, as a replica set of one."""

from pathlib import Path
from typing import Any

from pymongo import MongoClient
from pymongo.errors import OperationFailure, PyMongoError

from deploy.local.backing import BackingService, Progress, silently
from deploy.local.folders import LOOPBACK, port
from deploy.local.mongod import choose

REPLICA_SET = "ithaca"
NOT_YET_INITIALIZED = 94  # MongoDB's error code of a member that has no configuration


class NoPrimary(Exception):
    """The database runs, and does not take writes yet."""


class Mongo(BackingService):
    """`url` is its address, with the replica set that transactions need."""

    name = "MongoDB"
    folder_name = "mongo"
    setting = "MONGO_URL"
    unready = (PyMongoError, NoPrimary)

    def __init__(self, home: Path, *, progress: Progress = silently, named: Path | None = None) -> None:
        """`named` is the program to run; without it, the best on this machine runs."""
        super().__init__(home, progress=progress)
        self._named = named

    @property
    def address(self) -> str:
        """Host and port."""
        return f"{LOOPBACK}:{self._port}"

    @property
    def url(self) -> str:
        """The address for drivers, with the replica set."""
        return f"mongodb://{self.address}/?replicaSet={REPLICA_SET}"

    def prepare(self) -> list[str | Path]:
        """See `BackingService.prepare`."""
        self._port = port(self.home, "mongo")
        program = choose(self._named, self.folder, self.progress)
        self.progress(f"{self.name}: mongod {program}")
        settings = {
            "--dbpath": "data",
            "--bind_ip": LOOPBACK,
            "--port": str(self._port),
            "--replSet": REPLICA_SET,
            "--oplogSize": "512",  # MB; one node has nobody to catch up
            "--wiredTigerCacheSizeGB": "0.25",
            # Seconds; a process killed inside a transaction keeps its documents locked as long.
            "--setParameter": "transactionLifetimeLimitSeconds=5",
        }
        return [program.path, "--nounixsocket", *(word for setting in settings.items() for word in setting)]

    def answers(self) -> None:
        """See `BackingService.answers`."""
        with MongoClient[dict[str, Any]](
            LOOPBACK, self._port, directConnection=True, serverSelectionTimeoutMS=500, socketTimeoutMS=10_000
        ) as client:
            if not client.admin.command("hello")["isWritablePrimary"]:
                self._form_replica_set(client)
                raise NoPrimary("it is not the primary of its replica set yet")

    def _form_replica_set(self, client: MongoClient[dict[str, Any]]) -> None:
        """Make this server the one member: at its first start, and again when its port has changed."""
        member = {"_id": 0, "host": self.address}
        try:
            config = client.admin.command("replSetGetConfig")["config"]
        except OperationFailure as error:
            if error.code != NOT_YET_INITIALIZED:
                raise
            client.admin.command("replSetInitiate", {"_id": REPLICA_SET, "members": [member]})
            return
        if config["members"][0]["host"] != self.address:
            changed = config | {"version": config["version"] + 1, "members": [member]}
            client.admin.command("replSetReconfig", changed, force=True)


def version_at(url: str) -> str:
    """Ask a database for its version; empty where it does not tell."""
    with MongoClient[dict[str, Any]](url, serverSelectionTimeoutMS=5_000) as client:
        try:
            return str(client.server_info()["version"])
        except PyMongoError:
            return ""
