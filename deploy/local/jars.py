"""The jars of Apache Kafka: exactly those of `kafka.lock`, downloaded once and checked before every start.

`python -m deploy.local.jars` resolves them anew and writes the lock.
"""

import hashlib
import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import platformdirs

from deploy.local.backing import Progress
from deploy.local.processes import CannotStart

LOCK = Path(__file__).with_name("kafka.lock")
# 4.1.0 accepts OAuth tokens of a foreign key. The logger writes warnings and errors to the standard error.
ROOTS = ("org.apache.kafka:kafka_2.13:4.1.2", "org.slf4j:slf4j-simple:1.7.36")


@dataclass(frozen=True)
class Jar:
    """One line of the lock: Maven coordinates (`group:artifact:version`) and the SHA-256 of the file."""

    coordinates: str
    sha256: str

    @property
    def file_name(self) -> str:
        """What the jar is called in the cache."""
        _, artifact, version = self.coordinates.split(":")
        return f"{artifact}-{version}.jar"

    def is_in(self, folder: Path) -> bool:
        """Whether the folder has the jar, unharmed."""
        file = folder / self.file_name
        return file.exists() and sha256(file) == self.sha256


def sha256(file: Path) -> str:
    """The file's hash, in hexadecimal digits."""
    return hashlib.sha256(file.read_bytes()).hexdigest()


def locked(lock: Path = LOCK) -> list[Jar]:
    """The jars of the lock."""
    lines = [line.split() for line in lock.read_text().splitlines() if not line.startswith("#")]
    return [Jar(coordinates, digest.removeprefix("sha256:")) for coordinates, digest in lines]


def cache() -> Path:
    """Where the jars are kept for all local systems of this user."""
    return platformdirs.user_cache_path("ithaca") / "jars"


def provide(jars: list[Jar], folder: Path, progress: Progress) -> float:
    """Have all of `jars` in `folder`; return the seconds that were spent downloading.

    Raises CannotStart with a remedy when one cannot be had, or is not what the lock says.
    """
    missing = [jar for jar in jars if not jar.is_in(folder)]
    if not missing:
        return 0.0
    began = time.monotonic()
    progress(f"Apache Kafka: downloading {len(missing)} jars")
    folder.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=folder) as draft:
        files = download([jar.coordinates for jar in missing], Path(draft))
        for jar, file in zip(missing, files, strict=True):
            if sha256(file) != jar.sha256:
                raise CannotStart(
                    f"{jar.coordinates} arrived with the SHA-256 {sha256(file)}, but {LOCK.name} says {jar.sha256}. "
                    "Ask whoever runs your Maven repository, or set KAFKA_BOOTSTRAP to a broker that runs elsewhere."
                )
            file.replace(folder / jar.file_name)
    seconds = time.monotonic() - began
    progress(f"Apache Kafka: downloaded in {seconds:.1f} s")
    return seconds


def download(coordinates: Iterable[str], folder: Path) -> list[Path]:
    """Fetch the files from Maven Central, or from the repositories that jgo's own configuration names."""
    # Imported where it is needed, since it takes most of a second and most starts download nothing.
    from jgo.config import GlobalSettings  # noqa: PLC0415
    from jgo.maven import MavenContext  # noqa: PLC0415

    maven = MavenContext(repo_cache=folder)
    maven.remote_repos.update(GlobalSettings.load().repositories)

    def fetch(one: str) -> Path:
        group, artifact, version = one.split(":")
        return maven.project(group, artifact).at_version(version).artifact().resolve()

    try:
        with ThreadPoolExecutor(8) as pool:
            return list(pool.map(fetch, coordinates))
    except (RuntimeError, OSError) as error:
        raise CannotStart(
            f"The jars of Apache Kafka cannot be downloaded: {error}. Look at the network; "
            "or name your own Maven repository, in jgo.conf under [repositories] as `central`; "
            "or set KAFKA_BOOTSTRAP to a broker that runs elsewhere."
        ) from error


def write_lock() -> None:
    """Resolve what `ROOTS` need, and lock it."""
    import jgo  # noqa: PLC0415

    found = jgo.resolve("+".join(ROOTS))
    coordinates = sorted(f"{jar.groupId}:{jar.artifactId}:{jar.version}" for jar in found)
    with TemporaryDirectory() as folder:
        files = download(coordinates, Path(folder))
        lines = [f"{one} sha256:{sha256(file)}" for one, file in zip(coordinates, files, strict=True)]
    LOCK.write_text("\n".join(["# written by: python -m deploy.local.jars", *lines]) + "\n")


if __name__ == "__main__":
    write_lock()
